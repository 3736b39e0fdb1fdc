package runner

import (
	"context"
	"slices"
	"time"
)

// These are the steps of a Run: begin, start, endStart or endServing, leave.

// begin checks services and registers a Run of them.
func (r *Runner) begin(ctx context.Context, services []Service, detached bool) (*run, error) {
	r.init()
	run, err := newRun(ctx, &r.config, services, detached)
	if err != nil {
		return nil, err
	}
	if run.life, err = r.registry.beginLife(r.newLife); err != nil {
		return nil, err
	}
	run.attach(retries{r})
	if err := r.registry.register(run); err != nil {
		run.release()
		return nil, err
	}
	return run, nil
}

func (r *Runner) newLife() (*lifetime, error) {
	life, err := newLifetime(&r.config, r.hearSignal, r.config.observers.gate.wait, func() { _ = r.Dump(r.config.dump) })
	if err == nil {
		r.request.give(life)
	}
	return life, err
}

// start starts the services of a Run. It returns false, and the error of the Run, if not all have started.
func (r *Runner) start(run *run) (err error, ok bool) {
	if why := run.reason(); why != nil { // before it has begun
		return run.startError(why, nil), false
	}
	s := &startup{registry: &r.registry, observers: r.config.observers, run: run, serve: r.serve}
	s.scope = scope{end: run.starting, stacks: &r.stacks, late: r.returnedLate}
	c := newCaller(&s.scope)
	defer c.close()
	r.registry.begin(run)
	r.tellStates(c, run.values)
	if len(r.config.observers.queues) > 0 {
		c.tell(r.config.observers.servicesQueued(run.queue()))
	}
	if !s.all(r.config.concurrency) {
		return r.endStart(run, s.errs), false
	}
	r.registry.comeUp(run)
	close(run.started)
	run.comeUp()
	for _, u := range run.units {
		r.watchReporter(c, u)
	}
	r.tellStates(c, run.values)
	return nil, true
}

// endStart ends a Run whose start failed, with errs, or was ended, and returns its error.
func (r *Runner) endStart(run *run, errs []error) error {
	why := run.reason()
	phase := runOver
	if why.reason == byFailure {
		phase = runFailed
	}
	r.registry.endStartOf(run, phase, why.err)
	close(run.started)
	r.tellChanges(run.values)
	d := r.newShutdown(run.values, time.Time{}, run.life.cut, true)
	d.ownOnly = true
	switch {
	case why.reason == byFailure:
		d.backwards(r.registry.startedBy(run), r.config.concurrency)
	case !run.detached:
		d.together(r.registry.toClose(run, run.life.end() != nil))
	}
	stopped := d.end()
	r.registry.endClosing()
	r.tellChanges(run.values)
	return joined(run.startError(why, errs), stopped, r.unreported(run, append(errs, why.err)))
}

// endServing closes the servers of a Run that served, and returns its error.
func (r *Runner) endServing(run *run) error {
	why := run.reason()
	drained := r.drain(run.values, run.life.cut, why.err)
	r.registry.endRun(run, why.err, drained)
	r.tellChanges(run.values)
	d := r.newShutdown(run.values, time.Time{}, run.life.cut, true)
	d.ownOnly = true
	d.together(r.registry.toClose(run, run.life.end() != nil))
	closing := d.end()
	r.registry.endClosing()
	r.tellChanges(run.values)
	return joined(run.serveError(why), r.unreported(run, []error{why.err}), closing)
}

// unreported joins the failures of servers of the Run, but for known.
func (r *Runner) unreported(run *run, known []error) error {
	var errs []error
	for _, u := range run.units {
		if failed := r.registry.takeUnreported(u); failed != nil && !slices.Contains(known, failed) {
			errs = append(errs, failed)
		}
	}
	return joined(errs...)
}

// leave ends a Run.
func (r *Runner) leave(run *run) {
	run.release()
	r.registry.leave(run)
	if !isClosed(run.started) {
		close(run.started)
	}
	close(run.left)
}

// drain lets the servers that are up serve on for the drain delay, or until cut ends. It reports whether there was a drain,
// which the caller has to end.
func (r *Runner) drain(ctx, cut context.Context, cause error) (drained bool) {
	if r.config.drainDelay <= 0 || cut.Err() != nil {
		return false
	}
	until, ok := r.registry.beginDrain(r.config.drainDelay, cause)
	if !ok {
		return false
	}
	r.tellChanges(ctx)
	within(time.Until(until), cut.Done())
	return true
}

// returnedLate takes the result of an abandoned call. A resource that has started after all is stopped at once.
func (r *Runner) returnedLate(u *unit, op Op, err error) {
	started, attending := r.registry.returnLate(u, op, err)
	if !started {
		return
	}
	d := r.newShutdown(u.run.values, time.Time{}, context.Background(), true)
	c := newCaller(&d.scope)
	defer c.close()
	stopped := d.stopMine(c, u, attending)
	r.registry.noteLate(joined(stopped, d.end()))
}
