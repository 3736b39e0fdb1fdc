package runner

import (
	"context"
	"os"
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
	c.request.give(run.life)
	run.attach(retries{&c.announcer})
	if err := c.registry.register(&run.batch, run.life); err != nil {
		run.release()
		return nil, err
	}
	return run, nil
}

// newLife begins the life of a Runner that starts something.
func (c *core) newLife() (*lifetime, error) {
	c.period.renew()
	return c.lifeOfRest()
}

// lifeOfRest begins a life only to stop what an earlier one has left.
func (c *core) lifeOfRest() (*lifetime, error) {
	dump := func() { _ = c.dump(c.config.dump) }
	hear := c.announcer.hearSignal
	if onSignal := c.config.onSignal; onSignal != nil {
		hear = func(sig os.Signal) {
			onSignal(sig)
			c.announcer.hearSignal(sig)
		}
	}
	return newLifetime(&c.config, &c.period, hear, c.config.observers.gate.wait, dump)
}

// start starts the services of a Run. It returns false, and the error of the Run, if not all have started.
func (c *core) start(run *run) (err error, ok bool) {
	if why := run.reason(); why != nil { // before it has begun
		return run.startError(why, nil), false
	}
	c.period.reset()
	s := &startup{registry: &c.registry, observers: c.config.observers, supervisor: &c.supervisor, run: run}
	s.scope = newScope(limits{end: run.ctx, stacks: &c.stacks, late: c.returnedLate})
	defer s.scope.close()
	events := newCaller(s.scope)
	c.registry.begin()
	c.announcer.tellStates(run.values, events)
	if len(c.config.observers.queues) > 0 {
		events.tell(c.config.observers.servicesQueued(run.given(run.units)))
	}
	c.checkGracePeriod(run, events)
	if !s.all(c.config.concurrency) {
		return c.endStart(run, s.errs), false
	}
	c.registry.comeUp(&run.batch)
	close(run.started)
	run.comeUp()
	c.supervisor.endIfDone(run)
	c.announcer.tellStates(run.values, events)
	return nil, true
}

// checkGracePeriod tells Observers, once in a life, if stops that use up their timeouts would not fit into the grace period.
func (c *core) checkGracePeriod(run *run, events *caller) {
	have, o := c.config.gracePeriod, c.config.observers
	if have <= 0 || len(o.gracePeriod) == 0 {
		return
	}
	longest := c.registry.longestChain(c.config.drainDelay, c.config.concurrency)
	if longest.need <= have-margin(have) || !c.period.tell() {
		return
	}
	ctx, chain := run.given(longest.units)
	events.tell(o.gracePeriodTooShort(ctx, longest.need, have, chain))
}

// endStart ends a Run whose start failed, with errs, or was ended, and returns its error.
func (c *core) endStart(run *run, errs []error) error {
	why := run.reason()
	phase := runOver
	if why.reason == byFailure {
		phase = runFailed
	}
	cut, release := c.cutOf(run, why)
	defer release()
	c.registry.endStartOf(&run.batch, phase, why.err)
	close(run.started)
	c.announcer.tellChanges(run.values, cut)
	d := c.newShutdown(run.values, cut, stopLimit{}, true)
	d.ownOnly = true
	switch {
	case why.reason == byFailure:
		d.backwards(c.registry.startedBy(&run.batch), c.config.concurrency)
	case !run.detached:
		d.together(c.registry.toClose(&run.batch, run.life.end() != nil))
	}
	stopped := d.end()
	c.registry.endClosing()
	c.announcer.tellChanges(run.values, cut)
	return joined(run.startError(why, errs), stopped, c.unreported(run, append(errs, why.err)))
}

// endServing closes the servers of a Run that served, and returns its error.
func (c *core) endServing(run *run) error {
	why := run.reason()
	cut, release := c.cutOf(run, why)
	defer release()
	drained := c.drain(run.values, cut, why)
	c.registry.endRun(&run.batch, why.err, drained)
	c.announcer.tellChanges(run.values, cut)
	d := c.newShutdown(run.values, cut, stopLimit{}, true)
	d.ownOnly = true
	d.together(c.registry.toClose(&run.batch, run.life.end() != nil))
	closing := d.end()
	c.registry.endClosing()
	c.announcer.tellChanges(run.values, cut)
	return joined(run.serveError(why), c.unreported(run, []error{why.err}), closing)
}

// cutOf returns a context that ends when the closing of a Run is cut short.
func (c *core) cutOf(run *run, why *end) (context.Context, context.CancelFunc) {
	c.period.begin(why.reason)
	return c.period.limit(run.life.cut)
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

// leave ends a Run. If a resource has failed since all were up, but the call returns nil, that ends the life of the Runner.
func (c *core) leave(run *run) {
	run.release()
	c.registry.leave(&run.batch)
	if !isClosed(run.started) {
		close(run.started)
	}
	close(run.left)
	if failed := run.failedUp(); failed != nil && run.returnsAtOnce() {
		run.life.finish(failed)
	}
}

// drain lets the servers that are up serve on for the drain delay, or until cut ends. When the Jobs are done, nothing serves.
// It reports whether there was a drain, which the caller has to end.
func (c *core) drain(ctx, cut context.Context, why *end) (drained bool) {
	if c.config.drainDelay <= 0 || cut.Err() != nil || why.reason == byJobs {
		return false
	}
	until, ok := c.registry.beginDrain(c.config.drainDelay, why.err)
	if !ok {
		return false
	}
	c.announcer.tellChanges(ctx, cut)
	within(time.Until(until), cut.Done())
	return true
}

// newShutdown begins a shutdown that lasts until its deadline, if there is one, or until cut ends.
func (c *core) newShutdown(values, cut context.Context, limit stopLimit, goOn bool) *shutdown {
	d := &shutdown{registry: &c.registry, observers: c.config.observers, goOn: goOn, limit: limit}
	d.begin(values, cut)
	d.scope = newScope(limits{
		end: d.ctx, graceAt: c.announcer.graceAt, share: &d.share, stacks: &c.stacks, late: c.returnedLate,
	})
	return d
}

// returnedLate takes the result of an abandoned call. A resource that has started after all is stopped at once.
func (c *core) returnedLate(t task, err error) {
	u := t.code.(*unit)
	mine, started := c.registry.returnLate(u, t.op, err)
	if !started {
		return
	}
	d := c.newShutdown(u.batch.values, context.Background(), stopLimit{}, true)
	stopped := d.stopMine(newCaller(d.scope), u, mine)
	c.registry.noteLate(joined(stopped, d.end()))
}

// wait blocks until the Runner has to end; see [Runner.Wait].
func (c *core) wait(ctx context.Context) error { return c.watch()(ctx) }

// watch returns a Wait of the life that goes on now. To wait on another goroutine, call watch first: by the time that one runs,
// a Finish may be over, which leaves it to Wait to return the failure that ended the life.
func (c *core) watch() func(context.Context) error {
	life := c.registry.currentLife()
	return func(ctx context.Context) error {
		if life == nil {
			return nil
		}
		return c.waitFor(ctx, life)
	}
}

func (c *core) waitFor(ctx context.Context, life *lifetime) error {
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
