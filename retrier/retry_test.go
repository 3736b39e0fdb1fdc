package retrier_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cenkalti/backoff/v4"
	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/retrier"
	"github.com/go-fxservices/services/runner"
)

func TestStart(t *testing.T) {
	t.Run("retries until an attempt succeeds, with the pauses of the backoff", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			var log events
			pauses := &fixed{events: &log, pauses: []time.Duration{time.Second, time.Minute}}
			db := retrier.New().Backoff(pauses).Reporter(&log).Build(log.failing("db", errRefused, errRefused))

			begin := time.Now()
			require.NoError(t, db.Start(t.Context()))

			require.Equal(t, time.Minute+time.Second, time.Since(begin))
			require.Equal(t, []string{
				"attempt 1 of db", "start db", "reset", "next 1s",
				"attempt 2 of db", "start db", "next 1m0s",
				"attempt 3 of db", "start db",
			}, log.all())
		})
	})

	t.Run("doesn't touch the backoff when the first attempt succeeds", func(t *testing.T) {
		var log events
		db := retrier.New().Backoff(&fixed{events: &log}).Build(log.failing("db"))

		require.NoError(t, db.Start(t.Context()))

		require.Equal(t, []string{"start db"}, log.all())
	})

	t.Run("goes on at once after a pause of nothing", func(t *testing.T) {
		var log events
		db := retrier.New().Backoff(&backoff.ZeroBackOff{}).Build(log.failing("db", errRefused, errRefused))

		require.NoError(t, db.Start(t.Context()))

		require.Len(t, log.all(), 3)
	})

	t.Run("succeeds with an attempt that succeeded though the context had ended", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		db := retrier.New().Build(runner.NewResource("db", func(context.Context) error {
			cancel()
			return nil
		}, nil))

		require.NoError(t, db.Start(ctx))
	})

	t.Run("lets a panic of an attempt through, and can be started again", func(t *testing.T) {
		first := true
		db := retrier.New().Build(runner.NewResource("db", func(context.Context) error {
			if first {
				first = false
				panic("boom")
			}
			return nil
		}, nil))

		require.PanicsWithValue(t, "boom", func() { _ = db.Start(t.Context()) })
		require.NoError(t, db.Start(t.Context()))
	})
}

func TestStartGivesUp(t *testing.T) {
	t.Run("when the backoff stops", func(t *testing.T) {
		var log events
		pauses := backoff.WithMaxRetries(&backoff.ZeroBackOff{}, 2)
		db := retrier.New().Backoff(pauses).Build(log.failing("db", errRefused, errRefused, errRefused))

		err := db.Start(t.Context())

		require.EqualError(t, err, "gave up after 3 attempts: connection refused")
		require.ErrorIs(t, err, retrier.ErrGaveUp)
		require.ErrorIs(t, err, errRefused)
		var gaveUp *retrier.Error
		require.ErrorAs(t, err, &gaveUp)
		require.Equal(t, &retrier.Error{Attempts: 3, Reason: retrier.ErrGaveUp, Err: errRefused}, gaveUp)
	})

	t.Run("at a permanent failure", func(t *testing.T) {
		var log events
		permanent := fmt.Errorf("log in: %w", backoff.Permanent(errRefused))
		db := retrier.New().Backoff(&backoff.ZeroBackOff{}).Build(log.failing("db", errors.New("busy"), permanent))

		err := db.Start(t.Context())

		require.EqualError(t, err, "log in: connection refused")
		require.ErrorIs(t, err, errRefused)
		var reason *backoff.PermanentError
		require.ErrorAs(t, err, &reason)
		var gaveUp *retrier.Error
		require.ErrorAs(t, err, &gaveUp)
		require.Equal(t, 2, gaveUp.Attempts)
	})

	t.Run("15 minutes after the first failure, by default", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			begin := time.Now()
			db := retrier.New().Build(runner.NewResource("db", func(context.Context) error { return errRefused }, nil))

			require.ErrorIs(t, db.Start(t.Context()), retrier.ErrGaveUp)

			require.Greater(t, time.Since(begin), 12*time.Minute)
			require.LessOrEqual(t, time.Since(begin), 15*time.Minute)
		})
	})

	t.Run("with a backoff that never pauses", func(t *testing.T) {
		var log events
		db := retrier.New().Backoff(&backoff.StopBackOff{}).Build(log.failing("db", errRefused))

		require.EqualError(t, db.Start(t.Context()), "gave up after 1 attempt: connection refused")
	})
}

func TestStartWhenTheContextEnds(t *testing.T) {
	t.Run("makes no attempt if it had ended before", func(t *testing.T) {
		var log events
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		db := retrier.New().Backoff(&fixed{events: &log}).Reporter(&log).Build(log.failing("db"))

		err := db.Start(ctx)

		require.EqualError(t, err, "context canceled before the first attempt")
		require.ErrorIs(t, err, context.Canceled)
		require.Empty(t, log.all())
	})

	t.Run("ends a pause at once, and keeps the last failure", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			var log events
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			begin := time.Now()
			db := retrier.New().Backoff(backoff.NewConstantBackOff(time.Hour)).Build(log.failing("db", errRefused))

			err := db.Start(ctx)

			require.EqualError(t, err, "context deadline exceeded after 1 attempt: connection refused")
			require.ErrorIs(t, err, context.DeadlineExceeded)
			require.ErrorIs(t, err, errRefused)
			require.Equal(t, time.Minute, time.Since(begin))
		})
	})

	t.Run("tells both the cause and the error of the context", func(t *testing.T) {
		cause := errors.New("shutting down")
		ctx, cancel := context.WithCancelCause(t.Context())
		db := retrier.New().Build(runner.NewResource("db", func(context.Context) error {
			cancel(cause)
			return errRefused
		}, nil))

		err := db.Start(ctx)

		require.EqualError(t, err, "context canceled (shutting down) after 1 attempt: connection refused")
		require.ErrorIs(t, err, context.Canceled)
		require.ErrorIs(t, err, cause)
		require.ErrorIs(t, err, errRefused)
	})

	t.Run("prefers an earlier failure to one that only says so", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		errs := []error{errRefused, fmt.Errorf("dial: %w", context.Canceled)}
		db := retrier.New().Backoff(&backoff.ZeroBackOff{}).Build(runner.NewResource("db", func(context.Context) error {
			err := errs[0]
			if errs = errs[1:]; len(errs) == 0 {
				cancel()
			}
			return err
		}, nil))

		require.EqualError(t, db.Start(ctx), "context canceled after 2 attempts: connection refused")
	})

	t.Run("says it once when there is no other failure", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		db := retrier.New().Build(runner.NewResource("db", func(ctx context.Context) error {
			cancel()
			return ctx.Err()
		}, nil))

		require.EqualError(t, db.Start(ctx), "context canceled after 1 attempt")
	})

	t.Run("takes a permanent failure for the last one", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		db := retrier.New().Build(runner.NewResource("db", func(context.Context) error {
			cancel()
			return backoff.Permanent(errRefused)
		}, nil))

		err := db.Start(ctx)

		require.EqualError(t, err, "context canceled after 1 attempt: connection refused")
		require.ErrorIs(t, err, context.Canceled)
	})
}
