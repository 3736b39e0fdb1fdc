package runner_test

import (
	"context"
	"fmt"
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/runner"
)

// newRunnerFor is newRunner, and finishes the Runner with the test: one that fails
// leaves no goroutine in its bubble.
func newRunnerFor(t *testing.T, opts ...runner.StarterOption) *runner.Runner {
	t.Helper()
	r := newRunner(opts...)
	finishAfter(t, r)
	return r
}

// finishAfter finishes r with the test, whatever that returns.
func finishAfter(t *testing.T, r *runner.Runner) {
	t.Helper()
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		_ = r.Finish(ctx)
	})
}

// returns requires that what wait waits for returns within d, and gives its error.
func returns(t *testing.T, d time.Duration, wait func() error) error {
	t.Helper()
	var err error
	over := make(chan struct{})
	go func() {
		defer close(over)
		err = wait()
	}()
	select {
	case <-over:
	case <-time.After(d):
		require.FailNow(t, "it has not returned", "within %v", d)
	}
	return err
}

// lasts takes d, unless its context ends. It is for bubbles.
func lasts(d time.Duration) call {
	return func(ctx context.Context) error {
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-time.After(d):
			return nil
		}
	}
}

// forgiven is how often, of a hundred times, something may come between the moment in
// which a goroutine is about to call Listen, and its first line: a busy system may stop
// the goroutine just there.
const forgiven = 5

// rarely plays a hundred times in which what goes wrong is counted, and requires that it seldom does. A system that is busy with
// something else has a few more chances: a Runner that gets it wrong does so each time.
func rarely(t *testing.T, hundred func() (wrong int), what string) {
	t.Helper()
	const rounds = 10
	fewest := hundred()
	for range rounds - 1 {
		if fewest <= forgiven {
			return
		}
		fewest = min(fewest, hundred())
	}
	require.LessOrEqual(t, fewest, forgiven, "times of 100 %s", what)
}

// onProcessors plays a test on one processor, where goroutines run in turns, and on
// several.
func onProcessors(t *testing.T, name string, test func(*testing.T)) {
	t.Helper()
	for _, n := range []int{1, 4} {
		t.Run(fmt.Sprintf("%s, on %d processors", name, n), func(t *testing.T) {
			before := runtime.GOMAXPROCS(n)
			defer runtime.GOMAXPROCS(before)
			test(t)
		})
	}
}
