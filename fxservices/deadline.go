package fxservices

import (
	"context"
	"fmt"
	"time"

	"go.uber.org/fx"
)

const (
	// noTimeout is what Module sets fx's timeouts to.
	noTimeout = 24 * time.Hour
	// forRollback is the most that is kept of a shorter start timeout, and
	// forAbandon the least, unless that is more than half: a start that ignores its
	// end has 150 ms before it is given up.
	forRollback = 5 * time.Second
	forAbandon  = 200 * time.Millisecond
	// forReturn is kept of a stop timeout, so that the stop ends before fx stops
	// waiting for it: what is stuck has 250 ms to be given up after the end.
	forReturn = 300 * time.Millisecond
)

// startTimeoutError is the cause of a start that was ended by its deadline.
type startTimeoutError struct{ budget time.Duration }

func (e *startTimeoutError) Error() string {
	return fmt.Sprintf("start of the application timed out after %v", e.budget.Round(time.Millisecond))
}

// Is reports whether target is context.DeadlineExceeded.
func (e *startTimeoutError) Is(target error) bool { return target == context.DeadlineExceeded }

// startContext returns the context of the start: it ends early enough for a
// rollback before fx gives up, or with that of Run, which takes the place of ctx:
// that one does not end before.
func (a *app) startContext(ctx context.Context) (context.Context, context.CancelFunc) {
	budget := startBudget(ctx)
	if a.outer != nil {
		ctx = a.outer
	}
	if budget == 0 {
		return context.WithCancel(ctx)
	}
	return context.WithTimeoutCause(ctx, budget, &startTimeoutError{budget})
}

// startBudget returns how long the start may take, or 0 if nothing limits it: a
// caller of App.Start that sets no deadline wants none.
func startBudget(ctx context.Context) time.Duration {
	left, limited := timeLeft(ctx)
	switch {
	case !limited:
		return 0
	case left > noTimeout-time.Minute && left <= noTimeout:
		return fx.DefaultTimeout
	default:
		return max(left-max(min(left/3, forRollback), min(left/2, forAbandon)), 1)
	}
}

// stopContext returns the context of a stop. It has a deadline only if somebody
// has set one.
func stopContext(ctx context.Context) (context.Context, context.CancelFunc) {
	left, limited := timeLeft(ctx)
	if !limited || left > noTimeout-time.Minute {
		return context.WithCancel(context.WithoutCancel(ctx))
	}
	return context.WithTimeout(context.WithoutCancel(ctx), max(left-min(left/3, forReturn), 0))
}

func timeLeft(ctx context.Context) (left time.Duration, limited bool) {
	deadline, limited := ctx.Deadline()
	return time.Until(deadline), limited
}
