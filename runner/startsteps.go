package runner

import (
	"context"
	"errors"
	"time"
)

// What follows are the steps of a start, in their order.

// errSkipped is the result of a service that a start did not get to.
var errSkipped = errors.New("start has ended")

// open begins the time of a service, and its load.
func (run *run) open(_ *lane, t *turn) {
	u := t.unit
	if run.starting.Err() != nil {
		t.err, t.over = errSkipped, true
		return
	}
	t.call = call{unit: u, ctx: run.starting, began: time.Now(), budget: u.startTimeout}
	if u.startTimeout > 0 {
		t.call.deadline = t.call.began.Add(u.startTimeout)
		t.call.ctx, u.endStart = context.WithDeadlineCause(run.starting, t.call.deadline, ErrStartTimeout)
	}
	if u.configurable != nil {
		run.runner.move(u, ServiceLoading)
		run.runner.observers.beforeLoad(t.call.ctx, u.configurable)
	}
}

func (run *run) load(l *lane, t *turn) {
	if t.unit.configurable == nil {
		return
	}
	c := t.call
	c.op = OpLoad
	t.err = t.unit.fail(OpLoad, run.inTime(c, l.do(c)))
}

func (run *run) tellLoaded(_ *lane, t *turn) {
	if t.unit.configurable == nil {
		return
	}
	t.call.began = time.Now() // of Start, for its errors
	if t.err != nil {
		t.over = true
		run.runner.move(t.unit, ServiceFailed)
	}
	run.runner.observers.afterLoad(t.call.ctx, t.unit.configurable, t.err)
}

func (run *run) tellStarting(_ *lane, t *turn) {
	if run.starting.Err() != nil { // meanwhile: nothing more is called
		t.err, t.over = errSkipped, true
		return
	}
	run.runner.move(t.unit, ServiceStarting)
	run.runner.observers.beforeStart(t.call.ctx, t.unit.service)
}

// launch starts a resource, or lets a server listen. A Start that returns nil too
// late has started all the same, and is stopped like the others.
func (run *run) launch(l *lane, t *turn) {
	if t.unit.serving != nil {
		run.listen(t.unit)
		return
	}
	c := t.call
	c.op = OpStart
	err := l.do(c)
	if err == nil {
		run.runner.hasStarted(t.unit)
	} else {
		run.runner.move(t.unit, ServiceFailed)
	}
	t.err = t.unit.fail(OpStart, run.inTime(c, err))
}

func (run *run) tellWaiting(_ *lane, t *turn) {
	if t.err == nil && t.unit.checker != nil {
		run.runner.observers.beforeReady(t.call.ctx, t.unit.service)
	}
}

func (run *run) tellStarted(_ *lane, t *turn) {
	if t.unit.endStart != nil {
		t.unit.endStart()
	}
	if t.err == nil {
		run.runner.isReady(t.unit)
	}
	run.runner.observers.afterStart(t.call.ctx, t.unit.service, t.err)
}

// inTime makes err, which may be nil, a TimeoutError if the start timeout of the
// service is over.
func (run *run) inTime(c call, err error) error {
	if c.budget <= 0 || c.ctx.Err() == nil || run.starting.Err() != nil {
		return err
	}
	return &TimeoutError{Reason: ErrStartTimeout, Budget: c.budget, Elapsed: time.Since(c.began), Err: err}
}
