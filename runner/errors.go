package runner

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime/debug"
	"strings"
	"time"

	"github.com/go-fxservices/services/internal/errtext"
	"github.com/go-fxservices/services/internal/identity"
)

// ErrInvalidServiceType is wrapped by the error for an argument that is not a service: nil, a nil pointer, none of
// Resource, Server and Job, both a Resource and a Server, or a wrapper whose Unwrap panics.
var ErrInvalidServiceType = errors.New("invalid service type")

// ErrAlreadyStarted is wrapped by the error for a service that this Runner has already started, or is starting, and has not
// stopped.
var ErrAlreadyStarted = errors.New("already started")

// ErrNotStarted is wrapped by the error of [Runner.Stop] for a service that is not started, and by the error of a Run or
// Start for a service that is [After] one that is not up.
var ErrNotStarted = errors.New("not started")

// ErrNeeded is wrapped by the error of [Runner.Stop] for a service while others that are [After] it are up.
var ErrNeeded = errors.New("needed by")

// ErrCycle is wrapped by the error for services that would have to start after each other; see [After].
var ErrCycle = errors.New("dependency cycle")

// ErrStillRunning is wrapped by the error for a service whose code still runs a call that the Runner has abandoned: the
// service can be neither started nor stopped until that call returns.
var ErrStillRunning = errors.New("an abandoned call of it still runs")

// ErrFinishing is wrapped by the error of a start that [Runner.Finish] ended, and is the error of a Run or Start during a
// Finish. errors.Is finds context.Canceled in it.
var ErrFinishing error = &conditionError{"runner is finishing", context.Canceled}

// ErrShutdown is wrapped by the error of a start that [Runner.Shutdown] ended without a cause, or that comes after all Jobs
// are done. errors.Is finds context.Canceled in it.
var ErrShutdown error = &conditionError{"runner was shut down", context.Canceled}

// ErrStartTimeout is the cause of the context of a start that has used up its start timeout. errors.Is finds
// context.DeadlineExceeded in it.
var ErrStartTimeout error = &conditionError{"start timed out", context.DeadlineExceeded}

// ErrStopTimeout is the cause of the context of a stop or close that has used up its stop timeout. errors.Is finds
// context.DeadlineExceeded in it.
var ErrStopTimeout error = &conditionError{"stop timed out", context.DeadlineExceeded}

// ErrGracePeriod is the cause of the context of a stop or close that was cut short because the grace period was over, and is
// wrapped by the error of Run and Finish then; see [WithGracePeriod]. errors.Is finds context.DeadlineExceeded in it.
var ErrGracePeriod error = &conditionError{"grace period is over", context.DeadlineExceeded}

// conditionError is a sentinel that is also another error.
type conditionError struct {
	text string
	is   error
}

func (e *conditionError) Error() string        { return e.text }
func (e *conditionError) Is(target error) bool { return target == e.is }

// Op is a call in the life of a service, as errors name it.
type Op string

// The calls of a service.
const (
	OpLoad   Op = "load"   // Configurable.Load
	OpStart  Op = "start"  // Resource.Start
	OpReady  Op = "ready"  // ReadyChecker.IsReady
	OpListen Op = "listen" // Server.Listen
	OpClose  Op = "close"  // Server.Close
	OpStop   Op = "stop"   // Resource.Stop
	OpRun    Op = "run"    // Job.Run; also the failure that a Resource reported, see FailureReporter
)

// isStop reports whether the call belongs to a stop. A call of OpListen or OpRun is the wait for its return.
func (op Op) isStop() bool { return op == OpStop || op == OpClose || op == OpListen || op == OpRun }

// ServiceError says which call of which service failed. It reads like
//
//	start "db": connection refused
type ServiceError struct {
	Op      Op
	Name    string  // the name of the service, as the Runner read it once
	Service Service // the service as it was given to the Runner
	Err     error   // never nil

	onlyEnded bool // Err says no more than that the context had ended
}

func (e *ServiceError) Error() string {
	return fmt.Sprintf("%s %q: %s", e.Op, e.Name, errtext.Of(e.Err))
}

// Unwrap returns the cause.
func (e *ServiceError) Unwrap() error { return e.Err }

// TimeoutError is the cause of a call that did not return in time. It reads "timed out after 15s" if the budget of the
// service ran out, and otherwise names the signal or the deadline that cut the call short.
type TimeoutError struct {
	Reason    error         // ErrStartTimeout, ErrStopTimeout, or another cause of the end of the context
	Budget    time.Duration // the time that the call had; 0 if nothing limited it
	Elapsed   time.Duration // since the call began
	Abandoned bool          // the call has not returned: its goroutine is left behind
	Stack     []byte        // the stacks of the goroutines of the service, if the call was abandoned
	Err       error         // the result of the call, or nil

	stopping bool // the step was a stop, or the wait for one
	cutShort bool // something else than the budget ended the step
}

func (e *TimeoutError) Error() string {
	text := errtext.Of(e.Reason)
	if !e.cutShort && (errors.Is(e.Reason, ErrStartTimeout) || errors.Is(e.Reason, ErrStopTimeout)) {
		text = fmt.Sprintf("timed out after %v", e.Budget)
	}
	if e.Abandoned {
		text += fmt.Sprintf(", abandoned after %v", e.Elapsed.Round(time.Millisecond))
	}
	switch err := errtext.Of(e.Err); {
	case e.Err == nil:
		return text
	case strings.Contains(err, text): // it wraps the reason
		return err
	default:
		return text + ": " + err
	}
}

// Is reports whether target is [ErrStopTimeout] and the call belongs to a stop: also one that a signal or a deadline cut
// short.
func (e *TimeoutError) Is(target error) bool { return e.stopping && target == ErrStopTimeout }

// Unwrap returns the reason, and the error that the call returned if it did.
func (e *TimeoutError) Unwrap() []error {
	if e.Err == nil {
		return []error{e.Reason}
	}
	return []error{e.Reason, e.Err}
}

// SignalError says that a signal ended a start, or cut a graceful stop short. errors.Is finds context.Canceled in it.
type SignalError struct {
	Signal os.Signal
}

func (e *SignalError) Error() string { return fmt.Sprintf("received signal %v", e.Signal) }

// Is reports whether target is context.Canceled.
func (e *SignalError) Is(target error) bool { return target == context.Canceled }

// PanicError is a panic, or a call of runtime.Goexit, that was recovered.
type PanicError struct {
	Value any    // what was given to panic; for runtime.Goexit an error that says so
	Stack []byte // of the goroutine that panicked
}

func (e *PanicError) Error() string { return fmt.Sprintf("panic: %v", e.Value) }

// Unwrap returns the value if it is an error, and nil otherwise.
func (e *PanicError) Unwrap() error {
	err, _ := e.Value.(error)
	return err
}

var errGoexit = errors.New("runtime.Goexit was called")

// newPanicError takes what recover returned in a function that did not return:
// nil means runtime.Goexit.
func newPanicError(recovered any) *PanicError {
	if recovered == nil {
		recovered = errGoexit
	}
	return &PanicError{Value: recovered, Stack: debug.Stack()}
}

// ObserverError says that an Observer panicked, or did not return in time. It is joined to the error of Run or Finish.
type ObserverError struct {
	Observer any   // the Observer
	Err      error // a *PanicError or a *TimeoutError
}

func (e *ObserverError) Error() string { return fmt.Sprintf("observer %T: %v", e.Observer, e.Err) }

// Unwrap returns the cause.
func (e *ObserverError) Unwrap() error { return e.Err }

// unlessNil returns err, or, for a nil pointer in a variable of type error, an error that can be asked for its text and its
// cause.
func unlessNil(err error) error {
	if err != nil && identity.IsNil(err) {
		return nilError(fmt.Sprintf("<nil %T>", err))
	}
	return err
}

// nilError is the text of an error that was a nil pointer.
type nilError string

func (e nilError) Error() string { return string(e) }

// joined is errors.Join, but leaves a single error as it is.
func joined(errs ...error) error {
	var first error
	for _, err := range errs {
		if err != nil && first != nil {
			return errors.Join(errs...)
		}
		if err != nil {
			first = err
		}
	}
	return first
}

// endOf makes an error of a context that has ended: its own error, and its cause.
func endOf(ctx context.Context) error {
	err, cause := ctx.Err(), context.Cause(ctx)
	if cause == err { //nolint:errorlint // the very same, not one that is like it
		return err
	}
	return fmt.Errorf("%w: %w", err, cause)
}
