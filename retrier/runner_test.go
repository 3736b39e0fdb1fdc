package retrier_test

import (
	"context"
	"testing"

	"github.com/cenkalti/backoff/v4"
	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/internal/testing/journal"
	"github.com/go-fxservices/services/retrier"
	"github.com/go-fxservices/services/runner"
)

// observer records the events of a Runner, and the attempts.
type observer struct {
	journal.Observer
	*events
}

func newObserver(log *events) observer { return observer{journal.Observer{Journal: &log.Journal}, log} }

func TestRunner(t *testing.T) {
	t.Run("loads once, and tells its observers of each attempt", func(t *testing.T) {
		var log events
		r := runner.NewRunner(runner.WithSignals(), runner.WithObserver(newObserver(&log)))
		inner := &plain{log.failing("db", errRefused)}
		db := retrier.New().Backoff(&backoff.ZeroBackOff{}).Build(inner)

		require.NoError(t, r.Run(t.Context(), db))
		require.NoError(t, r.Finish(t.Context()))

		require.Equal(t, []string{
			"before load", "after load", "before start db",
			"attempt 1 of db", "start db",
			"attempt 2 of db", "start db",
			"after start db",
			"before stop db", "stop db", "after stop db",
		}, log.Lines())
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

	t.Run("gets an error for a nil resource", func(t *testing.T) {
		r := runner.NewRunner(runner.WithSignals())
		err := r.Run(t.Context(), retrier.New().Build(nil))
		require.ErrorIs(t, err, runner.ErrInvalidServiceType)
		require.NoError(t, r.Finish(t.Context()))
	})
}
