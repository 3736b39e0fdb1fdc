// Package bench compares the runner with what a program would do by hand, where
// that needs modules that the library itself does without.
package bench
