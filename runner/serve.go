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
	s.ctx = callContext{subject: &u.description, parent: u.batch.values, added: s.added}
	if !v.registry.enter(u) {
		s.refused = true
		s.entry.Done()
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
	pprof.SetGoroutineLabels(u.labels)
	s.entry.Done()
	if u.kind == KindJob {
		err = unlessNil(u.layer.(Job).Run(&s.ctx))
	} else {
		err = unlessNil(u.layer.(Server).Listen(&s.ctx))
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
		v.announce(run, u, v.registry.failure(u))
	case serveLate:
		close(s.down)
		v.closeAgain(u)
	default:
		close(s.down)
	}
	if u.kind == KindJob {
		failed := u.fail(OpRun, news)
		if reported := v.registry.failure(u); means == serveFailed || failed == nil {
			failed = reported
		}
		v.announcer.tellUrgent(v.config.observers.jobDone(&s.ctx, givenJob(u), failed))
		s.added.end(context.Canceled)
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

// announce lets the failure of Listen or Run take effect, and then tells Observers. They hear of that of a Job as its end.
func (v *supervisor) announce(run *run, u *unit, failed error) {
	o, s := v.config.observers, u.serving
	o.gate.begin()
	defer o.gate.end()
	v.fail(run, failed)
	s.ctx.end(failed)
	close(s.down)
	if u.kind == KindServer {
		v.announcer.tellUrgent(o.serverFailed(&s.ctx, givenServer(u), failed))
	}
}

// fail lets the failure of a service end its Run. It ends the life of the Runner if that Run is over, or was a Start. A Run
// of Resources that is just about to leave takes care of that itself: see [core.leave].
func (v *supervisor) fail(run *run, err error) {
	run.fail(err)
	if run.detached || isClosed(run.left) {
		if life := v.registry.currentLife(); life != nil {
			life.finish(run.failureOr(err))
		}
	}
}

// givenServer returns the service as it was given to the Runner. A wrapper that is no Server itself gets the methods of the
// one inside.
func givenServer(u *unit) Server {
	if server, ok := u.service.(Server); ok {
		return server
	}
	return &wrappedServer{wrapped{u.service, u.name}, u.layer.(Server)}
}

// givenJob is givenServer for a Job.
func givenJob(u *unit) Job {
	if job, ok := u.service.(Job); ok {
		return job
	}
	return &wrappedJob{wrapped{u.service, u.name}, u.layer.(Job)}
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
	s := newScope(limits{end: context.Background(), stacks: v.stacks, late: done})
	defer s.close()
	c := newCaller(s)
	var added *added
	if v.config.observers.anySteps() {
		added = c.askSteps(v.config.observers, u.servingContext(), u.service, OpClose)
	}
	now := time.Now()
	deadline := deadlineAfter(now, u.stopTimeout)
	ctx := &callContext{
		subject: &u.description, parent: u.batch.values, deadline: deadline, stops: true, added: added,
	}
	res := newCaller(s).do(u.task(OpClose, ctx), now, deadline)
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
