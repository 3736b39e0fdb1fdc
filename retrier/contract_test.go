package retrier_test

import (
	"context"
	"net"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/retrier"
	"github.com/go-fxservices/services/runner"
)

func TestNilContext(t *testing.T) {
	var (
		log  events
		none *typedContext
		db   = retrier.New().Build(log.failing("db"))
		api  = retrier.New().BuildServer(&checked{script: log.server()})
	)
	for name, call := range map[string]func(context.Context) error{
		"Start": db.Start, "Stop": db.Stop, "Listen": api.Listen, "Close": api.Close, "IsReady": api.IsReady,
	} {
		t.Run("is an error of "+name+", and of nothing else", func(t *testing.T) {
			require.EqualError(t, call(nil), "nil context")
			require.EqualError(t, call(none), "nil context")
		})
	}
	require.Empty(t, log.all())
}

// typedContext is for nil pointers.
type typedContext struct{ context.Context }

func TestListenAfterClose(t *testing.T) {
	inBubble(t, "begins anew, whether the server blocks or serves in the background", func(t *testing.T) {
		var log events
		api := everySecond(1, 0).Reporter(&log).BuildServer(log.server(fails, inBackground, fails))
		require.NoError(t, api.Listen(t.Context()))
		require.NoError(t, api.Close(t.Context()))
		require.Equal(t, retrier.ErrClosed, api.IsReady(t.Context()))

		result := async(func() error { return api.Listen(t.Context()) })
		time.Sleep(time.Minute)
		require.NoError(t, api.IsReady(t.Context()))
		require.NoError(t, api.Close(t.Context()))
		require.Equal(t, net.ErrClosed, <-result)

		again := []string{
			"attempt 1 of api", "listen api", "close api",
			"attempt 2 of api", "listen api", "close api",
		}
		require.Equal(t, append(again[:6:6], again...), log.all())
	})

	t.Run("is possible where there was no Listen before that Close", func(t *testing.T) {
		var log events
		api := everySecond(3, 0).BuildServer(log.server(inBackground))
		require.NoError(t, api.Close(t.Context()))
		require.Equal(t, retrier.ErrClosed, api.IsReady(t.Context()))
		require.NoError(t, api.Listen(t.Context()))
		require.NoError(t, api.IsReady(t.Context()))
		require.Equal(t, []string{"listen api"}, log.all())
	})

	inBubble(t, "is refused while the server is being closed", func(t *testing.T) {
		closed := make(chan struct{})
		api := retrier.New().BuildServer(runner.NewServer("api", inBackground, func(context.Context) error {
			<-closed
			return nil
		}))
		require.NoError(t, api.Listen(t.Context()))
		result := async(func() error { return api.Close(t.Context()) })
		synctest.Wait()
		require.ErrorIs(t, api.Listen(t.Context()), retrier.ErrStopping)
		close(closed)
		require.NoError(t, <-result)
	})

	inBubble(t, "is refused until the Listen before it has returned", func(t *testing.T) {
		returning := make(chan struct{})
		api := retrier.New().BuildServer(runner.NewServer("api", func(context.Context) error {
			<-returning
			return nil
		}, nil))
		result := async(func() error { return api.Listen(t.Context()) })
		synctest.Wait()
		require.NoError(t, api.Close(t.Context()))
		require.ErrorIs(t, api.Listen(t.Context()), retrier.ErrStopping)
		close(returning)
		require.NoError(t, <-result)
	})

	t.Run("is possible after a Close that failed, which can be tried again too", func(t *testing.T) {
		var log events
		api := retrier.New().BuildServer(runner.NewServer("api",
			func(context.Context) error { log.add("listen api"); return nil },
			func(context.Context) error { log.add("close api"); return errRefused },
		))
		require.NoError(t, api.Listen(t.Context()))
		require.Equal(t, errRefused, api.Close(t.Context()))
		require.Equal(t, errRefused, api.Close(t.Context()))
		require.NoError(t, api.Listen(t.Context()))
		require.Equal(t, []string{"listen api", "close api", "close api", "listen api"}, log.all())
	})
}

func TestCloseOnce(t *testing.T) {
	inBubble(t, "closes the server should the context end because Close came before Listen", func(t *testing.T) {
		var log events
		ctx, cancel := context.WithCancel(t.Context())
		api := everySecond(1, 0).BuildServer(log.server()) // which does not look at its context
		require.NoError(t, api.Close(t.Context()))
		result := async(func() error { return api.Listen(ctx) })
		synctest.Wait()
		cancel()
		err := <-result
		require.ErrorIs(t, err, net.ErrClosed)
		require.ErrorIs(t, err, context.Canceled)
		require.NoError(t, api.Close(t.Context()))
		require.Equal(t, []string{"listen api", "close api"}, log.all())
	})

	inBubble(t, "tells an error of that Close", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		listen := func(ctx context.Context) error {
			<-ctx.Done()
			time.Sleep(time.Second) // the server is closed meanwhile
			return nil
		}
		for text, closes := range map[string]func(context.Context) error{
			"context canceled after 1 attempt: close: connection refused": fails,
			"context canceled after 1 attempt: close: panic: boom":        panics,
		} {
			api := retrier.New().BuildServer(runner.NewServer("api", listen, closes))
			result := async(func() error { return api.Listen(ctx) })
			synctest.Wait()
			cancel()
			require.EqualError(t, <-result, text)
			ctx, cancel = context.WithCancel(t.Context())
		}
		cancel()
	})

	inBubble(t, "closes a server once more that has returned nil too late", func(t *testing.T) {
		var log events
		api := retrier.New().BuildServer(log.server(func(context.Context) error {
			time.Sleep(time.Second)
			return nil
		}))
		result := async(func() error { return api.Listen(t.Context()) })
		synctest.Wait()
		require.NoError(t, api.Close(t.Context()))
		require.NoError(t, <-result)
		require.NoError(t, api.Close(t.Context()))
		require.NoError(t, api.Close(t.Context()))
		require.Equal(t, []string{"listen api", "close api", "close api"}, log.all())
	})

	inBubble(t, "closes a server before the next Listen that nobody has closed", func(t *testing.T) {
		closes := 0
		api := retrier.New().BuildServer(runner.NewServer("api", fails, func(context.Context) error {
			closes++
			return errRefused
		}))
		require.ErrorIs(t, api.Listen(t.Context()), retrier.ErrGaveUp)
		require.EqualError(t, api.Listen(t.Context()), "close before listening again: connection refused")
		require.ErrorIs(t, api.Listen(t.Context()), retrier.ErrGaveUp) // it was tried
		require.Equal(t, 1, closes)
	})
}
