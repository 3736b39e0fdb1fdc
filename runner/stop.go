package runner

import (
	"cmp"
	"context"
	"time"
)

// stop stops one service. Where another stops it already, it waits for that.
func (d *shutdown) stop(c *caller, u *unit) error {
	d.share.take()
	mine, ok, other := d.registry.beginStop(u)
	if !ok {
		return d.awaitOther(u, other)
	}
	return d.stopMine(c, u, mine)
}

// stopMine takes a service from its stop to its end. Nobody else has that stop.
func (d *shutdown) stopMine(c *caller, u *unit, mine claim) error {
	if mine.start != nil { // it ends first, and hears of the stop
		c.await(u.task(OpStop, nil), deadlineAfter(time.Now(), d.stopTimeout(u)), mine.start)
	}
	for _, dependent := range mine.dependents {
		d.await(dependent.done)
	}
	if d.observers.any() {
		c.tell(d.observers.beforeStop(d.context(u, deadlineAfter(time.Now(), d.stopTimeout(u))), u.service))
	}
	added := d.ask(c, u, mine)
	s := stopping{shutdown: d, caller: c, unit: u, began: time.Now(), budget: d.stopTimeout(u)}
	s.deadline = deadlineAfter(s.began, s.budget)
	ctx := d.context(u, s.deadline)
	ctx.added = added

	var lost *abandonment
	var err error
	if u.kind == KindResource {
		lost, err = s.stopResource(ctx, mine.late)
	} else {
		lost, err = s.closeServing(ctx)
	}

	if !d.ownOnly {
		d.note(d.registry.takeUnreported(u))
	}
	d.registry.stopped(u, err, !d.goOn)
	if lost != nil && !lost.profile.isDone() {
		d.registry.passStop(u, err)
		d.report(report{unit: u, ctx: ctx, err: err, timeout: lost.err, profile: lost.profile})
		return err
	}
	if lost != nil {
		lost.err.Stack = lost.profile.of(u.name)
	}
	c.tell(d.observers.afterStop(ctx, u.service, err))
	d.registry.endStop(u, err)
	return err
}

// ask returns what Observers add to the context of Close or Stop. A stop that calls neither has none.
func (d *shutdown) ask(c *caller, u *unit, mine claim) *added {
	if !d.observers.anySteps() || u.kind == KindJob || mine.late != nil {
		return nil
	}
	return c.askSteps(d.observers, d.context(u, deadlineAfter(time.Now(), d.stopTimeout(u))), u.service, u.stopOp())
}

// stopping is the stop of one service: its calls share one budget. They return the call that did not return, if any.
type stopping struct {
	*shutdown
	caller   *caller
	unit     *unit
	began    time.Time
	budget   time.Duration // 0 or less: no limit
	deadline time.Time     // zero: none
}

// closeServing calls Close of a Server, and then waits for Listen; for Run of a Job it only waits.
func (s *stopping) closeServing(ctx *callContext) (lost *abandonment, err error) {
	u := s.unit
	var closed error
	if u.kind == KindServer {
		lost, closed = s.call(OpClose, ctx, s.began)
	}
	u.serving.ctx.end(context.Canceled)
	left, returned := s.awaitReturn(lost)
	if left == nil && lost == nil && s.registry.servesLate(u) {
		var again error
		second := s.context(u, s.deadline)
		second.added = ctx.added.again()
		lost, again = s.call(OpClose, second, time.Now())
		closed = joined(closed, unlessPanic(again))
	}
	switch {
	case returned == nil:
		return lost, u.fail(OpClose, closed)
	case closed == nil:
		return left, u.fail(u.serveOp(), returned)
	default:
		return cmp.Or(lost, left), u.fail(OpClose, joined(closed, u.fail(u.serveOp(), returned)))
	}
}

// stopResource calls Stop, but never while an abandoned Stop still runs: then it waits for that one, whose result counts.
func (s *stopping) stopResource(ctx *callContext, late *lateStop) (lost *abandonment, err error) {
	u := s.unit
	if late == nil {
		lost, err = s.call(OpStop, ctx, s.began)
		return lost, u.fail(OpStop, err)
	}
	lost = s.caller.await(u.task(OpStop, nil), s.deadline, late.returned)
	if lost != nil && s.registry.stillRuns(u) {
		return lost, u.fail(OpStop, s.timeout(lost))
	}
	return nil, u.fail(OpStop, late.err)
}

// call makes a call, which begins now.
func (s *stopping) call(op Op, ctx *callContext, now time.Time) (lost *abandonment, err error) {
	u := s.unit
	r := s.caller.do(u.task(op, ctx), now, s.deadline)
	ctx.end(context.Canceled)
	if r.abandoned != nil {
		s.registry.abandon(u, op, r.abandoned)
		return r.abandoned, s.timeout(r.abandoned)
	}
	if op == OpClose {
		s.registry.closed(u)
	}
	cut := s.ctx.Err() != nil
	timedOut := r.err != nil && !cut && s.budget > 0 && !time.Now().Before(s.deadline)
	if !timedOut && (!cut || !r.onlyEnded) {
		return nil, r.err
	}
	timeout := &TimeoutError{
		Reason: ErrStopTimeout, Budget: s.budget, Elapsed: time.Since(s.began), Err: r.err, stopping: true, cutShort: cut,
	}
	if cut {
		timeout.Reason = context.Cause(s.ctx)
	}
	return nil, timeout
}

// awaitReturn waits for the return of Listen or Run, and returns its error unless that has been told. After a Close that was
// abandoned no time is left for it.
func (s *stopping) awaitReturn(lost *abandonment) (left *abandonment, err error) {
	u := s.unit
	if lost == nil && !u.serving.hasReturned() {
		if lost = s.caller.await(u.task(OpListen, nil), s.deadline, u.serving.down); lost != nil {
			lost.elapsed = time.Since(s.began) // Close included
		}
	}
	if lost != nil && s.registry.giveUp(u) {
		return lost, s.timeout(lost)
	}
	return nil, s.registry.closedError(u)
}

// timeout returns the error of a call that did not return, which is the same for Close and for the Listen that it left.
func (s *stopping) timeout(a *abandonment) *TimeoutError {
	if a.err == nil {
		a.err = a.error(s.budget)
		a.err.stopping = true
	}
	return a.err
}

// awaitOther waits for a stop of u that somebody else has begun. That one returns the error, too.
func (d *shutdown) awaitOther(u *unit, other *stopResult) error {
	switch {
	case other == nil:
		return nil // there is nothing to stop
	case !d.await(other.done):
		return u.fail(u.stopOp(), endOf(d.ctx))
	case d.ownOnly:
		return nil
	default:
		return other.err
	}
}

// await waits until done is closed, or the shutdown is cut short.
func (d *shutdown) await(done <-chan struct{}) bool {
	select {
	case <-done:
	case <-d.ctx.Done():
	}
	return isClosed(done)
}
