package runner

import (
	"context"
	"errors"
	"slices"
)

// outcomes is the table of what Run and Start return, beside the errors met on the way down: for each reason, the error of
// a Run that was still starting, and of one that served.
var outcomes = map[reason]struct {
	starting func(*run, *end) error
	serving  func(*run, *end) error
}{
	bySignal:   {starting: itsError, serving: nothing},
	byContext:  {starting: itsError, serving: itsError},
	byFinish:   {starting: unlessLasting(ErrFinishing), serving: nothing},
	byShutdown: {starting: causeOr(ErrShutdown), serving: itsError},
	byFailure:  {starting: itsError, serving: itsError},
	byJobs:     {starting: always(ErrShutdown), serving: nothing},
}

func itsError(_ *run, e *end) error { return e.err }

func nothing(*run, *end) error { return nil }

func always(err error) func(*run, *end) error { return func(*run, *end) error { return err } }

// unlessLasting is err for a caller who would otherwise go on believing that its resources are started.
func unlessLasting(err error) func(*run, *end) error {
	return func(run *run, _ *end) error {
		if run.lasting == 0 || run.detached {
			return err
		}
		return nil
	}
}

func causeOr(err error) func(*run, *end) error {
	return func(run *run, e *end) error {
		if e.err != nil {
			return e.err
		}
		return unlessLasting(err)(run, e)
	}
}

// startError is the error of a start that e ended, or that a service failed in, when errs are those of its services: it
// names the step that e met.
func (run *run) startError(e *end, errs []error) error {
	told := outcomes[e.reason].starting(run, e)
	if e.reason == byFailure {
		return joined(append([]error{told}, news(errs, told)...)...)
	}
	if len(errs) == 0 {
		return told
	}
	return joined(append([]error{metBy(errs[0], e, told)}, news(errs[1:], nil)...)...)
}

// metBy is the error of the first step that an end met. told is what Run says of the end.
func metBy(err error, e *end, told error) error {
	step, ok := err.(*ServiceError) //nolint:errorlint // one of ours, as it is
	if !ok {
		return joined(told, err)
	}
	if step.onlyEnded {
		if told == nil {
			return nil
		}
		return &ServiceError{Op: step.Op, Name: step.Name, Service: step.Service, Err: told}
	}
	if e.saidBy(step.Err) {
		return step
	}
	return joined(told, err)
}

// saidBy reports whether err says all that e does: that of a call which e ended, and of a retrier that gave up for it.
func (e *end) saidBy(err error) bool {
	switch e.reason {
	case bySignal:
		return says(err, e.err)
	case byContext:
		return says(err, e.cause) && (says(err, context.Canceled) || says(err, context.DeadlineExceeded))
	default:
		return false
	}
}

// news returns the errors that say more than that something had ended, but for known.
func news(errs []error, known error) []error {
	return slices.DeleteFunc(slices.Clone(errs), func(err error) bool {
		var step *ServiceError
		return err == known || errors.As(err, &step) && step.onlyEnded //nolint:errorlint // the very same
	})
}

// serveError is the error of a Run that served until e.
func (run *run) serveError(e *end) error { return outcomes[e.reason].serving(run, e) }
