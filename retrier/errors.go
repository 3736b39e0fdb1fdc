package retrier

import (
	"context"
	"errors"
	"fmt"
	"net"

	"github.com/go-fxservices/services/runner"
)

// ErrGaveUp is the reason of a Start that its backoff ended, and of a Listen that
// this or the limit of [Builder.Restarts] ended.
var ErrGaveUp = errors.New("gave up")

// ErrStopped is what ends the context of a Start that met [Resource.Stop].
var ErrStopped = errors.New("stopped while starting")

// ErrStopping is returned by a Start or a Stop that met a Stop.
var ErrStopping = errors.New("being stopped")

// ErrClosed is returned by a Listen after [Server.Close]. errors.Is finds
// [net.ErrClosed] in it, which is no failure to a Runner that closes.
var ErrClosed error = closedError{}

type closedError struct{}

func (closedError) Error() string        { return "closed" }
func (closedError) Is(target error) bool { return target == net.ErrClosed }

var (
	errNilServer    = fmt.Errorf("%w: retrier has a nil server", runner.ErrInvalidServiceType)
	errNotListening = errors.New("not listening")
	errExited       = errors.New("runtime.Goexit was called")
)

var errNilResource = fmt.Errorf("%w: retrier has a nil resource", runner.ErrInvalidServiceType)

// Error is why a Start or a Listen was not tried again. It reads like
//
//	gave up after 3 attempts: connection refused
//	context canceled after 2 attempts: connection refused
//
// errors.Is and errors.As find both the reason and the last failure.
type Error struct {
	Attempts int   // that were made
	Reason   error // [ErrGaveUp], or the end of the context; nil for a permanent failure

	// Err is the last failure. That of a Start which only says that the context
	// has ended doesn't replace an earlier one. It is nil without attempts.
	Err error
}

func (e *Error) Error() string {
	switch {
	case e.Reason == nil:
		return e.Err.Error()
	case e.Attempts == 0:
		return fmt.Sprintf("%v before the first attempt", e.Reason)
	}
	plural := "s"
	if e.Attempts == 1 {
		plural = ""
	}
	text := fmt.Sprintf("%v after %d attempt%s", e.Reason, e.Attempts, plural)
	if failure := e.Err.Error(); failure != e.Reason.Error() {
		text += ": " + failure
	}
	return text
}

// Unwrap returns the reason and the last failure, those there are.
func (e *Error) Unwrap() []error {
	var errs []error
	if e.Reason != nil {
		errs = append(errs, e.Reason)
	}
	if e.Err != nil {
		errs = append(errs, e.Err)
	}
	return errs
}

// reasonOf returns why ctx ended: errors.Is finds its Err and its Cause.
func reasonOf(ctx context.Context) error {
	cause := context.Cause(ctx)
	if errors.Is(cause, ctx.Err()) {
		return cause
	}
	return fmt.Errorf("%w (%w)", ctx.Err(), cause)
}
