package retrier_test

import (
	"context"
	"os"
	"testing"
	"time"

	"github.com/cenkalti/backoff/v4"
	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/retrier"
	"github.com/go-fxservices/services/runner"
)

// observer tells what a Runner does.
type observer struct{ *events }

func (o observer) BeforeStart(_ context.Context, s runner.Service) { o.add("starting %s", s.Name()) }
func (o observer) AfterStart(_ context.Context, s runner.Service, err error) {
	o.add("started %s: %v", s.Name(), err)
}
func (o observer) BeforeStop(_ context.Context, s runner.Service) { o.add("stopping %s", s.Name()) }
func (o observer) AfterStop(_ context.Context, s runner.Service, err error) {
	o.add("stopped %s: %v", s.Name(), err)
}
func (o observer) BeforeLoad(context.Context, runner.Configurable)       { o.add("loading") }
func (o observer) AfterLoad(context.Context, runner.Configurable, error) { o.add("loaded") }
func (o observer) SignalReceived(os.Signal)                              {}

func (o observer) RetryFailed(ctx context.Context, s runner.Service, attempt int, err error, pause time.Duration) {
	told(o).RetryFailed(ctx, s, attempt, err, pause)
}

func TestRunner(t *testing.T) {
	t.Run("loads once, and tells its observers of each attempt", func(t *testing.T) {
		var log events
		r := runner.NewRunner(runner.WithSignals(), runner.WithObserver(observer{&log}))
		inner := &plain{log.failing("db", errRefused)}
		db := retrier.New().Backoff(&backoff.ZeroBackOff{}).Build(inner)

		require.NoError(t, r.Run(t.Context(), db))
		require.NoError(t, r.Finish(t.Context()))

		require.Equal(t, []string{
			"loading", "loaded", "starting db",
			"attempt 1 of db", "start db", "attempt 1 of db: connection refused, next in 0s",
			"attempt 2 of db", "start db",
			"started db: <nil>",
			"stopping db", "stop db", "stopped db: <nil>",
		}, log.all())
	})

	t.Run("gets a panic of an attempt, and a start that gave up", func(t *testing.T) {
		r := runner.NewRunner(runner.WithSignals())
		boom := retrier.New().Build(runner.NewResource("db", func(context.Context) error { panic("boom") }, nil))
		require.EqualError(t, r.Run(t.Context(), boom), `start "db": panic: boom`)

		var log events
		db := retrier.New().Backoff(&backoff.StopBackOff{}).Build(log.failing("db", errRefused))
		err := r.Run(t.Context(), db)
		require.EqualError(t, err, `start "db": gave up after 1 attempt: connection refused`)
		require.NoError(t, r.Finish(t.Context()))
	})

	t.Run("starts a resource again that it gave up when it failed to stop", func(t *testing.T) {
		var log events
		r := runner.NewRunner(runner.WithSignals(), runner.WithContinueOnStopError())
		db := retrier.New().Build(runner.NewResource("db",
			func(context.Context) error { log.add("start db"); return nil },
			func(context.Context) error { log.add("stop db"); return errRefused },
		))
		for range 2 {
			require.NoError(t, r.Run(t.Context(), db))
			require.ErrorIs(t, r.Finish(t.Context()), errRefused)
		}
		require.Equal(t, []string{"start db", "stop db", "start db", "stop db"}, log.all())
	})

	t.Run("gets an error for a nil resource", func(t *testing.T) {
		r := runner.NewRunner(runner.WithSignals())
		err := r.Run(t.Context(), retrier.New().Build(nil))
		require.ErrorIs(t, err, runner.ErrInvalidServiceType)
		require.NoError(t, r.Finish(t.Context()))
	})
}
