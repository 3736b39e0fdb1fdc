package runner

import (
	"context"
	"time"
)

// What follows are the steps of a stop, in their order.

// open begins the time of a service, unless it has failed or another stops it.
func (d *shutdown) open(_ *lane, t *turn) {
	u := t.unit
	d.window.next()
	mine, failed := d.claimed, false
	if !mine {
		mine, failed = d.runner.claim(u)
	}
	if failed {
		<-u.serving.down // its goroutine is about to end
		d.note(d.runner.untold(u))
	}
	if !mine {
		t.err, t.over = u.fail(OpClose, d.awaitStop(u)), true
		return
	}
	t.call = call{unit: u, began: time.Now(), budget: u.stopTimeout}
	if u.stopTimeout > 0 {
		t.call.deadline = t.call.began.Add(u.stopTimeout)
	}
	t.call.ctx = &budgetContext{values: d.values, cut: d.cut, deadline: t.call.deadline, expired: ErrStopTimeout}
	d.runner.observers.beforeStop(t.call.ctx, u.service)
}

// stop calls Stop or Close.
func (d *shutdown) stop(l *lane, t *turn) {
	c := t.call
	c.op = OpClose
	if t.unit.serving == nil {
		c.op, c.late = OpStop, d.runner.lateStop(t.unit)
	}
	t.err = t.unit.fail(c.op, d.inTime(c, l.do(c)))
}

// awaitListen ends the context of Listen and waits for its return, with what is
// left of the time. The wait is a call like any other, of a Listen that runs
// already. After a Close that was abandoned no time is left.
func (d *shutdown) awaitListen(l *lane, t *turn) {
	s := t.unit.serving
	if s == nil {
		return
	}
	s.ctx.end(context.Canceled)
	c := t.call
	c.op = OpListen
	if t.lost != nil && d.runner.giveUp(t.unit) {
		late := *t.lost
		late.Stack = nil // it is in that of Close
		t.err = joined(t.err, t.unit.fail(OpListen, &late))
		return
	}
	if !s.isDown() {
		_ = l.do(c) // returns nil, or not at all
	}
	t.err = joined(t.err, d.runner.listenError(t.unit))
}

func (d *shutdown) tellStopped(_ *lane, t *turn) {
	if ctx, ok := t.call.ctx.(*budgetContext); ok {
		ctx.end(context.Canceled)
	}
	d.runner.endStop(t.unit, t.err, d.keepGoing)
	d.runner.observers.afterStop(t.call.ctx, t.unit.service, t.err)
}

// inTime makes err a TimeoutError if the stop timeout of the service is over, or if
// the stop was cut short and err says no more than that.
func (d *shutdown) inTime(c call, err error) error {
	if err == nil {
		return nil
	}
	cut := d.cut.Err() != nil
	switch {
	case cut && saysOnly(err, context.Canceled, context.DeadlineExceeded):
	case cut || c.budget <= 0 || time.Now().Before(c.deadline):
		return err
	}
	timeout := &TimeoutError{
		Reason: ErrStopTimeout, Budget: c.budget, Elapsed: time.Since(c.began), Err: err, stopping: true, hurried: cut,
	}
	if cut {
		timeout.Reason = context.Cause(d.cut)
	}
	return timeout
}

// awaitStop waits for the stop of a server that another has begun: a Run returns
// when every Listen has. Stop does not wait longer than its context lasts.
func (d *shutdown) awaitStop(u *unit) error {
	select {
	case <-d.runner.stopOf(u):
		return nil
	case <-d.patience.Done():
		return ended(d.patience)
	}
}

// stopOf returns what is closed once the stop of a server that another has begun is
// over.
func (r *Runner) stopOf(u *unit) <-chan struct{} {
	r.mu.Lock()
	defer r.mu.Unlock()
	if u.serving == nil || !u.claimed {
		over := make(chan struct{})
		close(over)
		return over
	}
	if u.serving.ended == nil {
		u.serving.ended = make(chan struct{})
	}
	return u.serving.ended
}

// untold returns why a server that Start has started failed, unless that is what has
// ended the Runner: then Wait returns it. Run returns the failures of its own.
func (r *Runner) untold(u *unit) error {
	if failed := r.listenError(u); u.run.detached && failed != context.Cause(u.run.life.ctx) { //nolint:errorlint // the very same
		return failed
	}
	return nil
}

// giveUp ends the wait for the Listen of u. It returns false if that has returned.
func (r *Runner) giveUp(u *unit) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if u.serving.returned {
		return false
	}
	u.serving.givenUp = true
	u.lost++
	u.state = ServiceAbandoned
	return true
}

func (s *serving) isDown() bool {
	select {
	case <-s.down:
		return true
	default:
		return false
	}
}

// endStop takes a service that was told to stop out of the ledger, unless a
// later try is to stop it again.
func (r *Runner) endStop(u *unit, err error, once bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	u.claimed = false
	if u.serving != nil && u.serving.ended != nil {
		close(u.serving.ended)
		u.serving.ended = nil
	}
	abandoned := u.state == ServiceAbandoned
	switch {
	case err == nil:
		r.remove(u, ServiceStopped)
	case u.serving != nil || once:
		as := ServiceFailed
		if abandoned {
			as = ServiceAbandoned
		}
		r.remove(u, as)
	case abandoned:
		u.state = ServiceAbandoned
	default:
		u.state = ServiceFailed
	}
}
