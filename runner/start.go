package runner

import (
	"context"
	"errors"
	"fmt"
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

// hasCompany reports whether other Runs go on.
func (run *run) hasCompany() bool {
	run.runner.mu.Lock()
	defer run.runner.mu.Unlock()
	return len(run.life.runs) > 1
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
		runner: r, take: oneByOne(pointers(run.units)), end: run.ctx, settle: run.settle,
		steps: []step{run.open, run.load, run.tellLoaded, run.tellStarting, run.launch, run.awaitReady, run.tellStarted},
	}
	s.run()
	started = run.failed == nil && !run.endedEarly()
	r.startEnds(run.values, started)
	if errors.Is(run.failed, errSkipped) {
		return false, nil
	}
	return started, run.failed
}

func (run *run) settle(t *turn) (goOn bool) {
	if run.failed = t.err; t.err != nil {
		return false
	}
	run.runner.pass(t.unit)
	return true
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
