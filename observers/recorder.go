package observers

import (
	"context"
	"os"
	"time"

	"github.com/go-fxservices/services/runner"
)

// recorder turns the events of a Runner into lines for a log. What logs embeds
// it, and is its log.
type recorder struct {
	log       lineLog
	durations stopwatch
}

// lineLog writes lines. A line of a disabled level is not written.
type lineLog interface {
	enabled(context.Context, severity) bool
	write(context.Context, severity, line)
}

// severity is what level a line deserves.
type severity int

const (
	detail severity = iota
	normal
	failure
)

// line is one line, with nothing computed yet that a disabled level can do
// without.
type line struct {
	message  string
	subject  any           // a runner.Service or a runner.Configurable; nil if none
	duration time.Duration // negative if unknown
	err      error
	attempt  int // 0 if none
	signal   os.Signal
	after    []string // the names of what it starts after
	barrier  string   // why it is one
}

const unknown time.Duration = -1

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
}

// AfterStart logs "service started" or "service start failed".
func (r *recorder) AfterStart(ctx context.Context, s runner.Service, err error) {
	r.after(ctx, runner.OpStart, s, err, "service started", "service start failed")
}

// BeforeStop logs "service stopping".
func (r *recorder) BeforeStop(ctx context.Context, s runner.Service) {
	r.before(ctx, runner.OpStop, s, "service stopping")
}

// AfterStop logs "service stopped" or "service stop failed".
func (r *recorder) AfterStop(ctx context.Context, s runner.Service, err error) {
	r.after(ctx, runner.OpStop, s, err, "service stopped", "service stop failed")
}

// SignalReceived logs "signal received".
func (r *recorder) SignalReceived(sig os.Signal) {
	r.log.write(context.Background(), normal, line{message: "signal received", duration: unknown, signal: sig})
}

// ServerFailed logs "server failed".
func (r *recorder) ServerFailed(ctx context.Context, s runner.Server, err error) {
	r.log.write(ctx, failure, line{message: "server failed", subject: s, duration: unknown, err: err})
}

// BeforeRetry logs "retrying service"; for attempt 1, which is no retry yet, at
// level debug.
func (r *recorder) BeforeRetry(ctx context.Context, s runner.Service, attempt int) {
	level := normal
	if attempt == 1 {
		level = detail
	}
	r.log.write(ctx, level, line{message: "retrying service", subject: s, duration: unknown, attempt: attempt})
}

// ServicesQueued logs "service queued" at level debug, for each service that says
// what it starts after, or that it is a barrier.
func (r *recorder) ServicesQueued(ctx context.Context, services []runner.Service) {
	if !r.log.enabled(ctx, detail) {
		return
	}
	for _, s := range services {
		l := line{message: "service queued", subject: s, duration: unknown}
		for _, need := range runner.DependenciesOf(s) {
			l.after = append(l.after, runner.NameOf(need))
		}
		var barrier bool
		if l.barrier, barrier = runner.BarrierOf(s); barrier || len(l.after) > 0 {
			r.log.write(ctx, detail, l)
		}
	}
}

func (r *recorder) before(ctx context.Context, op runner.Op, subject any, message string) {
	if r.log.enabled(ctx, normal) || r.log.enabled(ctx, failure) {
		r.durations.start(op, subject)
	}
	r.log.write(ctx, normal, line{message: message, subject: subject, duration: unknown})
}

func (r *recorder) after(ctx context.Context, op runner.Op, subject any, err error, done, failed string) {
	took := r.durations.stop(op, subject)
	if err != nil {
		r.log.write(ctx, failure, line{message: failed, subject: subject, duration: took, err: err})
		return
	}
	r.log.write(ctx, normal, line{message: done, subject: subject, duration: took})
}
