package runner

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// run is one call of Run or Start.
type run struct {
	runner   *Runner
	life     *life
	ctx      context.Context // its cause says what ended the run
	cancel   context.CancelCauseFunc
	values   context.Context // the caller's, which never ends
	detach   func() bool
	over     chan struct{} // closed once the run has returned
	detached bool          // the servers outlive it: it was Start
	units    []unit
	servers  int
	failed   error // why the start failed; owned by its sequence
}

// errSkipped is the result of a unit that a start did not get to.
var errSkipped = errors.New("start has ended")

// begin checks the services and registers a run of them. Nothing is called yet.
func (r *Runner) begin(ctx context.Context, services []Service, detached bool) (*run, error) {
	run := &run{runner: r, over: make(chan struct{}), detached: detached, units: make([]unit, len(services))}
	for i, s := range services {
		u := &run.units[i]
		if err := r.newUnit(u, s); err != nil {
			return nil, fmt.Errorf("service %d: %w", i+1, err)
		}
		u.run = run
		if u.serving != nil {
			run.servers++
		}
	}
	if err := r.register(run); err != nil {
		return nil, err
	}
	run.values = context.WithValue(context.WithoutCancel(ctx), retryKey{}, &r.observers)
	run.ctx, run.cancel = context.WithCancelCause(context.WithValue(ctx, retryKey{}, &r.observers))
	run.detach = context.AfterFunc(run.life.ctx, func() { run.cancel(context.Cause(run.life.ctx)) })
	if run.life.ctx.Err() != nil { // at once, not on AfterFunc's goroutine
		run.cancel(context.Cause(run.life.ctx))
	}
	return run, nil
}

// register makes the run part of the life of the Runner, and begins a life if
// there is none.
func (r *Runner) register(run *run) error {
	var born *life
	for {
		r.mu.Lock()
		if r.life != nil || born != nil || r.finishing {
			break
		}
		r.mu.Unlock()
		born = r.newLife() // not under the lock: a Listener is the user's code
	}
	err := r.registerLocked(run, born)
	r.mu.Unlock()
	if born != nil && run.life != born {
		born.over()
	}
	return err
}

func (r *Runner) registerLocked(run *run, born *life) error {
	if r.finishing {
		return ErrFinishing
	}
	if err := r.admit(run.units); err != nil {
		return err
	}
	if r.life == nil {
		r.life = born
	}
	run.life = r.life
	run.life.runs[run] = struct{}{}
	return nil
}

// leave ends the run.
func (run *run) leave() {
	run.detach()
	run.cancel(context.Canceled)
	r := run.runner
	r.mu.Lock()
	defer r.mu.Unlock()
	r.forget(run.units)
	delete(run.life.runs, run)
	close(run.over)
}

// start starts the services one at a time. What has started stays so if it does
// not get to the end of them, because one failed, with err, or the run ended.
func (run *run) start() (started bool, err error) {
	if run.ctx.Err() != nil {
		return false, nil
	}
	r := run.runner
	r.startBegins(run.values)
	s := sequence{
		runner: r, units: pointers(run.units), end: run.ctx,
		step: run.startOne, lost: run.startLost, settle: run.settle,
	}
	s.run()
	started = run.failed == nil && !run.endedEarly()
	r.startEnds(run.values, started)
	if errors.Is(run.failed, errSkipped) {
		return false, nil
	}
	return started, run.failed
}

func (run *run) settle(_ *unit, err error) (goOn bool) {
	run.failed = err
	return err == nil
}

// endedEarly reports whether the run ended while it started, though all services
// have started. The failure of a server then counts as one while serving.
func (run *run) endedEarly() bool {
	cause := context.Cause(run.ctx)
	return cause != nil && failure(cause) == nil
}

func pointers(units []unit) []*unit {
	all := make([]*unit, len(units))
	for i := range units {
		all[i] = &units[i]
	}
	return all
}

// startOne loads and starts one service, and waits until it is ready.
func (run *run) startOne(l *lane, u *unit) error {
	if run.ctx.Err() != nil {
		return errSkipped
	}
	c := call{unit: u, ctx: run.ctx, began: time.Now(), budget: u.startTimeout}
	if u.startTimeout > 0 {
		c.deadline = c.began.Add(u.startTimeout)
		ctx, cancel := context.WithDeadlineCause(run.ctx, c.deadline, ErrStartTimeout)
		defer cancel()
		c.ctx = ctx
	}
	if u.configurable != nil {
		if err := run.load(l, c); err != nil {
			return err
		}
	}
	run.runner.move(u, ServiceStarting)
	run.runner.observers.beforeStart(c.ctx, u.service)
	err := run.launch(l, c)
	run.runner.observers.afterStart(c.ctx, u.service, err)
	return err
}

func (run *run) load(l *lane, c call) error {
	u := c.unit
	c.op = OpLoad
	run.runner.move(u, ServiceLoading)
	run.runner.observers.beforeLoad(c.ctx, u.configurable)
	err := u.fail(OpLoad, run.inTime(c, l.do(c)))
	run.runner.observers.afterLoad(c.ctx, u.configurable, err)
	return err
}

// launch starts a resource, or lets a server listen, and waits until it is ready.
func (run *run) launch(l *lane, c call) error {
	if c.unit.serving != nil {
		run.listen(c.unit)
	} else if err := run.startResource(l, c); err != nil {
		return err
	}
	if c.unit.checker != nil {
		if err := run.awaitReady(l, c); err != nil {
			return err
		}
	}
	run.runner.isReady(c.unit)
	return nil
}

// startResource calls Start. One that returns nil too late has started all the
// same, and is stopped like the others.
func (run *run) startResource(l *lane, c call) error {
	c.op = OpStart
	if c.unit.configurable != nil {
		c.began = time.Now()
	}
	err := l.do(c)
	if err == nil {
		run.runner.hasStarted(c.unit)
	} else {
		run.runner.move(c.unit, ServiceFailed)
	}
	return c.unit.fail(OpStart, run.inTime(c, err))
}

// inTime makes err, which may be nil, a TimeoutError if the start timeout of the
// service is over.
func (run *run) inTime(c call, err error) error {
	if c.budget <= 0 || c.ctx.Err() == nil || run.ctx.Err() != nil {
		return err
	}
	return &TimeoutError{Reason: ErrStartTimeout, Budget: c.budget, Elapsed: time.Since(c.began), Err: err}
}

// startLost ends the start of a service whose call did not return.
func (run *run) startLost(_ *lane, c call, err error) error {
	err = c.unit.fail(c.op, err)
	if c.op == OpLoad {
		run.runner.observers.afterLoad(c.ctx, c.unit.configurable, err)
	} else {
		run.runner.observers.afterStart(c.ctx, c.unit.service, err)
	}
	return err
}
