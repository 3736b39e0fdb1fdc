package runner_test

import (
	"context"
	"errors"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/runner"
)

func TestErrorsRead(t *testing.T) {
	timeout := runner.TimeoutError{Reason: runner.ErrStopTimeout, Budget: 15 * time.Second, Elapsed: 15*time.Second + 1234567}
	abandoned := timeout
	abandoned.Abandoned = true
	late := timeout
	late.Err = errBoom
	for text, err := range map[string]error{
		`stop "db": boom`:                               &runner.ServiceError{Op: runner.OpStop, Name: "db", Err: errBoom},
		`stop "db": timed out after 15s`:                &runner.ServiceError{Op: runner.OpStop, Name: "db", Err: &timeout},
		"timed out after 15s, abandoned after 15.001s":  &abandoned,
		"timed out after 15s: boom":                     &late,
		"context canceled, abandoned after 1s":          &runner.TimeoutError{Reason: context.Canceled, Elapsed: time.Second, Abandoned: true},
		"received signal interrupt, abandoned after 0s": &runner.TimeoutError{Reason: &runner.SignalError{Signal: os.Interrupt}, Abandoned: true},
		"received signal interrupt":                     &runner.SignalError{Signal: os.Interrupt},
		"panic: kaboom":                                 &runner.PanicError{Value: "kaboom"},
		"observer runner_test.nobody: panic: kaboom":    &runner.ObserverError{Observer: nobody{}, Err: &runner.PanicError{Value: "kaboom"}},
		"start timed out":                               runner.ErrStartTimeout,
		"stop timed out":                                runner.ErrStopTimeout,
		"runner is finishing":                           runner.ErrFinishing,
	} {
		t.Run(text, func(t *testing.T) { require.EqualError(t, err, text) })
	}
}

func TestErrorsAre(t *testing.T) {
	for name, test := range map[string]struct {
		err, target error
		is          bool
	}{
		"a timeout of a start is a deadline":        {runner.ErrStartTimeout, context.DeadlineExceeded, true},
		"a timeout of a stop is a deadline":         {runner.ErrStopTimeout, context.DeadlineExceeded, true},
		"a timeout of a stop is not one of a start": {runner.ErrStopTimeout, runner.ErrStartTimeout, false},
		"the finish is a cancellation":              {runner.ErrFinishing, context.Canceled, true},
		"the finish is no deadline":                 {runner.ErrFinishing, context.DeadlineExceeded, false},
		"a signal is a cancellation":                {&runner.SignalError{Signal: os.Interrupt}, context.Canceled, true},
		"a signal is no deadline":                   {&runner.SignalError{Signal: os.Interrupt}, context.DeadlineExceeded, false},
		"a service error is its cause":              {&runner.ServiceError{Err: errBoom}, errBoom, true},
		"a timeout is its reason":                   {&runner.TimeoutError{Reason: runner.ErrStopTimeout, Err: errBoom}, runner.ErrStopTimeout, true},
		"a timeout is what was returned":            {&runner.TimeoutError{Reason: runner.ErrStopTimeout, Err: errBoom}, errBoom, true},
		"a panic is its value":                      {&runner.PanicError{Value: errBoom}, errBoom, true},
		"a panic of no error is none":               {&runner.PanicError{Value: "boom"}, errBoom, false},
		"an observer's error is its panic":          {&runner.ObserverError{Err: &runner.PanicError{Value: errBoom}}, errBoom, true},
	} {
		t.Run(name, func(t *testing.T) { require.Equal(t, test.is, errors.Is(test.err, test.target)) })
	}
}
