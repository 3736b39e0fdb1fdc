package runner_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/runner"
)

// finishIn returns how much longer than its deadline Finish took. It is not for bubbles: there, looking for stacks takes
// no time.
func finishIn(t *testing.T, r *runner.Runner, d time.Duration) (late time.Duration, err error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), d)
	defer cancel()
	began := time.Now()
	err = r.Finish(ctx)
	return time.Since(began) - d, err
}

// The bounds are generous, since the machine may be busy: Finish should be late by 200 ms, and was so by half a minute.
func TestStacksDelayNothing(t *testing.T) {
	const generous = 10 * time.Second // a busy machine under the race detector

	t.Run("though many services are stuck at the same time", func(t *testing.T) {
		over := newHang(t)
		services := many(3000, func(name string) runner.Service { return runner.NewResource(name, nil, stuckHere(over)) })
		r := newRunner(runner.WithConcurrency(0), runner.WithContinueOnStopError())
		require.NoError(t, r.Run(t.Context(), services...))
		late, err := finishIn(t, r, 100*time.Millisecond)
		require.Less(t, late, generous)
		require.Len(t, abandonedIn(err), len(services))
	})

	t.Run("though the process has many goroutines, of many requests", func(t *testing.T) {
		over := make(chan struct{})
		var others sync.WaitGroup
		defer others.Wait()
		defer close(over)
		for i := range 5_000 {
			others.Go(func() { labelled(t.Context(), fmt.Sprint(i), func(context.Context) { <-over }) })
		}
		r := newRunner(runner.WithConcurrency(0), runner.WithContinueOnStopError())
		services := []runner.Service{}
		for i := range 8 {
			timeout := time.Duration((i+1)*40) * time.Millisecond
			services = append(services, runner.With(runner.NewResource(fmt.Sprint(i), nil, stuckHere(over)), runner.StopTimeout(timeout)))
		}
		require.NoError(t, r.Run(t.Context(), services...))
		late, err := finishIn(t, r, time.Second)
		require.Less(t, late, generous)
		require.Len(t, abandonedIn(err), len(services))
	})
}
