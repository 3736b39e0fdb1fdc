package fxservices

import (
	"errors"
	"fmt"

	"github.com/go-fxservices/services/internal/signum"
	"github.com/go-fxservices/services/runner"
)

const (
	exitFailure = 1
	exitSignal  = 128 // plus the number of the signal
)

// ShutdownError is the error of [Run] when a call of fx.Shutdowner ended the application with an exit code other than 0. Errors
// that came after the call are joined to it. It has the code 0 only beside such errors, if the call gave that code itself.
type ShutdownError struct {
	Code int
}

func (e *ShutdownError) Error() string { return fmt.Sprintf("shut down with exit code %d", e.Code) }

// ExitCode returns the exit code for an error of [Run]: 0 for nil, the code of a [*ShutdownError] whatever is joined to it, 128
// plus the number of the signal for a [*runner.SignalError], as in shells, and 1 for any other error. A signal that cut the stop
// short counts more than a code of 0.
//
//	os.Exit(fxservices.ExitCode(fxservices.Run(ctx, opts...)))
func ExitCode(err error) int {
	if err == nil {
		return 0
	}
	var shutdown *ShutdownError
	isShutdown := errors.As(err, &shutdown)
	if isShutdown && shutdown.Code != 0 {
		return shutdown.Code
	}
	var signaled *runner.SignalError
	if errors.As(err, &signaled) {
		if n, ok := signum.Of(signaled.Signal); ok {
			return exitSignal + n
		}
		return exitFailure
	}
	if isShutdown {
		return shutdown.Code
	}
	return exitFailure
}
