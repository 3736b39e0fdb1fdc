package retrier_test

import (
	"context"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/cenkalti/backoff/v4"
	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/retrier"
	"github.com/go-fxservices/services/runner"
)

func TestBuilder(t *testing.T) {
	t.Run("is not changed by its methods", func(t *testing.T) {
		var log events
		shared := retrier.New().Backoff(&backoff.ZeroBackOff{})
		shared.Reporter(&log)
		shared.Backoff(&backoff.StopBackOff{})
		shared.BackoffFunc(func() backoff.BackOff { return &backoff.StopBackOff{} })

		require.NoError(t, shared.Build(log.failing("db", errRefused)).Start(t.Context()))

		require.Equal(t, []string{"start db", "start db"}, log.all())
	})

	t.Run("is ready as a zero value", func(t *testing.T) {
		var builder retrier.Builder
		require.NoError(t, builder.Build(runner.NewResource("db", nil, nil)).Start(t.Context()))
	})

	t.Run("takes a nil Reporter for none", func(t *testing.T) {
		for _, none := range []retrier.Reporter{nil, (*events)(nil)} {
			db := retrier.New().Reporter(&events{}).Reporter(none).Build(runner.NewResource("db", nil, nil))
			require.NoError(t, db.Start(t.Context()))
		}
	})

	t.Run("takes a nil backoff for the default", func(t *testing.T) {
		for _, builder := range []*retrier.Builder{
			retrier.New().Backoff(nil),
			retrier.New().Backoff((*backoff.ExponentialBackOff)(nil)),
			retrier.New().BackoffFunc(nil),
			retrier.New().BackoffFunc(func() backoff.BackOff { return nil }),
			retrier.New().BackoffFunc(func() backoff.BackOff { return (*backoff.ExponentialBackOff)(nil) }),
		} {
			var log events
			ctx, cancel := context.WithCancel(t.Context())
			fail := func(context.Context) error { defer cancel(); return errRefused }
			db := builder.Reporter(&log).Build(runner.NewResource("db", fail, nil))

			require.ErrorIs(t, db.Start(ctx), context.Canceled)
			require.Equal(t, []string{"attempt 1 of db"}, log.all())
		}
	})
}

func TestRestartLimit(t *testing.T) {
	t.Run("is that of Restarts, and nothing for less than nothing", func(t *testing.T) {
		shared := retrier.New()
		for _, c := range []struct {
			builder *retrier.Builder
			n       int
			window  time.Duration
		}{
			{shared.Restarts(3, time.Minute).Reporter(&events{}), 3, time.Minute},
			{shared.Restarts(-1, -time.Minute), 0, 0},
			{shared, 0, 0}, // it is not changed
		} {
			n, window := c.builder.RestartLimit()
			require.Equal(t, c.n, n)
			require.Equal(t, c.window, window)
		}
	})
}

// unsafe is a backoff that a data race would break.
type unsafe struct{ calls int }

func (u *unsafe) Reset() { u.calls++ }

func (u *unsafe) NextBackOff() time.Duration {
	u.calls++
	return 0
}

func TestBackoffIsShared(t *testing.T) {
	const resources, failures = 20, 10
	startAll := func(t *testing.T, builder *retrier.Builder) {
		var all sync.WaitGroup
		for i := range resources {
			var log events
			errs := make([]error, failures)
			for j := range errs {
				errs[j] = errRefused
			}
			db := builder.Build(log.failing("db"+strconv.Itoa(i), errs...))
			all.Go(func() { require.NoError(t, db.Start(context.Background())) })
		}
		all.Wait()
	}

	t.Run("one value is safe for Starts at the same time", func(t *testing.T) {
		var shared unsafe
		startAll(t, retrier.New().Backoff(&shared).Reporter(&events{}))
		require.Equal(t, resources*(1+failures), shared.calls)
	})

	t.Run("a function gives each Start its own", func(t *testing.T) {
		var (
			mu   sync.Mutex
			made []*unsafe
		)
		startAll(t, retrier.New().BackoffFunc(func() backoff.BackOff {
			mu.Lock()
			defer mu.Unlock()
			made = append(made, &unsafe{})
			return made[len(made)-1]
		}))
		require.Len(t, made, resources)
		for _, own := range made {
			require.Equal(t, 1+failures, own.calls)
		}
	})
}
