package runner

import (
	"context"
	"fmt"
	"sync"
)

// run is one call of Run or Start.
type run struct {
	runner   *Runner
	life     *life
	ctx      context.Context // its cause says what ended the run
	cancel   context.CancelCauseFunc
	starting context.Context         // ends with ctx, or because a service has failed to start
	fail     context.CancelCauseFunc // ends it
	values   context.Context         // the caller's, which never ends
	detach   func() bool
	over     chan struct{} // closed once the run has returned
	detached bool          // the servers outlive it: it was Start
	units    []unit
	order    order
	servers  int

	mu      sync.Mutex
	errs    []error // of the steps of the start that failed, in the order they did
	skipped bool    // the start did not get to a service
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
	var err error
	if run.order, err = r.arrange(run.units); err != nil {
		return nil, err
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
	run.starting, run.fail = context.WithCancelCause(run.ctx)
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
	run.fail(context.Canceled)
	r := run.runner
	r.mu.Lock()
	defer r.mu.Unlock()
	r.forget(run.units)
	delete(run.life.runs, run)
	close(run.over)
}

// start starts the services. What has started stays so if some have not, because
// one failed, with the first of errs, or the run ended.
func (run *run) start() (started bool, errs []error) {
	if run.ctx.Err() != nil {
		return false, nil
	}
	r := run.runner
	r.startBegins(run.values)
	r.observers.servicesQueued(run.values, run.services)
	run.startAll()
	started = len(run.errs) == 0 && !run.skipped && !run.endedEarly()
	r.startEnds(run.values, started)
	return started, run.errs
}

// startAll returns when all that was begun is over.
func (run *run) startAll() {
	most := run.runner.config.concurrency
	if most == 1 && run.order == nil {
		s := run.sequence()
		s.take = oneByOne(pointers(run.units))
		s.run()
		return
	}
	c := crew{most: most, each: run.sequence(), schedule: newSchedule(pointers(run.units), run.order)}
	c.run()
}

func (run *run) sequence() sequence {
	return sequence{
		runner: run.runner, end: run.starting, settle: run.settle,
		steps: []step{
			run.open, run.load, run.tellLoaded, run.tellStarting, run.launch, run.tellWaiting, run.awaitReady, run.tellStarted,
		},
	}
}

// settle ends the starts of the others once one has failed.
func (run *run) settle(t *turn) (goOn bool) {
	if t.err == nil {
		run.runner.pass(t.unit)
		return true
	}
	if first := run.note(t.err); first {
		run.fail(t.err)
	}
	return false
}

// note keeps the error of a start, and reports whether it is the first.
func (run *run) note(err error) (first bool) {
	run.mu.Lock()
	defer run.mu.Unlock()
	if err == errSkipped { //nolint:errorlint // the very same
		run.skipped = true
		return false
	}
	run.errs = append(run.errs, err)
	return len(run.errs) == 1
}

// services returns what the run was given.
func (run *run) services() []Service {
	services := make([]Service, len(run.units))
	for i := range run.units {
		services[i] = run.units[i].service
	}
	return services
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
