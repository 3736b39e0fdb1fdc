package runner

// opFailed is the call of Failed, which no error names.
const opFailed Op = "failed"

// watchReporter asks a FailureReporter for its channel, and waits for a failure until the service is being stopped.
func (r *Runner) watchReporter(c *caller, u *unit) {
	if u.reporter == nil {
		return
	}
	u.answer = make(chan (<-chan error), 1)
	asked := c.do(task{unit: u, op: opFailed, ctx: &callContext{
		subject: &u.description, parent: u.run.values, labels: u.run.labelled(u.name),
	}}, deadlineOf(grace))
	if asked.abandoned != nil {
		r.registry.abandon(u, opFailed, asked.abandoned)
	}
	if asked.panicked {
		r.reportFailure(u, asked.err)
	}
	select {
	case failures := <-u.answer:
		go r.awaitFailure(u, failures)
	default:
	}
}

func (r *Runner) awaitFailure(u *unit, failures <-chan error) {
	select {
	case err := <-failures: // nil from a closed one
		r.reportFailure(u, err)
	case <-r.registry.whenStopping(u):
	}
}

// reportFailure takes an error that a service reported, unless it is nil.
func (r *Runner) reportFailure(u *unit, err error) {
	if failed := u.fail(u.failOp(), err); failed != nil && r.registry.fail(u, failed) {
		r.announceFailure(u, failed)
	}
}

// failOp names what fails when a service reports a failure.
func (u *unit) failOp() Op {
	if u.kind == KindServer {
		return OpListen
	}
	return OpRun
}
