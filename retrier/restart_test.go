package retrier_test

import (
	"context"
	"fmt"
	"math"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cenkalti/backoff/v4"
	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/retrier"
	"github.com/go-fxservices/services/runner"
)

func TestRestarts(t *testing.T) {
	inBubble(t, "listens again after a failure, with the pauses of the backoff", func(t *testing.T) {
		var log events
		pauses := &fixed{events: &log, pauses: []time.Duration{time.Second, time.Minute}}
		builder := retrier.New().Backoff(pauses).Reporter(&log).Restarts(2, 0)
		api := builder.BuildServer(log.server(fails, fails, inBackground))

		begin := time.Now()
		require.NoError(t, api.Listen(t.Context()))

		require.Equal(t, time.Minute+time.Second, time.Since(begin))
		require.Equal(t, []string{
			"attempt 1 of api", "listen api", "reset", "next 1s", "close api",
			"attempt 2 of api", "listen api", "next 1m0s", "close api",
			"attempt 3 of api", "listen api",
		}, log.all())
	})

	t.Run("leaves a server alone that returns nil", func(t *testing.T) {
		var log events
		api := everySecond(3, time.Minute).BuildServer(log.server(inBackground))
		require.NoError(t, api.Listen(t.Context()))
		require.Equal(t, []string{"listen api"}, log.all())
	})

	inBubble(t, "gives up when the window holds as many as there may be", func(t *testing.T) {
		var log events
		api := everySecond(2, time.Minute).BuildServer(log.server(fails, fails, fails))

		begin := time.Now()
		err := api.Listen(t.Context())

		require.EqualError(t, err, "gave up after 3 attempts: connection refused")
		require.ErrorIs(t, err, retrier.ErrGaveUp)
		require.ErrorIs(t, err, errRefused)
		require.Equal(t, 2*time.Second, time.Since(begin))
		require.Len(t, log.all(), 5)
	})

	inBubble(t, "forgets those that were before the window", func(t *testing.T) {
		var log events
		api := everySecond(2, 10*time.Second).BuildServer(log.server(
			fails,                     // at 0 s: none before
			failsAfter(4*time.Second), // at 5 s: 1 s
			failsAfter(4*time.Second), // at 10 s: 1 s and 6 s, which are too many
		))
		require.ErrorIs(t, api.Listen(t.Context()), retrier.ErrGaveUp)
		require.Len(t, log.all(), 5)

		begin := time.Now()
		api = everySecond(2, 9*time.Second).BuildServer(log.server(
			fails, failsAfter(4*time.Second),
			failsAfter(4*time.Second), // at 10 s: 6 s alone
			fails,                     // at 11 s: 6 s and 11 s
		))
		require.EqualError(t, api.Listen(t.Context()), "gave up after 4 attempts: connection refused")
		require.Equal(t, 11*time.Second, time.Since(begin))
	})

	inBubble(t, "counts them all without a window", func(t *testing.T) {
		for _, window := range []time.Duration{0, -time.Second} {
			var log events
			api := everySecond(2, window).BuildServer(log.server(
				failsAfter(time.Hour), failsAfter(time.Hour), failsAfter(time.Hour)))
			require.EqualError(t, api.Listen(t.Context()), "gave up after 3 attempts: connection refused")
		}
	})

	t.Run("are none by default, and where none or less are allowed", func(t *testing.T) {
		for _, builder := range []*retrier.Builder{
			retrier.New(), everySecond(0, time.Hour), everySecond(-1, 0), everySecond(3, 0).Restarts(0, 0),
		} {
			var log events
			api := builder.BuildServer(log.server(fails))
			require.EqualError(t, api.Listen(t.Context()), "gave up after 1 attempt: connection refused")
		}
	})

	t.Run("end at a permanent failure", func(t *testing.T) {
		var log events
		permanent := fmt.Errorf("bind: %w", backoff.Permanent(errRefused))
		api := everySecond(3, 0).BuildServer(log.server(func(context.Context) error { return permanent }))

		err := api.Listen(t.Context())

		require.EqualError(t, err, "bind: connection refused")
		var gaveUp *retrier.Error
		require.ErrorAs(t, err, &gaveUp)
		require.Equal(t, 1, gaveUp.Attempts)
	})

	t.Run("end when the backoff stops", func(t *testing.T) {
		var log events
		api := everySecond(3, 0).Backoff(&backoff.StopBackOff{}).BuildServer(log.server(fails))
		require.EqualError(t, api.Listen(t.Context()), "gave up after 1 attempt: connection refused")
	})
}

func TestRestartsHaveABackoff(t *testing.T) {
	inBubble(t, "that begins anew after a window without restarts", func(t *testing.T) {
		var log events
		pauses := &fixed{events: &log, pauses: []time.Duration{time.Second, 2 * time.Second}}
		api := retrier.New().Backoff(pauses).Restarts(2, time.Minute).BuildServer(log.server(
			fails, failsAfter(59*time.Second), failsAfter(time.Minute), fails, inBackground))

		require.NoError(t, api.Listen(t.Context()))

		require.Equal(t, []string{
			"listen api", "reset", "next 1s", "close api",
			"listen api", "next 2s", "close api", // 59 s later
			"listen api", "reset", "next 1s", "close api", // a minute later
			"listen api", "next 2s", "close api",
			"listen api",
		}, log.all())
	})

	inBubble(t, "that each such time gets from the function, if there is one", func(t *testing.T) {
		var log events
		builder := retrier.New().Restarts(1, time.Minute).BackoffFunc(func() backoff.BackOff {
			return &fixed{events: &log, pauses: []time.Duration{time.Second}}
		})
		api := builder.BuildServer(log.server(fails, failsAfter(time.Hour), inBackground))

		require.NoError(t, api.Listen(t.Context()))

		again := []string{"listen api", "reset", "next 1s", "close api"}
		require.Equal(t, append(append(again[:4:4], again...), "listen api"), log.all())
	})

	inBubble(t, "that never stops by default", func(t *testing.T) {
		attempts := 0
		api := retrier.New().Restarts(math.MaxInt, 0).BuildServer(runner.NewServer("api", func(context.Context) error {
			if attempts++; attempts > 1000 {
				return nil
			}
			return errRefused
		}, nil))
		begin := time.Now()

		require.NoError(t, api.Listen(t.Context()))

		require.Greater(t, time.Since(begin), 10*time.Hour)
	})
}

func TestRestartsAfterAPanic(t *testing.T) {
	inBubble(t, "take it for a failure", func(t *testing.T) {
		var log events
		api := everySecond(1, 0).BuildServer(log.server(panics, panics))

		err := api.Listen(t.Context())

		require.EqualError(t, err, "gave up after 2 attempts: panic: boom")
		var panicked *runner.PanicError
		require.ErrorAs(t, err, &panicked)
		require.Equal(t, "boom", panicked.Value)
		require.Contains(t, string(panicked.Stack), "retrier_test.panics")
	})

	t.Run("are none after runtime.Goexit", func(t *testing.T) {
		var log events
		api := everySecond(1, 0).BuildServer(log.server(exits))
		over := make(chan struct{})
		go func() {
			defer close(over)
			_ = api.Listen(context.Background())
			log.add("returned")
		}()
		<-over

		require.EqualError(t, api.IsReady(t.Context()), "not listening: runtime.Goexit was called")
		require.NoError(t, api.Close(t.Context()))
		require.Equal(t, []string{"listen api", "close api"}, log.all())
	})

	t.Run("let that of a Reporter through, and can be listened to again", func(t *testing.T) {
		var log events
		api := everySecond(1, 0).Reporter(&panicker{}).BuildServer(log.server(inBackground))
		require.PanicsWithValue(t, "boom", func() { _ = api.Listen(t.Context()) })
		require.NoError(t, api.Listen(t.Context()))
	})
}

// panicker is a Reporter that panics the first time.
type panicker struct{ told bool }

func (p *panicker) BeforeRetry(context.Context, runner.Service, int) {
	if !p.told {
		p.told = true
		panic("boom")
	}
}

func TestRestartsWhenTheContextEnds(t *testing.T) {
	t.Run("are none, and no attempt is made if it had ended before", func(t *testing.T) {
		var log events
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		api := everySecond(3, 0).Reporter(&log).BuildServer(log.server())
		require.EqualError(t, api.Listen(ctx), "context canceled before the first attempt")
		require.Empty(t, log.all())
	})

	t.Run("are none after a failure that follows", func(t *testing.T) {
		var log events
		ctx, cancel := context.WithCancel(t.Context())
		api := everySecond(3, 0).BuildServer(log.server(func(ctx context.Context) error {
			cancel()
			return ctx.Err()
		}))
		err := api.Listen(ctx)
		require.EqualError(t, err, "context canceled after 1 attempt")
		require.ErrorIs(t, err, context.Canceled)
	})

	inBubble(t, "end their pause at once, and keep the failure", func(t *testing.T) {
		var log events
		ctx, cancel := context.WithCancel(t.Context())
		api := everySecond(3, 0).BuildServer(log.server(fails))
		result := async(func() error { return api.Listen(ctx) })
		synctest.Wait()
		begin := time.Now()
		cancel()
		err := <-result

		require.EqualError(t, err, "context canceled after 1 attempt: connection refused")
		require.ErrorIs(t, err, context.Canceled)
		require.ErrorIs(t, err, errRefused)
		require.Zero(t, time.Since(begin))
		require.NoError(t, api.Close(t.Context()))
		require.Equal(t, []string{"listen api", "close api"}, log.all())
	})
}
