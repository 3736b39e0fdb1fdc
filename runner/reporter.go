package runner

import "time"

// watchReporter asks a FailureReporter for its channel, and waits for a failure until the service is being stopped. Failed
// has no context that could end: it has the grace to return.
func (v *supervisor) watchReporter(c *caller, run *run, u *unit) {
	if u.reporter == nil || isClosed(v.registry.whenStopping(u)) { // a Job may be done
		return
	}
	u.answer = make(chan (<-chan error), 1)
	now := time.Now()
	ctx := &callContext{subject: &u.description, parent: run.values}
	asked := c.do(u.task(opFailed, ctx), now, now)
	if asked.abandoned != nil {
		v.registry.abandon(u, opFailed, asked.abandoned)
	}
	if asked.panicked {
		v.reportFailure(run, u, asked.err)
	}
	select {
	case failures := <-u.answer:
		go v.awaitFailure(run, u, failures)
	default:
	}
}

// awaitFailure receives what a service reports until it is being stopped, or closes its channel. It goes on after a failure,
// so that a service which sends more than one error does not block.
func (v *supervisor) awaitFailure(run *run, u *unit, failures <-chan error) {
	stopping := v.registry.whenStopping(u)
	for {
		select {
		case err, open := <-failures:
			if !open {
				return
			}
			v.reportFailure(run, u, unlessNil(err))
		case <-stopping:
			return
		}
	}
}

// reportFailure takes an error that a service reported, unless it is nil, or the service has failed before.
func (v *supervisor) reportFailure(run *run, u *unit, err error) {
	failed := u.fail(u.failOp(), err)
	if failed == nil || !v.registry.fail(u, failed) {
		return
	}
	o := v.config.observers
	o.gate.begin()
	defer o.gate.end()
	v.fail(run, failed)
	if u.kind == KindServer {
		v.announcer.tellUrgent(o.serverFailed(&u.serving.ctx, givenServer(u), failed))
		return
	}
	ctx := &callContext{subject: &u.description, parent: u.batch.values}
	v.announcer.tellUrgent(o.serviceFailed(ctx, u.service, failed))
}

// failOp names what fails when a service reports a failure.
func (u *unit) failOp() Op {
	if u.kind == KindServer {
		return OpListen
	}
	return OpRun
}
