package retrier_test

import (
	"context"
	"errors"
	"net"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/retrier"
	"github.com/go-fxservices/services/runner"
)

func TestCloseBeforeARestart(t *testing.T) {
	// closing is a server that fails once, and whose first Close takes a second or as
	// long as its context.
	closing := func(log *events, result error) runner.Server {
		first := true
		inner := log.server(fails)
		return runner.NewServer("api", inner.Listen, func(ctx context.Context) error {
			if !first {
				return inner.Close(ctx)
			}
			first = false
			log.add("closing api")
			select {
			case <-time.After(time.Second):
				return result
			case <-ctx.Done():
				return ctx.Err()
			}
		})
	}

	inBubble(t, "adds its error to the failure, and does not keep from the restart", func(t *testing.T) {
		var log events
		api := everySecond(1, 0).BuildServer(closing(&log, errors.New("busy")))
		result := async(func() error { return api.Listen(log.received(t.Context())) })
		time.Sleep(time.Minute)
		require.NoError(t, api.Close(t.Context()))
		require.Equal(t, net.ErrClosed, <-result)
		require.Equal(t, []string{
			"attempt 1 of api", "listen api", "closing api",
			"attempt 1 of api: connection refused; close: busy, next in 1s",
			"attempt 2 of api", "listen api", "close api",
		}, log.all())
	})

	inBubble(t, "is no error where it only says that there was nothing left to close", func(t *testing.T) {
		var log events
		api := everySecond(1, 0).BuildServer(closing(&log, net.ErrClosed))
		result := async(func() error { return api.Listen(log.received(t.Context())) })
		time.Sleep(time.Minute)
		require.Contains(t, log.all(), "attempt 1 of api: connection refused, next in 1s")
		require.NoError(t, api.Close(t.Context()))
		require.Equal(t, net.ErrClosed, <-result)
	})

	inBubble(t, "is waited for by a Close that comes meanwhile", func(t *testing.T) {
		var log events
		api := everySecond(1, 0).BuildServer(closing(&log, nil))
		result := async(func() error { return api.Listen(t.Context()) })
		synctest.Wait()
		begin := time.Now()
		require.NoError(t, api.Close(t.Context()))
		require.Equal(t, time.Second, time.Since(begin))
		require.Equal(t, errRefused, <-result) // nobody has been told yet
		require.Equal(t, []string{"listen api", "closing api"}, log.all())
	})

	inBubble(t, "is not waited for longer than the context of Close allows", func(t *testing.T) {
		var log events
		api := everySecond(1, 0).BuildServer(closing(&log, nil))
		result := async(func() error { return api.Listen(t.Context()) })
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
		defer cancel()
		err := api.Close(ctx)
		require.EqualError(t, err, "close has not returned: context deadline exceeded")
		require.Equal(t, errRefused, <-result)
	})

	inBubble(t, "has 15 seconds at most", func(t *testing.T) {
		var budget time.Duration
		api := everySecond(1, 0).BuildServer(runner.NewServer("api", fails, func(ctx context.Context) error {
			deadline, _ := ctx.Deadline()
			budget = time.Until(deadline)
			return nil
		}))
		require.ErrorIs(t, api.Listen(t.Context()), retrier.ErrGaveUp)
		require.Equal(t, 15*time.Second, budget)
	})
}
