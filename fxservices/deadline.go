package fxservices

import (
	"context"
	"fmt"
	"time"

	"go.uber.org/fx"
)

const (
	// noTimeout is the value that Module sets fx's timeouts to.
	noTimeout = 24 * time.Hour

	// A start keeps a part of a shorter timeout for its rollback: at most rollbackReserve, and at least abandonReserve
	// unless that is more than half. The Runner needs 150 ms to give up a start that ignores the end of its context.
	rollbackReserve = 5 * time.Second
	abandonReserve  = 200 * time.Millisecond

	// A stop keeps returnReserve of its timeout, so that it returns before fx stops waiting for it. The Runner needs up to
	// 250 ms to give up a service that ignores the end of its context.
	returnReserve = 300 * time.Millisecond
)

// startTimeoutError is the cause of a start that ran out of time.
type startTimeoutError struct{ budget time.Duration }

func (e *startTimeoutError) Error() string {
	return fmt.Sprintf("start of the application timed out after %v", e.budget.Round(time.Millisecond))
}

// Is reports whether target is context.DeadlineExceeded.
func (e *startTimeoutError) Is(target error) bool { return target == context.DeadlineExceeded }

// startContext returns the context of a start, which ends early enough for a rollback before ctx does. With a runContext,
// that of Run, the start ends with it instead of with ctx.
func startContext(ctx, runContext context.Context) (context.Context, context.CancelFunc) {
	budget := startBudget(ctx)
	if runContext != nil {
		ctx = runContext
	}
	if budget == 0 {
		return context.WithCancel(ctx)
	}
	return context.WithTimeoutCause(ctx, budget, &startTimeoutError{budget})
}

// startBudget returns how long the start may take, or 0 for any time: who calls App.Start without a deadline wants none.
func startBudget(ctx context.Context) time.Duration {
	left, limited := timeLeft(ctx)
	switch {
	case !limited:
		return 0
	case left > noTimeout-time.Minute && left <= noTimeout:
		return fx.DefaultTimeout
	default:
		return max(left-max(min(left/3, rollbackReserve), min(left/2, abandonReserve)), 1)
	}
}

// stopContext returns the context of a stop, of which only the deadline counts. It has one only if the user has set one.
func stopContext(ctx context.Context) (context.Context, context.CancelFunc) {
	left, limited := timeLeft(ctx)
	if !limited || left > noTimeout-time.Minute {
		return context.WithCancel(context.WithoutCancel(ctx))
	}
	return context.WithTimeout(ctx, max(left-min(left/3, returnReserve), 0))
}

func timeLeft(ctx context.Context) (left time.Duration, limited bool) {
	deadline, limited := ctx.Deadline()
	return time.Until(deadline), limited
}
