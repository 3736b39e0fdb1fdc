package retrier

import (
	"context"
	"errors"
	"fmt"

	"github.com/go-fxservices/services/internal/errtext"
	"github.com/go-fxservices/services/internal/identity"
	"github.com/go-fxservices/services/runner"
)

// ErrGaveUp is the reason of a Start, or of a Run of a Job, that its backoff ended, and of
// a Listen that the backoff or the limit of [Builder.Restarts] ended.
var ErrGaveUp = errors.New("gave up")

// ErrInvalidPause is the reason of a Start, Run or Listen whose backoff returned a pause
// below 0 that is not [backoff.Stop].
var ErrInvalidPause = errors.New("invalid pause")

// ErrStopped is what ends the context of a Start that met [Resource.Stop].
var ErrStopped = errors.New("stopped while starting")

// ErrStopping is returned by a Start or a Stop that met a Stop, and by a Listen
// that met a Close.
var ErrStopping = errors.New("being stopped")

// ErrClosed is returned by [Server.IsReady] from [Server.Close] to the next Listen.
var ErrClosed = errors.New("closed")

var (
	errNilResource  = fmt.Errorf("%w: retrier has a nil resource", runner.ErrInvalidServiceType)
	errNilJob       = fmt.Errorf("%w: retrier has a nil job", runner.ErrInvalidServiceType)
	errNilServer    = fmt.Errorf("%w: retrier has a nil server", runner.ErrInvalidServiceType)
	errNilContext   = errors.New("nil context")
	errNotListening = errors.New("not listening")
	errExited       = errors.New("runtime.Goexit was called")
)

// checkContext returns an error for a nil context, typed or not.
func checkContext(ctx context.Context) error {
	if identity.IsNil(ctx) {
		return errNilContext
	}
	return nil
}

// Error is why a Start, Run or Listen was not tried again. It reads like
//
//	gave up after 3 attempts: connection refused
//	context canceled after 2 attempts: connection refused
//
// errors.Is and errors.As find both the reason and the last failure.
type Error struct {
	Attempts int // that were made

	// Reason is [ErrGaveUp], an [ErrInvalidPause], or the end of the context. It is
	// nil for a permanent failure.
	Reason error

	// Err is the last failure. A failure that only says that the context has ended
	// does not replace an earlier one of a Start or Run. It is nil without attempts.
	Err error
}

func (e *Error) Error() string {
	switch {
	case e.Reason == nil:
		return errtext.Of(e.Err)
	case e.Attempts == 0:
		return fmt.Sprintf("%s before the first attempt", errtext.Of(e.Reason))
	}
	plural := "s"
	if e.Attempts == 1 {
		plural = ""
	}
	reason, failure := errtext.Of(e.Reason), errtext.Of(e.Err)
	text := fmt.Sprintf("%s after %d attempt%s", reason, e.Attempts, plural)
	if failure != reason {
		text += ": " + failure
	}
	return text
}

// Unwrap returns the reason and the last failure, as far as there are any.
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
