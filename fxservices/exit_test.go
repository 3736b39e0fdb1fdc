package fxservices_test

import (
	"context"
	"errors"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/fxservices"
	"github.com/go-fxservices/services/runner"
)

func TestExitCode(t *testing.T) {
	for name, c := range map[string]struct {
		err  error
		want int
	}{
		"is 0 for nil":                       {nil, 0},
		"is 1 for any error":                 {errBoom, 1},
		"is 128 and the number for a signal": {&runner.SignalError{Signal: syscall.SIGTERM}, 128 + 15},
		"finds the signal among others":      {errors.Join(errBoom, &runner.ServiceError{Err: &runner.SignalError{Signal: syscall.SIGINT}}), 128 + 2},
		"is 1 for a signal without a number": {&runner.SignalError{Signal: unnumbered{}}, 1},
		"is the code of fx.Shutdowner":       {&fxservices.ShutdownError{Code: 7}, 7},
		"prefers the code of fx.Shutdowner":  {errors.Join(&runner.SignalError{Signal: syscall.SIGINT}, &fxservices.ShutdownError{Code: 7}), 7},
		"is 1 for the end of a context":      {context.Canceled, 1},
	} {
		t.Run(name, func(t *testing.T) { require.Equal(t, c.want, fxservices.ExitCode(c.err)) })
	}
}

// unnumbered is a signal of another system.
type unnumbered struct{}

func (unnumbered) Signal()        {}
func (unnumbered) String() string { return "unnumbered" }
