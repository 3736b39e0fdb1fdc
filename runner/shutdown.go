package runner

import (
	"context"
	"errors"
	"sync"
	"time"
)

// A shutdown closes servers and stops resources. Each has its own time to do so;
// once cut has ended they share what the window leaves.
type shutdown struct {
	runner    *Runner
	values    context.Context
	cut       context.Context
	window    window
	keepGoing bool // past a failure

	mu   sync.Mutex
	errs []error
}

func (r *Runner) newShutdown(values, cut context.Context, keepGoing bool) *shutdown {
	return &shutdown{runner: r, values: values, cut: cut, keepGoing: keepGoing}
}

// inReverse stops units one by one, the last of them first.
func (d *shutdown) inReverse(units []*unit) {
	d.window.left = len(units)
	backwards := make([]*unit, 0, len(units))
	for i := len(units) - 1; i >= 0; i-- {
		backwards = append(backwards, units[i])
	}
	d.sequence(backwards).run()
}

// together stops units at the same time.
func (d *shutdown) together(units []*unit) {
	var all sync.WaitGroup
	for i := range units {
		all.Add(1)
		s := d.sequence(units[i : i+1])
		s.done = all.Done
		s.start()
	}
	all.Wait()
}

func (d *shutdown) sequence(units []*unit) *sequence {
	return &sequence{
		runner: d.runner, units: units, end: d.cut, window: &d.window,
		step: d.stopOne, lost: d.stopLost, settle: d.settle,
	}
}

func (d *shutdown) settle(_ *unit, err error) (goOn bool) {
	if err == nil {
		return true
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.errs = append(d.errs, err)
	return d.keepGoing
}

// err joins what went wrong, and the signal that cut the shutdown short.
func (d *shutdown) err() error {
	var signaled *SignalError
	if errors.As(context.Cause(d.cut), &signaled) {
		return joined(append([]error{signaled}, d.errs...)...)
	}
	return joined(d.errs...)
}

// stopOne stops one service, unless it has failed or another stops it.
func (d *shutdown) stopOne(l *lane, u *unit) error {
	d.window.next()
	mine, failed := d.runner.claim(u)
	if failed {
		<-u.serving.down // its goroutine is about to end
	}
	if !mine {
		return nil
	}
	c := call{unit: u, op: OpStop, began: time.Now(), budget: u.stopTimeout}
	if u.stopTimeout > 0 {
		c.deadline = c.began.Add(u.stopTimeout)
	}
	c.ctx = &budgetContext{values: d.values, cut: d.cut, deadline: c.deadline, expired: ErrStopTimeout}
	d.runner.observers.beforeStop(c.ctx, u.service)
	if u.serving != nil {
		return d.closeServer(l, c)
	}
	c.late = d.runner.lateStop(u)
	return d.stopped(c, u.fail(OpStop, d.inTime(c, l.do(c))))
}

// closeServer calls Close, and then waits for Listen with what is left of the
// time.
func (d *shutdown) closeServer(l *lane, c call) error {
	c.op = OpClose
	c.unit.serving.closeErr = c.unit.fail(OpClose, d.inTime(c, l.do(c)))
	return d.awaitListen(l, c)
}

// awaitListen ends the context of Listen and waits for its return. The wait is a
// call like any other, of a Listen that runs already.
func (d *shutdown) awaitListen(l *lane, c call) error {
	s := c.unit.serving
	s.ctx.end(context.Canceled)
	if !s.isDown() {
		c.op = OpListen
		_ = l.do(c) // returns nil, or not at all
	}
	return d.stopped(c, s.closeErr, d.runner.listenError(c.unit))
}

// stopLost ends the stop of a service whose call did not return.
func (d *shutdown) stopLost(l *lane, c call, err error) error {
	u := c.unit
	err = u.fail(c.op, err)
	switch {
	case c.op == OpStop:
		return d.stopped(c, err)
	case c.op == OpListen:
		return d.stopped(c, u.serving.closeErr, err)
	}
	var timeout *TimeoutError
	switch timedOut := errors.As(err, &timeout); {
	case !timedOut: // runtime.Goexit: Listen is still to come
		u.serving.closeErr = err
		return d.awaitListen(l, c)
	case u.serving.isDown():
		return d.stopped(c, err, d.runner.listenError(u))
	default:
		listening := *timeout
		listening.Stack = nil // it is in that of Close
		return d.stopped(c, err, u.fail(OpListen, &listening))
	}
}

func (s *serving) isDown() bool {
	select {
	case <-s.down:
		return true
	default:
		return false
	}
}

// inTime makes err a TimeoutError if the stop timeout of the service is over.
func (d *shutdown) inTime(c call, err error) error {
	if err == nil || c.budget <= 0 || d.cut.Err() != nil || time.Now().Before(c.deadline) {
		return err
	}
	return &TimeoutError{Reason: ErrStopTimeout, Budget: c.budget, Elapsed: time.Since(c.began), Err: err}
}

// stopped ends the stop of a service, and returns its error.
func (d *shutdown) stopped(c call, errs ...error) error {
	err := joined(errs...)
	if ctx, ok := c.ctx.(*budgetContext); ok {
		ctx.end(context.Canceled)
	}
	d.runner.observers.afterStop(c.ctx, c.unit.service, err)
	d.runner.endStop(c.unit, err, d.keepGoing)
	return err
}

// endStop takes a service that was told to stop out of the ledger, unless a
// later try is to stop it again.
func (r *Runner) endStop(u *unit, err error, once bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	var timeout *TimeoutError
	abandoned := errors.As(err, &timeout) && timeout.Abandoned
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
		u.state = ServiceReady
	}
}

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
