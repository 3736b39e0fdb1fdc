package runner_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/internal/layers"
	"github.com/go-fxservices/services/runner"
)

// budgets runs a service that tells how long its Start and its Stop may last. A
// negative time stands for one without end.
func budgets(t *testing.T, wrap func(runner.Service) runner.Service, opts ...runner.StarterOption) (start, stop time.Duration) {
	t.Helper()
	budget := func(ctx context.Context) time.Duration {
		if deadline, limited := ctx.Deadline(); limited {
			return time.Until(deadline)
		}
		return -1
	}
	r := newRunner(opts...)
	require.NoError(t, r.Run(t.Context(), wrap(runner.NewResource("db",
		func(ctx context.Context) error { start = budget(ctx); return nil },
		func(ctx context.Context) error { stop = budget(ctx); return nil }))))
	finish(t, r)
	return start, stop
}

func TestWith(t *testing.T) {
	defaults := []runner.StarterOption{runner.WithStartTimeout(time.Minute), runner.WithStopTimeout(time.Hour)}

	inBubble(t, "sets the timeouts of one service", func(t *testing.T) {
		start, stop := budgets(t, func(s runner.Service) runner.Service {
			return runner.With(s, runner.StartTimeout(2*time.Second), nil, runner.StopTimeout(3*time.Second))
		}, defaults...)
		require.Equal(t, 2*time.Second, start)
		require.Equal(t, 3*time.Second, stop)
	})

	inBubble(t, "leaves what is not set as it is", func(t *testing.T) {
		start, stop := budgets(t, func(s runner.Service) runner.Service { return runner.With(s) }, defaults...)
		require.Equal(t, time.Minute, start)
		require.Equal(t, time.Hour, stop)
	})

	inBubble(t, "of 0 or less takes a timeout away", func(t *testing.T) {
		start, stop := budgets(t, func(s runner.Service) runner.Service {
			return runner.With(s, runner.StartTimeout(0), runner.StopTimeout(-1))
		}, defaults...)
		require.Equal(t, time.Duration(-1), start)
		require.Equal(t, time.Duration(-1), stop)
	})

	inBubble(t, "lets the outermost value hold, whatever is in between", func(t *testing.T) {
		start, stop := budgets(t, func(s runner.Service) runner.Service {
			inner := runner.With(s, runner.StartTimeout(time.Second), runner.StopTimeout(time.Second))
			return runner.With(loading(inner, fails(nil)), runner.StartTimeout(2*time.Second))
		}, defaults...)
		require.Equal(t, 2*time.Second, start)
		require.Equal(t, time.Second, stop)
	})

	inBubble(t, "limits the close of a server", func(t *testing.T) {
		r := newRunner()
		require.NoError(t, r.Start(t.Context(), runner.With(runner.NewServer("api", nil, waits), runner.StopTimeout(time.Second))))
		require.EqualError(t, r.Finish(t.Context()), `close "api": timed out after 1s: context deadline exceeded`)
	})

	t.Run("is the same service under the same name", func(t *testing.T) {
		db := runner.NewResource("db", nil, nil)
		require.Equal(t, "db", runner.With(db).Name())
		require.Same(t, db, layers.Innermost(runner.With(runner.With(db))))
	})
}
