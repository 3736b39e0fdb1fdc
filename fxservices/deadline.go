package fxservices

import (
	"context"
	"fmt"
	"time"

	"go.uber.org/fx"

	"github.com/go-fxservices/services/internal/inside"
	"github.com/go-fxservices/services/internal/wiring"
	"github.com/go-fxservices/services/runner"
)

const (
	// noTimeout is the value that Module sets fx's timeouts to: long enough, and nobody writes it.
	noTimeout = 24*time.Hour + 47*time.Minute

	// A start keeps a part of a shorter timeout for its rollback: at most rollbackReserve, and at least abandonReserve
	// unless that is more than half. The Runner needs 150 ms to give up a start that ignores the end of its context.
	rollbackReserve = 5 * time.Second
	abandonReserve  = 200 * time.Millisecond

	// A stop keeps returnReserve of its timeout, so that it returns before fx stops waiting for it. The Runner needs up to
	// 250 ms to give up a service that ignores the end of its context.
	returnReserve = 300 * time.Millisecond

	// lateness is how late a start or stop may begin on a busy machine after its deadline was set.
	lateness = 100 * time.Millisecond
)

// timeouts are those of an application, which fx hands to hooks as deadlines.
type timeouts struct {
	runner  *runner.Runner
	ownStop bool            // the options of Module set the stop timeout of services
	given   []time.Duration // fx.StartTimeout and fx.StopTimeout; nil: they are not known
}

// newTimeouts makes a longer fx.StopTimeout that of each service, unless the options of Module set one.
func newTimeouts(r *runner.Runner, ownStop bool, of *inside.Application) timeouts {
	t := timeouts{runner: r, ownStop: ownStop}
	if of == nil {
		return t
	}
	t.given = []time.Duration{of.StartTimeout(), of.StopTimeout()}
	if d := of.StopTimeout(); d != noTimeout && t.isLonger(d) {
		wiring.Configure(r, runner.WithStopTimeout(d))
	}
	return t
}

// figure returns the time that the user has given for a start or stop, when left is what is left of it right at the beginning.
func (t timeouts) figure(left time.Duration) time.Duration {
	for _, d := range t.given {
		if d >= left && d-left < lateness {
			return d
		}
	}
	return left.Round(time.Millisecond)
}

// isLonger reports whether a user who lets the whole application take d to stop lets each service take longer than it may.
func (t timeouts) isLonger(d time.Duration) bool {
	return !t.ownStop && d > wiring.StopTimeout(t.runner)
}

// timeoutError is the cause of a start or stop of the application that ran out of time. It says the figure of the user.
type timeoutError struct {
	of              string
	budget, reserve time.Duration
}

func (e *timeoutError) Error() string {
	text := fmt.Sprintf("%s of the application timed out after %v", e.of, e.budget)
	if e.reserve > 0 {
		text += fmt.Sprintf(", of which %v is for the rollback", e.reserve)
	}
	return text
}

// Is reports whether target is context.DeadlineExceeded.
func (e *timeoutError) Is(target error) bool { return target == context.DeadlineExceeded }

// start returns the context of a start, which ends early enough for a rollback before ctx does. With a runContext, that of
// Run, the start ends with it instead of with ctx.
func (t timeouts) start(ctx, runContext context.Context) (context.Context, context.CancelFunc) {
	budget, reserve := startBudget(ctx)
	if runContext != nil {
		ctx = runContext
	}
	if budget == 0 {
		return context.WithCancel(ctx)
	}
	figure := &timeoutError{of: "start", budget: t.figure(budget)}
	if reserve > 0 {
		figure.reserve = reserveOf(figure.budget)
	}
	return context.WithTimeoutCause(ctx, max(budget-reserve, 1), figure)
}

// startBudget returns how long the start may take, and how much of that is for the rollback. It is 0 for any time: who calls
// App.Start without a deadline wants none.
func startBudget(ctx context.Context) (budget, reserve time.Duration) {
	left, limited := timeLeft(ctx)
	switch {
	case !limited:
		return 0, 0
	case isModules(left):
		return fx.DefaultTimeout, 0
	default:
		return max(left, 1), reserveOf(left)
	}
}

// reserveOf returns how much of the time of a start is for its rollback.
func reserveOf(d time.Duration) time.Duration {
	return max(min(d/3, rollbackReserve), min(d/2, abandonReserve))
}

// rollback returns the context of the rollback of a start, of which only the deadline counts, and that only if the user has
// set one.
func (timeouts) rollback(ctx context.Context) (context.Context, context.CancelFunc) {
	left, limited := timeLeft(ctx)
	if !limited || isModules(left) {
		return context.WithCancel(context.WithoutCancel(ctx))
	}
	return context.WithTimeout(ctx, max(left-min(left/3, returnReserve), 0))
}

// stop returns the context of a stop, which is like that of a rollback, and what the user says about it: where the stop may take
// longer than a service may take by default, each service may.
func (t timeouts) stop(ctx context.Context) (context.Context, context.CancelFunc, wiring.StopLimit) {
	within, cancel := t.rollback(ctx)
	var limit wiring.StopLimit
	if left, limited := timeLeft(ctx); limited && !isModules(left) {
		total := t.figure(left)
		limit.Cause = &timeoutError{of: "stop", budget: total}
		if t.isLonger(total) {
			limit.Each = total
		}
	}
	return within, cancel, limit
}

// isModules reports whether the time that is left comes from a timeout which Module has set.
func isModules(left time.Duration) bool { return left > noTimeout-time.Minute && left <= noTimeout }

func timeLeft(ctx context.Context) (left time.Duration, limited bool) {
	deadline, limited := ctx.Deadline()
	return time.Until(deadline), limited
}
