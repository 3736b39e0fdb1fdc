//go:build !unix

package runner_test

// programs is empty where a process cannot send signals to another.
var programs map[string]func()
