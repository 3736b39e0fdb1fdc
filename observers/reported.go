package observers

import (
	"context"
	"errors"
	"reflect"
	"sync"

	"github.com/go-fxservices/services/internal/identity"
	"github.com/go-fxservices/services/runner"
)

// reported are the failures that have a line of their own at level error, and those of attempts, which are warnings. The
// zero value is ready.
type reported struct {
	mu       sync.Mutex
	failures map[any]struct{}   // the keys of failures; at most maxReported
	attempts map[error]struct{} // pointers; at most maxReported
}

// maxReported bounds the memory of a Runner that fails for ever and is never finished.
const maxReported = 1024

// add remembers err. Other errors than a ServiceError are not remembered: one value,
// such as io.EOF, can be the failure of many services.
func (r *reported) add(err error) {
	failed, ok := err.(*runner.ServiceError) //nolint:errorlint // a failure, not what wraps one
	if !ok {
		return
	}
	key := keyOf(failed)
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.failures == nil || len(r.failures) >= maxReported {
		r.failures = make(map[any]struct{})
	}
	r.failures[key] = struct{}{}
}

// addAttempt remembers the failure of an attempt to start a service. It is part of the error of a start that a signal ends
// before the next attempt.
func (r *reported) addAttempt(err error) {
	if reflect.ValueOf(err).Kind() != reflect.Pointer {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.attempts == nil || len(r.attempts) >= maxReported {
		r.attempts = make(map[error]struct{})
	}
	r.attempts[err] = struct{}{}
}

func (r *reported) hasAttempt(err error) bool {
	if reflect.ValueOf(err).Kind() != reflect.Pointer {
		return false
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	_, ok := r.attempts[err]
	return ok
}

// forget forgets all failures.
func (r *reported) forget() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.failures, r.attempts = nil, nil
}

func (r *reported) has(failed *runner.ServiceError) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.failures) == 0 {
		return false // without a key, which costs memory
	}
	_, ok := r.failures[keyOf(failed)]
	return ok
}

// lacks reports whether cause, for which an application ends, is a failure that has no line. A signal is none, nor is the
// end of a context, but a service can fail with either.
func (r *reported) lacks(cause error) (lacks bool) {
	if cause == nil {
		return false
	}
	defer func() { lacks = lacks || recover() != nil }()
	_, failed := cause.(*runner.ServiceError) //nolint:errorlint // a failure, not what wraps one
	if !failed && (errors.Is(cause, context.Canceled) || errors.Is(cause, context.DeadlineExceeded)) {
		return false
	}
	return !r.explains(cause, true)
}

// explains reports whether err is no more than the consequence of failures that were
// reported or, where asked matters, of a wish to end the Runner: a signal, Finish, or a
// Shutdown without a cause.
// An abandoned call and a panic are always failures of their own. So is an error whose
// Unwrap panics.
func (r *reported) explains(err error, asked bool) (explained bool) {
	defer func() {
		if recover() != nil {
			explained = false
		}
	}()
	found := false
	return r.only(err, asked, &found) && found
}

// only reports whether each leaf of the tree of err is explained, or says no more than
// that a context has ended. Beside a wish to end the Runner, the failure of an attempt
// does not count. It sets found if it meets an explanation.
func (r *reported) only(err error, asked bool, found *bool) bool {
	switch e := err.(type) { //nolint:errorlint // the tree is walked here
	case *runner.ServiceError:
		if r.has(e) {
			*found = true
			return true
		}
	case *runner.SignalError:
		*found = *found || asked
		return asked
	case *runner.PanicError:
		return false
	case *runner.TimeoutError:
		if e.Abandoned {
			return false
		}
	}
	if asked && r.hasAttempt(err) {
		return true
	}
	switch err { //nolint:errorlint // the leaves, not what wraps them
	case context.Canceled:
		return true
	case runner.ErrFinishing, runner.ErrShutdown:
		*found = *found || asked
		return asked
	}
	switch e := err.(type) { //nolint:errorlint // the tree is walked here
	case interface{ Unwrap() []error }:
		all := e.Unwrap()
		for _, inner := range all {
			if inner != nil && !r.only(inner, asked, found) {
				return false
			}
		}
		return len(all) > 0
	case interface{ Unwrap() error }:
		inner := e.Unwrap()
		return inner != nil && r.only(inner, asked, found)
	}
	return false
}

// failureKey is the same for two ServiceErrors that tell the same failure.
type failureKey struct {
	op      runner.Op
	service any
	err     error // a pointer
}

func keyOf(failed *runner.ServiceError) any {
	if failed == nil || reflect.ValueOf(failed.Err).Kind() != reflect.Pointer {
		return failed
	}
	service := identity.Of(failed.Service)
	if service == nil {
		service = failed.Name
	}
	return failureKey{failed.Op, service, failed.Err}
}
