package runner

import (
	"context"
	"errors"
	"slices"
)

// Run loads and starts services, and blocks as long as it has servers to watch.
//
// All arguments are checked before anything starts: nil, a nil pointer, what is
// neither a Resource nor a Server or both at once is an error that wraps
// [ErrInvalidServiceType]; an instance that is already started one that wraps
// [ErrAlreadyStarted]. Then each service in turn is loaded if it is
// [Configurable], started, and awaited if it is a [ReadyChecker]. A Resource
// starts before the next service; a Server listens on a goroutine of its own.
//
// With Resources only, Run returns once they are started. With any Server it
// blocks until a signal comes, ctx ends, a Server fails, or [Runner.Finish] is
// called. Then all Servers of this Run are closed at the same time, each with its
// stop timeout whatever became of ctx, and Run returns when every Listen has.
// Resources stay up until Finish.
//
//   - After a signal while serving, and after Finish, Run returns nil.
//   - After a signal while starting it returns a [*SignalError].
//   - After the end of ctx it returns the error of ctx, and its cause.
//   - When a service fails to load, start or become ready it returns a
//     [*ServiceError], and what this Run had started is stopped, newest first.
//   - When a Server fails while serving it returns a [*ServiceError].
//   - When Finish comes before Resources alone are started it returns
//     [ErrFinishing].
//
// What goes wrong while closing is joined to that. Run can be called again, and
// from many goroutines. A Run that follows a signal starts nothing until Finish
// has been called.
func (r *Runner) Run(ctx context.Context, services ...Service) error {
	run, err := r.begin(ctx, services, false)
	if err != nil {
		return err
	}
	defer run.leave()
	switch started, errs := run.start(); {
	case !started:
		return r.withPanics(run.endStart(errs))
	case run.servers == 0:
		return r.withPanics(nil)
	}
	<-run.ctx.Done()
	return r.withPanics(run.endServing())
}

// Start is [Runner.Run] without the wait: it returns once Resources and Servers
// are up, and the Servers go on until [Runner.Stop] or [Runner.Finish]. When one
// of them fails, [Runner.Wait] returns, and so does every Run.
//
// A start that fails is rolled back as in Run. One that was ended by ctx, a
// signal or Finish leaves what had started up, Servers included.
func (r *Runner) Start(ctx context.Context, services ...Service) error {
	run, err := r.begin(ctx, services, true)
	if err != nil {
		return err
	}
	defer run.leave()
	if started, errs := run.start(); !started {
		return run.endStart(errs)
	}
	return nil
}

// Wait blocks until the Runner has to end: a signal came or Finish was called
// (then it returns nil), a Server that [Runner.Start] had started failed (a
// [*ServiceError]), or ctx ended (its error, and its cause). Before the first Run
// and after Finish there is nothing to wait for, and it returns nil at once.
func (r *Runner) Wait(ctx context.Context) error {
	r.mu.Lock()
	l := r.life
	r.mu.Unlock()
	if l == nil {
		return nil
	}
	select {
	case <-l.ctx.Done():
		return failure(context.Cause(l.ctx))
	case <-ctx.Done():
		return ended(ctx)
	}
}

// failure returns cause if a service is to blame, and nil otherwise.
func failure(cause error) error {
	if failed, ok := cause.(*ServiceError); ok { //nolint:errorlint // one of ours, as it is
		return failed
	}
	return nil
}

// endStart ends a run whose start failed, with errs, or was ended. It decides what
// the table in the documentation of Run says of that.
func (run *run) endStart(errs []error) error {
	cause := context.Cause(run.ctx)
	failed := failure(cause)
	if cause == nil {
		failed = errs[0]
	}
	if failed != nil {
		also := news(errs, context.Canceled, failed)
		return joined(failed, also, run.rollback(), run.failures(append(errs, failed)...))
	}
	told := run.interrupted(errs, cause)
	if run.detached {
		return joined(told, run.failures(errs...))
	}
	return joined(told, run.closeServers(), run.failures(errs...))
}

// news joins those of errs that do not only say what is known.
func news(errs []error, known ...error) error {
	return joined(slices.DeleteFunc(slices.Clone(errs), func(err error) bool { return saysOnly(err, known...) })...)
}

// interrupted is the error of a start that was ended by cause, when errs are those
// of the steps it was in, if any: it names the first.
func (run *run) interrupted(errs []error, cause error) error {
	reason := run.endedBy(cause, true)
	if len(errs) == 0 {
		return reason
	}
	return joined(run.interruptedStep(errs[0], cause, reason), news(errs[1:], context.Canceled, run.ctx.Err(), cause))
}

func (run *run) interruptedStep(err, cause, reason error) error {
	step, ok := err.(*ServiceError) //nolint:errorlint // one of ours, as it is
	onlyEnded := ok && saysOnly(step.Err, context.Canceled, context.DeadlineExceeded, cause)
	saysWhy := ok && reason != nil && errors.Is(step.Err, cause) && errors.Is(step.Err, run.ctx.Err())
	_, signaled := cause.(*SignalError) //nolint:errorlint // one of ours, as it is
	switch {
	case onlyEnded && reason == nil:
		return nil
	case onlyEnded && (signaled || !saysWhy):
		return &ServiceError{Op: step.Op, Name: step.Name, Service: step.Service, Err: reason}
	case saysWhy:
		return step
	default:
		return joined(reason, err)
	}
}

// endServing ends a run that served.
func (run *run) endServing() error {
	cause := context.Cause(run.ctx)
	run.runner.drain(run.values, run.life.cut)
	closing := run.closeServers()
	if run.life.ctx.Err() == nil {
		run.runner.stopPasses(run.values, run.hasCompany())
	}
	failed := failure(cause)
	if failed == nil {
		return joined(run.endedBy(cause, false), run.failures(), closing)
	}
	return joined(failed, run.failures(failed), closing)
}

// endedBy is what Run returns after it was ended by cause, which is no failure.
func (run *run) endedBy(cause error, starting bool) error {
	if cause != context.Cause(run.life.ctx) { //nolint:errorlint // the very same: ctx may carry that of another Runner
		return ended(run.ctx)
	}
	switch cause := cause.(type) { //nolint:errorlint // one of ours, as it is
	case *SignalError:
		if starting {
			return cause
		}
		return nil
	case *conditionError:
		if cause == ErrFinishing { //nolint:errorlint // the very same
			return run.finished(starting)
		}
	}
	return ended(run.ctx)
}

// finished is what Run returns after Finish: an error only to a caller who would
// go on believing that its Resources are started.
func (run *run) finished(starting bool) error {
	if starting && (run.servers == 0 || run.detached) {
		return ErrFinishing
	}
	return nil
}

// rollback stops what the run has started.
func (run *run) rollback() error {
	r := run.runner
	r.stopBegins(run.values)
	d := r.newShutdown(run.values, run.life.cut, true)
	d.backwards(run.started())
	if run.life.ctx.Err() == nil {
		r.stopPasses(run.values, r.hasLeft())
	}
	return d.err()
}

// started returns what the run has started and is not stopped.
func (run *run) started() []*unit {
	return slices.DeleteFunc(run.runner.started(), func(u *unit) bool { return u.run != run })
}

// closeServers closes the servers of the run at the same time.
func (run *run) closeServers() error {
	d := run.runner.newShutdown(run.values, run.life.cut, true)
	var servers []*unit
	for i := range run.units {
		if u := &run.units[i]; u.serving != nil && u.serving.down != nil {
			servers = append(servers, u)
		}
	}
	if len(servers) > 0 {
		run.runner.stopBegins(run.values)
	}
	d.together(servers)
	return d.err()
}

// failures joins what servers of the run failed of before they were closed, but
// for what is known.
func (run *run) failures(known ...error) error {
	r := run.runner
	r.mu.Lock()
	defer r.mu.Unlock()
	var errs []error
	for i := range run.units {
		s := run.units[i].serving
		if s != nil && !s.closing && s.listenErr != nil && !slices.Contains(known, s.listenErr) {
			errs = append(errs, s.listenErr)
		}
	}
	return joined(errs...)
}

// withPanics joins the panics of Observers to err.
func (r *Runner) withPanics(err error) error {
	return joined(append([]error{err}, r.observers.takePanics()...)...)
}
