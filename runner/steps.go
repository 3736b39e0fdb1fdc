package runner

import (
	"context"
	"slices"
	"time"
)

// These are the steps of a Run: begin, start, endStart or endServing, leave.

// begin checks services and registers a Run of them.
func (c *core) begin(ctx context.Context, services []Service, detached bool) (*run, error) {
	run, err := newRun(ctx, &c.config, services, detached)
	if err != nil {
		return nil, err
	}
	if run.life, err = c.registry.beginLife(c.newLife); err != nil {
		return nil, err
	}
	run.attach(retries{&c.announcer})
	if err := c.registry.register(&run.batch, run.life); err != nil {
		run.release()
		return nil, err
	}
	return run, nil
}

func (c *core) newLife() (*lifetime, error) {
	life, err := newLifetime(&c.config, c.announcer.hearSignal, c.config.observers.gate.wait, func() { _ = c.dump(c.config.dump) })
	if err == nil {
		c.request.give(life)
	}
	return life, err
}

// start starts the services of a Run. It returns false, and the error of the Run, if not all have started.
func (c *core) start(run *run) (err error, ok bool) {
	if why := run.reason(); why != nil { // before it has begun
		return run.startError(why, nil), false
	}
	s := &startup{registry: &c.registry, observers: c.config.observers, supervisor: &c.supervisor, run: run}
	s.scope = scope{end: run.ctx, stacks: &c.stacks, late: c.returnedLate}
	events := newCaller(&s.scope)
	defer events.close()
	c.registry.begin()
	c.announcer.tellStates(run.values, events)
	if len(c.config.observers.queues) > 0 {
		events.tell(c.config.observers.servicesQueued(run.queue()))
	}
	if !s.all(c.config.concurrency) {
		return c.endStart(run, s.errs), false
	}
	c.registry.comeUp(&run.batch)
	close(run.started)
	run.comeUp()
	c.supervisor.endIfDone(run)
	for _, u := range run.units {
		c.supervisor.watchReporter(events, run, u)
	}
	c.announcer.tellStates(run.values, events)
	return nil, true
}

// endStart ends a Run whose start failed, with errs, or was ended, and returns its error.
func (c *core) endStart(run *run, errs []error) error {
	why := run.reason()
	phase := runOver
	if why.reason == byFailure {
		phase = runFailed
	}
	c.registry.endStartOf(&run.batch, phase, why.err)
	close(run.started)
	c.announcer.tellChanges(run.values)
	d := c.newShutdown(run.values, run.life.cut, time.Time{}, true)
	d.ownOnly = true
	switch {
	case why.reason == byFailure:
		d.backwards(c.registry.startedBy(&run.batch), c.config.concurrency)
	case !run.detached:
		d.together(c.registry.toClose(&run.batch, run.life.end() != nil))
	}
	stopped := d.end()
	c.registry.endClosing()
	c.announcer.tellChanges(run.values)
	return joined(run.startError(why, errs), stopped, c.unreported(run, append(errs, why.err)))
}

// endServing closes the servers of a Run that served, and returns its error.
func (c *core) endServing(run *run) error {
	why := run.reason()
	drained := c.drain(run.values, run.life.cut, why.err)
	c.registry.endRun(&run.batch, why.err, drained)
	c.announcer.tellChanges(run.values)
	d := c.newShutdown(run.values, run.life.cut, time.Time{}, true)
	d.ownOnly = true
	d.together(c.registry.toClose(&run.batch, run.life.end() != nil))
	closing := d.end()
	c.registry.endClosing()
	c.announcer.tellChanges(run.values)
	return joined(run.serveError(why), c.unreported(run, []error{why.err}), closing)
}

// unreported joins the failures of servers of the Run, but for known.
func (c *core) unreported(run *run, known []error) error {
	var errs []error
	for _, u := range run.units {
		if failed := c.registry.takeUnreported(u); failed != nil && !slices.Contains(known, failed) {
			errs = append(errs, failed)
		}
	}
	return joined(errs...)
}

// leave ends a Run.
func (c *core) leave(run *run) {
	run.release()
	c.registry.leave(&run.batch)
	if !isClosed(run.started) {
		close(run.started)
	}
	close(run.left)
}

// drain lets the servers that are up serve on for the drain delay, or until cut ends. It reports whether there was a drain,
// which the caller has to end.
func (c *core) drain(ctx, cut context.Context, cause error) (drained bool) {
	if c.config.drainDelay <= 0 || cut.Err() != nil {
		return false
	}
	until, ok := c.registry.beginDrain(c.config.drainDelay, cause)
	if !ok {
		return false
	}
	c.announcer.tellChanges(ctx)
	within(time.Until(until), cut.Done())
	return true
}

// newShutdown begins a shutdown that lasts until deadline, if there is one, or until cut ends.
func (c *core) newShutdown(values, cut context.Context, deadline time.Time, goOn bool) *shutdown {
	d := &shutdown{registry: &c.registry, observers: c.config.observers, goOn: goOn}
	d.begin(values, cut, deadline)
	d.scope = scope{end: d.ctx, share: &d.share, stacks: &c.stacks, late: c.returnedLate}
	return d
}

// returnedLate takes the result of an abandoned call. A resource that has started after all is stopped at once.
func (c *core) returnedLate(t task, err error) {
	u := t.code.(*unit)
	mine, started := c.registry.returnLate(u, t.op, err)
	if !started {
		return
	}
	d := c.newShutdown(u.batch.values, context.Background(), time.Time{}, true)
	stopper := newCaller(&d.scope)
	defer stopper.close()
	stopped := d.stopMine(stopper, u, mine)
	c.registry.noteLate(joined(stopped, d.end()))
}

// wait blocks until the Runner has to end; see [Runner.Wait].
func (c *core) wait(ctx context.Context) error {
	life := c.registry.currentLife()
	if life == nil {
		return nil
	}
	select {
	case <-life.ended.Done():
	case <-ctx.Done():
		life.catchUp()
	}
	c.config.observers.gate.wait()
	switch why := life.end(); {
	case why == nil:
		return endOf(ctx)
	case why.reason == byFailure || why.reason == byShutdown:
		return why.err
	default:
		return nil
	}
}
