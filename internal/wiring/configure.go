package wiring

import (
	"context"
	"fmt"
	"math"
	"time"

	"github.com/go-fxservices/services/internal/adapter"
	"github.com/go-fxservices/services/runner"
)

// Configure applies options to a Runner that has not run yet.
func Configure(r *runner.Runner, opts ...runner.StarterOption) {
	for _, opt := range opts {
		adapter.Apply(r, opt)
	}
}

// Limit returns the argument of a Concurrent option, which is optional. Without it, or if it is not positive, there is no limit.
func Limit(n []int) (int, error) {
	switch len(n) {
	case 0:
		return 0, nil
	case 1:
		return n[0], nil
	default:
		return 0, fmt.Errorf("takes at most one number, got %d: %v", len(n), n)
	}
}

// IsConcurrent reports whether r starts services at the same time.
func IsConcurrent(r *runner.Runner) bool { return adapter.Concurrency(r) != 1 }

// StopTimeout returns the time that r gives each service to stop, if it has none of its own.
func StopTimeout(r *runner.Runner) time.Duration { return adapter.StopTimeout(r) }

// SetsStopTimeout reports whether opts set the stop timeout.
func SetsStopTimeout(opts []runner.StarterOption) bool {
	const unset = time.Duration(math.MinInt64)
	return StopTimeout(runner.NewRunner(append([]runner.StarterOption{runner.WithStopTimeout(unset)}, opts...)...)) != unset
}

// StopLimit is what the user says about a stop of everything.
type StopLimit = adapter.StopLimit

// Finish calls Finish of r with a limit.
func Finish(ctx context.Context, r *runner.Runner, limit StopLimit) error {
	return adapter.Finish(r, ctx, limit)
}

// ModuleOption marks the option that fxservices.Module returns.
type ModuleOption interface{ IsModule() }
