package runner

import (
	"context"
	"net"
	"runtime/pprof"
	"time"
)

// A supervisor runs the calls that last, each on a goroutine of its own: Listen and Run. It tells what they return, and what
// a FailureReporter reports, from what was asked for, and lets a failure end the Run.
type supervisor struct {
	config    *config
	registry  *registry
	stacks    *stacks
	announcer *announcer
}

// serve calls Listen of a Server, or Run of a Job, on the goroutine that it is given, unless the end of the Run has come
// first.
func (v *supervisor) serve(run *run, u *unit) {
	s := u.serving
	s.ctx = callContext{subject: &u.description, parent: u.batch.values, labels: u.labels}
	if !v.registry.enter(u) {
		s.entry.Store(entryRefused)
		return
	}
	var err error
	returned := false
	defer func() {
		if !returned {
			err = newPanicError(recover())
		}
		v.served(run, u, err)
	}()
	pprof.SetGoroutineLabels(s.ctx.labels)
	s.entry.Store(entered)
	if u.kind == KindJob {
		err = unlessNil(u.job.Run(&s.ctx))
	} else {
		err = unlessNil(u.server.Listen(&s.ctx))
	}
	returned = true
}

// served takes what Listen or Run returned. Observers hear of a failure, and of the end of a Job, before anything that
// follows from it.
func (v *supervisor) served(run *run, u *unit, result error) {
	s := u.serving
	if u.kind == KindJob {
		v.config.observers.gate.begin()
		defer v.config.observers.gate.end()
	}
	means, news := v.registry.returned(u, result, v.unlessClosed(result))
	switch means {
	case serveFailed:
		failed := v.registry.failure(u)
		v.announce(run, u, failed, func() {
			s.ctx.end(failed)
			close(s.down)
		})
	case serveLate:
		close(s.down)
		v.closeAgain(u)
	default:
		close(s.down)
	}
	if u.kind == KindJob {
		v.announcer.tellUrgent(v.config.observers.jobDone(&s.ctx, givenJob(u), u.fail(OpRun, news)))
		run.jobDone()
		v.endIfDone(run)
	}
}

// endIfDone ends a Run that has nothing to wait for any more. Where it was a Start, whose call is over, that ends the life
// of the Runner, which is what Wait waits for, unless the Runner was asked for something else.
func (v *supervisor) endIfDone(run *run) {
	switch {
	case !run.isDone():
	case !run.detached:
		run.end(&end{reason: byJobs})
	case !v.registry.isBusy(&run.batch):
		run.life.finish(&end{reason: byJobs})
	}
}

// announce lets the failure of a service take effect, and then tells Observers. effect is what else comes with it.
func (v *supervisor) announce(run *run, u *unit, failed error, effect func()) {
	o := v.config.observers
	o.gate.begin()
	defer o.gate.end()
	v.fail(run, failed)
	effect()
	if u.kind == KindServer {
		v.announcer.tellUrgent(o.serverFailed(&u.serving.ctx, givenServer(u), failed))
	}
}

// fail lets the failure of a service end its Run. It ends the life of the Runner if that Run is over, or was a Start.
func (v *supervisor) fail(run *run, err error) {
	if run.detached || isClosed(run.left) {
		if life := v.registry.currentLife(); life != nil {
			life.finish(&end{reason: byFailure, err: err})
		}
	}
	run.fail(err)
}

// givenServer returns the service as it was given to the Runner. A wrapper that is no Server itself gets the methods of the
// one inside.
func givenServer(u *unit) Server {
	if server, ok := u.service.(Server); ok {
		return server
	}
	return &wrappedServer{wrapped{u.service, u.name}, u.server}
}

// givenJob is givenServer for a Job.
func givenJob(u *unit) Job {
	if job, ok := u.service.(Job); ok {
		return job
	}
	return &wrappedJob{wrapped{u.service, u.name}, u.job}
}

// wrapped is a service under the name that the Runner has read.
type wrapped struct {
	service Service
	name    string
}

func (w *wrapped) Name() string    { return w.name }
func (w *wrapped) Unwrap() Service { return w.service }

type wrappedServer struct {
	wrapped
	server Server
}

func (w *wrappedServer) Listen(ctx context.Context) error { return w.server.Listen(ctx) }
func (w *wrappedServer) Close(ctx context.Context) error  { return w.server.Close(ctx) }

type wrappedJob struct {
	wrapped
	job Job
}

func (w *wrappedJob) Run(ctx context.Context) error { return w.job.Run(ctx) }

// unlessClosed returns what Listen returned after its server was asked to close, or nil if that says only that it was.
func (v *supervisor) unlessClosed(err error) error {
	if err == nil || saysOnly(err, append([]error{context.Canceled, net.ErrClosed}, v.config.closedErrors...)...) {
		return nil
	}
	return err
}

// closeAgain closes a server whose Listen was given up, and has returned nil since: it may have begun to serve only now.
func (v *supervisor) closeAgain(u *unit) {
	done := func(task, error) { v.registry.closedAgain(u) }
	s := scope{end: context.Background(), stacks: v.stacks, late: done}
	c := newCaller(&s)
	defer c.close()
	now := time.Now()
	deadline := deadlineAfter(now, u.stopTimeout)
	ctx := &callContext{
		subject: &u.description, parent: u.batch.values, labels: u.labels, deadline: deadline, expired: ErrStopTimeout,
	}
	res := c.do(u.task(OpClose, ctx), now, deadline)
	ctx.end(context.Canceled)
	if res.abandoned != nil {
		close(res.abandoned.noted)
		res.err = res.abandoned.error(u.stopTimeout)
	}
	v.registry.noteLate(u.fail(OpClose, unlessPanic(res.err)))
	if res.abandoned == nil {
		v.registry.closedAgain(u)
	}
}
