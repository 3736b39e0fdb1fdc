//go:build !unix && !windows

package fxservices_test

import "os"

// alarm stands for a signal that this system does not have: programs that need it are not played here.
var alarm = os.Interrupt
