package runner

import "time"

// watchReporter asks a FailureReporter for its channel, and waits for a failure until the service is being stopped.
func (v *supervisor) watchReporter(c *caller, run *run, u *unit) {
	if u.reporter == nil {
		return
	}
	u.answer = make(chan (<-chan error), 1)
	now := time.Now()
	ctx := &callContext{subject: &u.description, parent: run.values, labels: u.labels}
	asked := c.do(u.task(opFailed, ctx), now, now.Add(grace))
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

func (v *supervisor) awaitFailure(run *run, u *unit, failures <-chan error) {
	select {
	case err := <-failures: // nil from a closed one
		v.reportFailure(run, u, err)
	case <-v.registry.whenStopping(u):
	}
}

// reportFailure takes an error that a service reported, unless it is nil.
func (v *supervisor) reportFailure(run *run, u *unit, err error) {
	if failed := u.fail(u.failOp(), err); failed != nil && v.registry.fail(u, failed) {
		v.announce(run, u, failed, func() {})
	}
}

// failOp names what fails when a service reports a failure.
func (u *unit) failOp() Op {
	if u.kind == KindServer {
		return OpListen
	}
	return OpRun
}
