package runner_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-fxservices/services/runner"
	"github.com/stretchr/testify/require"
)

const ms = time.Millisecond

// polled returns an IsReady that fails until it is called n times, and the pauses
// before each of its calls.
func polled(n int) (isReady call, pauses func() []time.Duration) {
	var got []time.Duration
	last := time.Now()
	isReady = func(context.Context) error {
		got = append(got, time.Since(last))
		last = time.Now()
		if len(got) < n {
			return errBoom
		}
		return nil
	}
	return isReady, func() []time.Duration { return got }
}

func TestIsReady(t *testing.T) {
	inBubble(t, "is called at once, after 1 ms, and at twice the pause up to 100 ms", func(t *testing.T) {
		r := newRunner()
		isReady, pauses := polled(11)
		require.NoError(t, r.Run(t.Context(), checked(runner.NewResource("db", nil, nil), isReady)))
		require.Equal(t, []time.Duration{0, ms, 2 * ms, 4 * ms, 8 * ms, 16 * ms, 32 * ms, 64 * ms, 100 * ms, 100 * ms, 100 * ms}, pauses())
		finish(t, r)
	})

	inBubble(t, "is called until it returns nil before the next service starts", func(t *testing.T) {
		var j journal
		r := newRunner()
		isReady, _ := polled(3)
		require.NoError(t, r.Run(t.Context(), checked(j.resource("db"), j.notes("ready?", isReady)), j.resource("cache")))
		require.Equal(t, []string{"start db", "ready?", "ready?", "ready?", "start cache"}, j.all())
		finish(t, r)
	})

	inBubble(t, "is called while a server listens", func(t *testing.T) {
		var j journal
		r := newRunner()
		isReady, pauses := polled(4)
		require.NoError(t, r.Start(t.Context(), checked(runner.NewServer("api", waits, nil), isReady), j.resource("cache")))
		require.Equal(t, []time.Duration{0, ms, 2 * ms, 4 * ms}, pauses())
		finish(t, r)
	})

	inBubble(t, "is called when a server serves in the background", func(t *testing.T) {
		r := newRunner()
		ready := time.Now().Add(time.Second)
		api := checked(runner.NewServer("api", nil, nil), func(context.Context) error {
			if time.Now().Before(ready) {
				return errBoom
			}
			return nil
		})
		require.NoError(t, r.Start(t.Context(), api))
		require.False(t, time.Now().Before(ready))
		finish(t, r)
	})

	inBubble(t, "is called no more once the server has failed", func(t *testing.T) {
		var j journal
		r := newRunner()
		api := runner.NewServer("api", func(context.Context) error { time.Sleep(time.Second); return errOther }, j.notes("close api"))
		began := time.Now()
		err := r.Run(t.Context(), j.resource("db"), checked(api, fails(errBoom)))
		require.Equal(t, time.Second, time.Since(began))
		require.EqualError(t, err, `listen "api": other`)
		require.Equal(t, []string{"start db", "close api", "stop db"}, j.all())
	})

	inBubble(t, "does not make a failed server whole", func(t *testing.T) {
		var j journal
		r := newRunner()
		api := runner.NewServer("api", fails(errOther), j.notes("close api"))
		err := r.Run(t.Context(), checked(api, func(context.Context) error {
			synctest.Wait()
			return nil
		}))
		require.EqualError(t, err, `listen "api": other`)
		require.Equal(t, []string{"close api"}, j.all())
		finish(t, r)
	})

	inBubble(t, "does not make a failed server whole when it is stuck", func(t *testing.T) {
		var j journal
		r := newRunner()
		api := runner.NewServer("api", func(context.Context) error { time.Sleep(time.Second); return errOther }, j.notes("close api"))
		err := r.Run(t.Context(), checked(api, stuck(t)))
		requireServiceError(t, err, runner.OpListen, "api", errOther)
		require.ErrorContains(t, err, `ready "api"`)
		require.Equal(t, []string{"close api"}, j.all())
		finish(t, r)
	})

	inBubble(t, "is waited for no longer than ctx", func(t *testing.T) {
		var j journal
		r := newRunner()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		err := r.Run(ctx, checked(j.resource("db"), fails(errBoom)))
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.ErrorContains(t, err, `ready "db"`)
		require.Equal(t, []string{"db"}, names(r), "it has started")
		finish(t, r)
		require.Equal(t, []string{"start db", "stop db"}, j.all())
	})
}
