package runner

import (
	"cmp"
	"context"
	"errors"
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
		c.await(u.task(OpStop, nil), deadlineAfter(time.Now(), u.stopTimeout), mine.start)
	}
	for _, dependent := range mine.dependents {
		d.await(dependent.done)
	}
	if d.observers.any() {
		c.tell(d.observers.beforeStop(d.context(u, deadlineAfter(time.Now(), u.stopTimeout)), u.service))
	}
	began := time.Now()
	deadline := deadlineAfter(began, u.stopTimeout)
	ctx := d.context(u, deadline)
	err, lost := d.halt(c, u, ctx, mine.late, began, deadline)

	if !d.ownOnly {
		d.note(d.registry.takeUnreported(u))
	}
	d.registry.stopped(u, err, !d.goOn)
	if lost != nil && !lost.profile.isDone() {
		d.report(report{unit: u, ctx: ctx, err: err, timeout: timeoutIn(err), profile: lost.profile})
		return err
	}
	if lost != nil {
		timeoutIn(err).Stack = lost.profile.of(u.name)
	}
	c.tell(d.observers.afterStop(ctx, u.service, err))
	d.registry.endStop(u, err)
	return err
}

// halt calls Stop, or Close and then waits for Listen. Both share one budget.
func (d *shutdown) halt(c *caller, u *unit, ctx *callContext, late *lateStop, began, deadline time.Time) (error, *abandonment) {
	if u.kind == KindResource {
		return d.stopResource(c, u, ctx, late, began, deadline)
	}
	var closed error
	var lost *abandonment
	if u.kind == KindServer {
		closed, lost = d.call(c, u, OpClose, ctx, began, deadline)
	}
	u.serving.ctx.end(context.Canceled)
	listened, lostListen := d.awaitServing(c, u, began, deadline, lost)
	if lost == nil && lostListen == nil && d.registry.servesLate(u) {
		var again error
		again, lost = d.call(c, u, OpClose, d.context(u, deadline), began, deadline)
		closed = joined(closed, unlessPanic(again))
	}
	switch {
	case listened == nil:
		return u.fail(OpClose, closed), lost
	case closed == nil:
		return u.fail(u.serveOp(), listened), lostListen
	default:
		return u.fail(OpClose, joined(closed, u.fail(u.serveOp(), listened))), cmp.Or(lost, lostListen)
	}
}

// unlessPanic returns the error of a second Close. The server may have been closed well by the first, and close a channel
// again.
func unlessPanic(err error) error {
	if _, panicked := err.(*PanicError); panicked { //nolint:errorlint // one of ours, as it is
		return nil
	}
	return err
}

// stopResource calls Stop, but never while an abandoned Stop still runs: then it waits for that one, whose result counts.
func (d *shutdown) stopResource(c *caller, u *unit, ctx *callContext, late *lateStop, began, deadline time.Time) (error, *abandonment) {
	if late == nil {
		err, lost := d.call(c, u, OpStop, ctx, began, deadline)
		return u.fail(OpStop, err), lost
	}
	if lost := c.await(u.task(OpStop, nil), deadline, late.returned); lost != nil {
		d.registry.stillRuns(u)
		return u.fail(OpStop, d.timeout(u, lost)), lost
	}
	return u.fail(OpStop, late.err), nil
}

// call makes a call of a stop.
func (d *shutdown) call(c *caller, u *unit, op Op, ctx *callContext, began, deadline time.Time) (error, *abandonment) {
	now := began
	if op != OpStop { // a Close may be the second
		now = time.Now()
	}
	r := c.do(u.task(op, ctx), now, deadline)
	ctx.end(context.Canceled)
	if r.abandoned != nil {
		d.registry.abandon(u, op, r.abandoned)
		return d.timeout(u, r.abandoned), r.abandoned
	}
	if op == OpClose {
		d.registry.closed(u)
	}
	cut := d.ctx.Err() != nil
	timedOut := r.err != nil && !cut && u.stopTimeout > 0 && !time.Now().Before(deadline)
	if !timedOut && !(cut && r.onlyEnded) {
		return r.err, nil
	}
	timeout := &TimeoutError{
		Reason: ErrStopTimeout, Budget: u.stopTimeout, Elapsed: time.Since(began), Err: r.err, stopping: true, cutShort: cut,
	}
	if cut {
		timeout.Reason = context.Cause(d.ctx)
	}
	return timeout, nil
}

// awaitServing waits for the return of Listen or Run, and returns its error unless that has been told. After a Close that
// was abandoned no time is left for it.
func (d *shutdown) awaitServing(c *caller, u *unit, began, deadline time.Time, lost *abandonment) (error, *abandonment) {
	if lost == nil && !u.serving.hasReturned() {
		if lost = c.await(u.task(OpListen, nil), deadline, u.serving.down); lost != nil {
			lost.elapsed = time.Since(began) // Close included
		}
	}
	if lost != nil && d.registry.giveUp(u) {
		return d.timeout(u, lost), lost
	}
	return d.registry.closedError(u), nil
}

// timeout returns the error of a call of a stop that did not return.
func (d *shutdown) timeout(u *unit, a *abandonment) *TimeoutError {
	timeout := a.error(u.stopTimeout)
	timeout.stopping = true
	return timeout
}

// timeoutIn returns the first abandoned call in err, which is a *ServiceError that was made here.
func timeoutIn(err error) *TimeoutError {
	var timeout *TimeoutError
	errors.As(err, &timeout)
	return timeout
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
