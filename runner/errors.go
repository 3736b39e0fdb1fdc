package runner

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime/debug"
	"time"
)

// ErrInvalidServiceType is wrapped by the error for an argument that is no
// service: nil, a nil pointer, neither a Resource nor a Server, or both at once.
var ErrInvalidServiceType = errors.New("invalid service type")

// ErrAlreadyStarted is wrapped by the error for a service that is already
// started, or being started, by this Runner.
var ErrAlreadyStarted = errors.New("already started")

// ErrFinishing is wrapped by the error of a start that met [Runner.Finish].
// errors.Is finds context.Canceled in it too.
var ErrFinishing error = &conditionError{"runner is finishing", context.Canceled}

// ErrStartTimeout is what ends the context of a start that has used up its
// start timeout. errors.Is finds context.DeadlineExceeded in it too.
var ErrStartTimeout error = &conditionError{"start timed out", context.DeadlineExceeded}

// ErrStopTimeout is what ends the context of a stop or close that has used up
// its stop timeout. errors.Is finds context.DeadlineExceeded in it too.
var ErrStopTimeout error = &conditionError{"stop timed out", context.DeadlineExceeded}

type conditionError struct {
	text string
	kind error
}

func (e *conditionError) Error() string        { return e.text }
func (e *conditionError) Is(target error) bool { return target == e.kind }

// Op is a step in the life of a service, as errors name it.
type Op string

// The steps of a service.
const (
	OpLoad   Op = "load"   // Configurable.Load
	OpStart  Op = "start"  // Resource.Start
	OpReady  Op = "ready"  // ReadyChecker.IsReady
	OpListen Op = "listen" // Server.Listen
	OpClose  Op = "close"  // Server.Close
	OpStop   Op = "stop"   // Resource.Stop
)

// isStop reports whether the call is one of a stop. That of Listen is the wait for
// its return.
func (op Op) isStop() bool { return op == OpStop || op == OpClose || op == OpListen }

// ServiceError is a step of a service that went wrong. It reads like
//
//	start "db": connection refused
type ServiceError struct {
	Op      Op
	Name    string  // as NameOf writes it
	Service Service // as it was given to the Runner
	Err     error   // never nil
}

func (e *ServiceError) Error() string { return fmt.Sprintf("%s %q: %v", e.Op, e.Name, e.Err) }

// Unwrap returns the cause.
func (e *ServiceError) Unwrap() error { return e.Err }

// TimeoutError is the cause of a step that did not end in time. It says "timed
// out after 15s" where the budget of the service ended it, and otherwise what
// did: a signal, the context of the caller.
type TimeoutError struct {
	Reason    error         // ErrStartTimeout, ErrStopTimeout, or what else ended the step
	Budget    time.Duration // what the step was given; 0 if nothing limited it
	Elapsed   time.Duration // since the step was called
	Abandoned bool          // the call has not returned: its goroutine is left behind
	Stack     []byte        // the stacks of the goroutines of an abandoned service
	Err       error         // what the call returned, or nil

	stopping bool // it was a stop, or the wait for one
	hurried  bool // something else than the budget ended its time
}

func (e *TimeoutError) Error() string {
	text := e.Reason.Error()
	if !e.hurried && (errors.Is(e.Reason, ErrStartTimeout) || errors.Is(e.Reason, ErrStopTimeout)) {
		text = fmt.Sprintf("timed out after %v", e.Budget)
	}
	if e.Abandoned {
		text += fmt.Sprintf(", abandoned after %v", e.Elapsed.Round(time.Millisecond))
	}
	if e.Err != nil {
		text += ": " + e.Err.Error()
	}
	return text
}

// Is reports whether target is [ErrStopTimeout] and a stop did not end in time,
// whatever ended its time.
func (e *TimeoutError) Is(target error) bool { return e.stopping && target == ErrStopTimeout }

// Unwrap returns the reason, and what the call returned if it did.
func (e *TimeoutError) Unwrap() []error {
	if e.Err == nil {
		return []error{e.Reason}
	}
	return []error{e.Reason, e.Err}
}

// SignalError says that a signal ended something: a start, or a graceful stop.
// errors.Is finds context.Canceled in it.
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

// ObserverError is a panic of an Observer.
type ObserverError struct {
	Observer any // the Observer
	Err      *PanicError
}

func (e *ObserverError) Error() string { return fmt.Sprintf("observer %T: %v", e.Observer, e.Err) }

// Unwrap returns the panic.
func (e *ObserverError) Unwrap() error { return e.Err }
