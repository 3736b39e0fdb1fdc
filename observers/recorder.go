package observers

import (
	"context"
	"os"
	"time"

	"github.com/go-fxservices/services/internal/eventinfo"
	"github.com/go-fxservices/services/runner"
)

// recorder turns the events of a Runner into lines. An Observer that logs embeds it,
// and is its log.
type recorder struct {
	log         lineLog
	durations   stopwatch
	reported    reported
	application application
}

var (
	_ runner.Observer              = (*recorder)(nil)
	_ runner.ServerFailedObserver  = (*recorder)(nil)
	_ runner.ServiceFailedObserver = (*recorder)(nil)
	_ runner.RetryObserver         = (*recorder)(nil)
	_ runner.RetryFailedObserver   = (*recorder)(nil)
	_ runner.StateObserver         = (*recorder)(nil)
	_ runner.QueueObserver         = (*recorder)(nil)
	_ runner.JobObserver           = (*recorder)(nil)
	_ runner.GracePeriodObserver   = (*recorder)(nil)
)

// BeforeLoad logs "service loading".
func (r *recorder) BeforeLoad(ctx context.Context, c runner.Configurable) {
	r.before(ctx, runner.OpLoad, c, "service loading")
}

// AfterLoad logs "service loaded" or "service load failed".
func (r *recorder) AfterLoad(ctx context.Context, c runner.Configurable, err error) {
	r.after(ctx, runner.OpLoad, c, err, "service loaded", "service load failed")
}

// BeforeStart logs "service starting".
func (r *recorder) BeforeStart(ctx context.Context, s runner.Service) {
	r.before(ctx, runner.OpStart, s, "service starting")
	if r.isTimed(ctx) && describe(ctx, 0, s).kind == string(runner.KindJob) {
		r.durations.start(runner.OpRun, s)
	}
}

// AfterStart logs "service started" or "service start failed".
func (r *recorder) AfterStart(ctx context.Context, s runner.Service, err error) {
	r.after(ctx, runner.OpStart, s, err, "service started", "service start failed")
}

// BeforeStop logs "service stopping".
func (r *recorder) BeforeStop(ctx context.Context, s runner.Service) {
	r.before(ctx, runner.OpStop, s, "service stopping")
}

// AfterStop logs "service stopped" or "service stop failed". A server that has failed
// before, and whose failure is all that err says, has stopped.
func (r *recorder) AfterStop(ctx context.Context, s runner.Service, err error) {
	if err != nil && r.reported.explains(err, false) {
		err = nil
	}
	r.after(ctx, runner.OpStop, s, err, "service stopped", "service stop failed")
}

// SignalReceived logs "signal received".
func (r *recorder) SignalReceived(sig os.Signal) {
	r.log.write(context.Background(), normal, line{message: "signal received", signal: sig})
}

// ServerFailed logs "server failed".
func (r *recorder) ServerFailed(ctx context.Context, s runner.Server, err error) {
	r.failed(ctx, line{message: "server failed", about: s, err: err}, false)
}

// ServiceFailed logs "service failed".
func (r *recorder) ServiceFailed(ctx context.Context, s runner.Service, err error) {
	r.failed(ctx, line{message: "service failed", about: s, err: err}, false)
}

// JobDone logs "job done" or "job failed". A Job that returns because it is being
// stopped is not done: "service stopped" says that it has ended.
func (r *recorder) JobDone(ctx context.Context, j runner.Job, err error) {
	took := r.durations.stop(runner.OpRun, j)
	switch {
	case err != nil:
		r.failed(ctx, line{message: "job failed", about: j, duration: took, err: err}, false)
	case !r.durations.isRunning(runner.OpStop, j):
		r.log.write(ctx, normal, line{message: "job done", about: j, duration: took})
	}
}

// BeforeRetry logs "attempting service" at level debug.
func (r *recorder) BeforeRetry(ctx context.Context, s runner.Service, attempt int) {
	r.log.write(ctx, detail, line{message: "attempting service", about: s, attempt: attempt})
}

// RetryFailed logs "retrying service", with the attempt that failed.
func (r *recorder) RetryFailed(ctx context.Context, s runner.Service, attempt int, err error, pause time.Duration) {
	r.reported.addAttempt(err)
	r.log.write(ctx, warning, line{
		message: "retrying service", about: s, attempt: attempt, err: err, pause: known(pause),
	})
}

// GracePeriodTooShort logs "grace period too short".
func (r *recorder) GracePeriodTooShort(ctx context.Context, need, have time.Duration, chain []runner.Service) {
	if r.log.enabled(ctx, warning) {
		r.log.write(ctx, warning, line{
			message: "grace period too short", need: known(need), have: known(have), chain: namesOf(ctx, chain),
		})
	}
}

// ServiceUnmanaged logs "service not managed".
func (r *recorder) ServiceUnmanaged(ctx context.Context, constructor, mend string) {
	if r.log.enabled(ctx, warning) {
		r.log.write(ctx, warning, line{message: "service not managed", constructor: constructor, mend: mend})
	}
}

// ServicesQueued logs "service queued" at level debug, for each service that starts
// after others or is a barrier, and before that "services start one at a time" as a
// warning, if all of them are barriers for one reason.
func (r *recorder) ServicesQueued(ctx context.Context, services []runner.Service) {
	info := eventinfo.From(ctx)
	if reason := barrierOfAll(info.Subjects); reason != "" && r.log.enabled(ctx, warning) {
		r.log.write(ctx, warning, line{message: "services start one at a time", barrier: reason})
	}
	if !r.log.enabled(ctx, detail) {
		return
	}
	for i, s := range services {
		if place, ok := info.Subject(i); ok && (place.Barrier != "" || len(place.After) > 0) {
			r.log.write(ctx, detail, line{
				message: "service queued", about: s, at: i, after: place.After, barrier: place.Barrier,
			})
		}
	}
}

// barrierOfAll returns the reason why several services are barriers, all of them, or "".
func barrierOfAll(subjects []eventinfo.Subject) string {
	if len(subjects) < 2 {
		return ""
	}
	reason := subjects[0].Barrier
	for _, s := range subjects[1:] {
		if s.Barrier != reason {
			return ""
		}
	}
	return reason
}

// StateChanged logs "application ready", "application draining", "application
// stopping" and "application stopped".
func (r *recorder) StateChanged(ctx context.Context, state runner.State) {
	if l, ok := r.application.line(ctx, state); ok {
		r.changed(ctx, l, state)
	}
	if state == runner.StateStopped {
		r.reported.forget()
		r.durations.forget(runner.OpRun) // of Jobs that have never run
	}
}

// changed writes a line about the application: at the level of a failure if that is why it ends, and no line has reported
// it. A service may fail between its calls, and anybody may call Shutdown.
func (r *recorder) changed(ctx context.Context, l line, state runner.State) {
	if r.log.enabled(ctx, failure) && r.reported.lacks(l.cause) && r.application.isFirst() {
		r.log.write(ctx, failure, l)
		return
	}
	if state == runner.StateDraining {
		l.cause = nil // the line about stopping has it
	}
	r.log.write(ctx, normal, l)
}

func (r *recorder) before(ctx context.Context, op runner.Op, about any, message string) {
	if r.isTimed(ctx) {
		r.durations.start(op, about)
	}
	r.log.write(ctx, normal, line{message: message, about: about})
}

// isTimed reports whether somebody will read a duration.
func (r *recorder) isTimed(ctx context.Context) bool {
	return r.log.enabled(ctx, normal) || r.log.enabled(ctx, failure)
}

func (r *recorder) after(ctx context.Context, op runner.Op, about any, err error, done, failed string) {
	took := r.durations.stop(op, about)
	if err != nil {
		r.failed(ctx, line{message: failed, about: about, duration: took, err: err}, op != runner.OpStop)
		return
	}
	r.log.write(ctx, normal, line{message: done, about: about, duration: took})
}

// failed writes a failure once at its level. A consequence of failures that were written
// is normal, and so is the end of a start that a signal or Finish has asked for.
func (r *recorder) failed(ctx context.Context, l line, start bool) {
	if r.reported.explains(l.err, start) {
		r.log.write(ctx, normal, l)
		return
	}
	if r.log.enabled(ctx, failure) {
		r.reported.add(l.err)
	}
	r.log.write(ctx, failure, l)
}
