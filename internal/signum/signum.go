//go:build !plan9

// Package signum knows the numbers of signals, which not every system has.
package signum

import (
	"os"
	"syscall"
)

// Of returns the number of sig, and false where it has none.
func Of(sig os.Signal) (n int, ok bool) {
	number, ok := sig.(syscall.Signal)
	return int(number), ok
}

// Quit is the signal at which a Go program prints its stacks.
var Quit os.Signal = syscall.SIGQUIT
