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
		if u.kind == KindServer {
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
	u.startBegan = time.Now()
	u.startCtx, u.endStart = run.ctx, func() {}
	if u.startTimeout > 0 {
		u.startCtx, u.endStart = context.WithDeadlineCause(run.ctx, u.startBegan.Add(u.startTimeout), ErrStartTimeout)
	}
	defer u.endStart()
	if err := run.load(l, u); err != nil {
		return err
	}
	run.runner.move(u, ServiceStarting)
	run.runner.observers.beforeStart(u.startCtx, u.service)
	err := run.launch(l, u)
	run.runner.observers.afterStart(u.startCtx, u.service, err)
	return err
}

func (run *run) load(l *lane, u *unit) error {
	if u.configurable == nil {
		return nil
	}
	run.runner.move(u, ServiceLoading)
	run.runner.observers.beforeLoad(u.startCtx, u.configurable)
	err := u.fail(OpLoad, run.inTime(u, l.do(u.startCall(OpLoad), u.startCtx)))
	run.runner.observers.afterLoad(u.startCtx, u.configurable, err)
	return err
}

// launch starts a resource, or lets a server listen, and waits until it is ready.
func (run *run) launch(l *lane, u *unit) error {
	if u.kind == KindServer {
		run.listen(u)
	} else if err := run.startResource(l, u); err != nil {
		return err
	}
	if u.checker != nil {
		if err := run.awaitReady(l, u); err != nil {
			return err
		}
	}
	run.runner.move(u, ServiceReady)
	return nil
}

// startResource calls Start. One that returns nil too late has started all the
// same, and is stopped like the others.
func (run *run) startResource(l *lane, u *unit) error {
	err := l.do(u.startCall(OpStart), u.startCtx)
	if err == nil {
		run.runner.hasStarted(u)
	} else {
		run.runner.move(u, ServiceFailed)
	}
	return u.fail(OpStart, run.inTime(u, err))
}

func (u *unit) startCall(op Op) call {
	c := call{unit: u, op: op, began: u.startBegan, budget: u.startTimeout}
	if op == OpReady || u.configurable != nil && op != OpLoad {
		c.began = time.Now()
	}
	if u.startTimeout > 0 {
		c.deadline = u.startBegan.Add(u.startTimeout)
	}
	return c
}

// inTime makes err, which may be nil, a TimeoutError if the start timeout of the
// service is over.
func (run *run) inTime(u *unit, err error) error {
	if u.startTimeout <= 0 || u.startCtx.Err() == nil || run.ctx.Err() != nil {
		return err
	}
	return &TimeoutError{Reason: ErrStartTimeout, Budget: u.startTimeout, Elapsed: time.Since(u.startBegan), Err: err}
}

// startLost ends the start of a service whose call did not return.
func (run *run) startLost(_ *lane, c call, err error) error {
	u := c.unit
	err = u.fail(c.op, err)
	u.endStart()
	if c.op == OpLoad {
		run.runner.observers.afterLoad(u.startCtx, u.configurable, err)
	} else {
		run.runner.observers.afterStart(u.startCtx, u.service, err)
	}
	return err
}
