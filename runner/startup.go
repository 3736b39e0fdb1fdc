package runner

import (
	"context"
	"sync"
	"time"
)

// The pauses between two calls of IsReady.
const (
	firstPause = time.Millisecond
	maxPause   = 100 * time.Millisecond
)

// A startup starts the services of a Run.
type startup struct {
	registry   *registry
	observers  *observers
	supervisor *supervisor
	run        *run
	scope      *scope

	mu      sync.Mutex
	errs    []error // of the services that failed, in the order they did
	skipped bool    // it did not get to a service
}

// all starts the services, and returns once everything that was begun is over. It reports whether all have started.
func (s *startup) all(most int) bool {
	forEach(s.scope, most, plan{s.run.units, s.run.order}, func(c *caller, u *unit) (goOn bool) {
		if !s.service(c, u) {
			return false
		}
		s.supervisor.watchReporter(c, s.run, u) // a stop need not wait for it, as it does for the start
		return true
	})
	why := s.run.reason()
	if why != nil && (why.reason != byFailure || s.run.returnsAtOnce() && why != s.run.life.end()) {
		return false // though all may have started: a Run that returns at once returns its failure as that of its start, or never
	}
	return len(s.errs) == 0 && !s.skipped
}

// fail notes that a service did not start, and ends the starts of the others. It returns err.
func (s *startup) fail(u *unit, err error) error {
	if err == nil {
		return nil
	}
	s.mu.Lock()
	s.errs = append(s.errs, err)
	s.mu.Unlock()
	s.registry.failStart(u)
	s.run.fail(err)
	return err
}

// skip notes that the start did not get to a service.
func (s *startup) skip() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.skipped = true
}

// service takes one service from load to ready, and reports whether it has started. Whatever happens in between, each Before
// that Observers hear is followed by its After. A failure takes effect before Observers hear of it.
func (s *startup) service(c *caller, u *unit) (started bool) {
	s.awaitOtherRuns(u)
	if s.hasEnded() {
		s.skip()
		return false
	}
	if err := s.registry.beginStart(u); err != nil {
		_ = s.fail(u, u.fail(OpStart, err))
		return false
	}
	defer s.registry.endStart(u)
	left := u.startTimeout

	if u.configurable != nil {
		if s.observers.any() {
			c.tell(s.observers.beforeLoad(s.context(u, time.Now(), left), u.configurable))
		}
		ctx, now := s.prepare(c, u, OpLoad, left)
		err := s.fail(u, s.call(c, u, OpLoad, ctx, now, &left))
		c.tell(s.observers.afterLoad(ctx, u.configurable, err))
		if err != nil {
			return false
		}
		if s.hasEnded() {
			s.skip()
			return false
		}
		s.registry.loaded(u)
	}

	if s.observers.any() {
		c.tell(s.observers.beforeStart(s.context(u, time.Now(), left), u.service))
	}
	ctx, now := s.prepare(c, u, u.startOp(), left)
	err := s.launch(c, u, ctx, now, &left)
	if err == nil && u.checker != nil {
		c.tell(s.observers.beforeReady(ctx, u.service))
		err = s.awaitReady(u, left)
	}
	if err == nil && !s.registry.becomeReady(u) {
		err = u.fail(OpReady, errStopped)
	}
	c.tell(s.observers.afterStart(ctx, u.service, s.fail(u, err)))
	return err == nil
}

func (s *startup) hasEnded() bool { return s.run.ctx.Err() != nil }

// awaitOtherRuns waits until what u is After, and another Run starts, has started there, or its Run has failed.
func (s *startup) awaitOtherRuns(u *unit) {
	for _, started := range s.registry.awaited(u) {
		select {
		case <-started:
		case <-s.run.ctx.Done():
		}
		s.run.reason() // the end of the other Run may be that of this one
	}
}

// launch starts a resource, or lets a server listen: it returns once Listen has been entered. A Start that returns nil too
// late has started all the same, and is stopped like the others.
func (s *startup) launch(c *caller, u *unit, ctx *callContext, now time.Time, left *time.Duration) error {
	if u.kind == KindResource {
		return s.call(c, u, OpStart, ctx, now, left)
	}
	u.serving.added, ctx.added = ctx.added, ctx.added.again()
	u.serving.entry.Add(1)
	go s.supervisor.serve(s.run, u)
	if u.serving.entry.Wait(); u.serving.refused {
		u.serving.added.end(context.Canceled)
		return s.endedError(u, u.startOp())
	}
	return nil
}

// call makes a call of a start, and returns its error. It takes the time of the call from what is left of the start timeout.
func (s *startup) call(c *caller, u *unit, op Op, ctx *callContext, began time.Time, left *time.Duration) error {
	if s.hasEnded() { // while Observers heard of what is about to begin
		return s.endedError(u, op)
	}
	r := c.do(u.task(op, ctx), began, ctx.deadline)
	ctx.end(context.Canceled)
	var took time.Duration
	if u.startTimeout > 0 || r.abandoned != nil || r.err != nil {
		took = time.Since(began)
	}
	timedOut := u.startTimeout > 0 && took >= *left && !s.hasEnded()
	if u.startTimeout > 0 {
		*left = max(*left-took, 1) // 0 would mean no limit
	}
	if r.abandoned != nil {
		return s.abandon(u, op, r.abandoned)
	}
	if r.err == nil && op == OpStart {
		s.registry.started(u)
	}
	if timedOut {
		return u.fail(op, &TimeoutError{Reason: ErrStartTimeout, Budget: u.startTimeout, Elapsed: took, Err: r.err})
	}
	return u.failOnly(op, r.err, r.onlyEnded)
}

// abandon makes an error of a call that did not return, with its stack.
func (s *startup) abandon(u *unit, op Op, a *abandonment) error {
	s.registry.abandon(u, op, a)
	timer := time.NewTimer(maxStackWait)
	defer timer.Stop()
	a.profile.wait(timer.C)
	timeout := a.error(u.startTimeout)
	timeout.Stack = a.profile.of(u.name)
	return u.fail(op, timeout)
}

// awaitReady calls IsReady until it returns nil, or the start has ended, or the service has failed or is being stopped.
func (s *startup) awaitReady(u *unit, left time.Duration) error {
	waiting, interrupt := context.WithCancelCause(s.run.ctx)
	defer interrupt(context.Canceled)
	if !s.registry.awaitReady(u, interrupt) {
		return u.fail(OpReady, errStopped)
	}
	own := s.scope.limits
	own.end = waiting
	calls := newScope(own)
	defer calls.close()
	c := newCaller(calls)
	var added *added
	if s.observers.anySteps() {
		added = c.askSteps(s.observers, s.contextOf(waiting, u, deadlineAfter(time.Now(), left)), u.service, OpReady)
	}
	began := time.Now()
	deadline := deadlineAfter(began, left)
	pauses := time.NewTimer(0)
	defer pauses.Stop()
	for pause := firstPause; waiting.Err() == nil; pause = min(2*pause, maxPause) {
		ctx := s.contextOf(waiting, u, deadline)
		ctx.added = added.again()
		r := c.do(u.task(OpReady, ctx), time.Now(), deadline)
		ctx.end(context.Canceled)
		switch {
		case r.abandoned != nil:
			return s.abandon(u, OpReady, r.abandoned)
		case r.panicked:
			return u.fail(OpReady, r.err)
		case u.startTimeout > 0 && !time.Now().Before(deadline) && waiting.Err() == nil:
			return u.fail(OpReady, &TimeoutError{
				Reason: ErrStartTimeout, Budget: u.startTimeout, Elapsed: time.Since(began), Err: r.err,
			})
		case r.err == nil && waiting.Err() == nil:
			return nil
		}
		pauses.Reset(earliestPause(pause, deadline))
		select {
		case <-pauses.C:
		case <-waiting.Done():
		}
	}
	return s.notReady(u, context.Cause(waiting))
}

// earliestPause returns how long to pause, but not past the deadline.
func earliestPause(pause time.Duration, deadline time.Time) time.Duration {
	if deadline.IsZero() {
		return pause
	}
	return min(pause, time.Until(deadline))
}

// notReady returns the error of a service whose wait to become ready was ended by cause.
func (s *startup) notReady(u *unit, cause error) error {
	if failed := s.registry.failure(u); failed != nil {
		return failed // which is why the start has ended
	}
	if cause == errStopped { //nolint:errorlint // the very same
		return u.fail(OpReady, errStopped)
	}
	return s.endedError(u, OpReady)
}

// endedError is the error of a step that met the end of the start.
func (s *startup) endedError(u *unit, op Op) error {
	return u.failOnly(op, endOf(s.run.ctx), true)
}
