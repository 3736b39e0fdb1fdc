//go:build unix || windows

package fxservices_test

import (
	"os"
	"syscall"
)

// alarm is a signal that ends nothing by default in a test, and that no parent process ignores.
var alarm os.Signal = syscall.SIGALRM
