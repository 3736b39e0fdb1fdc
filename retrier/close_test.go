package retrier_test

import (
	"context"
	"errors"
	"net"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cenkalti/backoff/v4"
	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/retrier"
	"github.com/go-fxservices/services/runner"
)

func TestClose(t *testing.T) {
	inBubble(t, "closes the server while it listens", func(t *testing.T) {
		var log events
		api := everySecond(3, 0).BuildServer(log.server())
		result := async(func() error { return api.Listen(t.Context()) })
		synctest.Wait()
		require.NoError(t, api.Close(t.Context()))
		require.Equal(t, net.ErrClosed, <-result) // as it is
		require.Equal(t, []string{"listen api", "close api"}, log.all())
	})

	t.Run("closes the server that serves in the background, and returns its error", func(t *testing.T) {
		busy := errors.New("busy")
		api := everySecond(3, 0).BuildServer(runner.NewServer("api", inBackground, func(context.Context) error { return busy }))
		require.NoError(t, api.Listen(t.Context()))
		require.Equal(t, busy, api.Close(t.Context()))
	})

	t.Run("does nothing the second time", func(t *testing.T) {
		var log events
		api := everySecond(3, 0).BuildServer(log.server(inBackground))
		require.NoError(t, api.Listen(t.Context()))
		require.NoError(t, api.Close(t.Context()))
		require.NoError(t, api.Close(t.Context()))
		require.Equal(t, []string{"listen api", "close api"}, log.all())
	})

	t.Run("keeps a Listen from listening that has just begun", func(t *testing.T) {
		var log events
		closing := &closer{}
		closing.server = everySecond(3, 0).Reporter(closing).BuildServer(log.server())
		require.NoError(t, closing.server.Listen(t.Context()))
		require.Empty(t, log.all())
	})

	inBubble(t, "ends a pause at once, with nothing left to close", func(t *testing.T) {
		var log events
		api := everySecond(3, 0).BuildServer(log.server(fails))
		result := async(func() error { return api.Listen(t.Context()) })
		synctest.Wait()
		begin := time.Now()
		require.NoError(t, api.Close(t.Context()))
		require.NoError(t, <-result)
		require.Zero(t, time.Since(begin))
		require.Equal(t, []string{"listen api", "close api"}, log.all())
	})

	inBubble(t, "closes the server once for each Listen of it", func(t *testing.T) {
		var log events
		api := everySecond(3, 0).BuildServer(log.server(fails, fails))
		result := async(func() error { return api.Listen(t.Context()) })
		time.Sleep(time.Minute)
		require.NoError(t, api.Close(t.Context()))
		require.Equal(t, net.ErrClosed, <-result)
		require.Equal(t, []string{"listen api", "close api", "listen api", "close api", "listen api", "close api"}, log.all())
	})

	t.Run("restarts nothing that fails after it, and lets the failure through", func(t *testing.T) {
		var log events
		for name, step := range map[string]func(context.Context) error{"connection refused": fails, "panic: boom": panics} {
			listening, release := make(chan struct{}), make(chan struct{})
			api := everySecond(3, 0).BuildServer(log.server(func(ctx context.Context) error {
				close(listening)
				<-release
				return step(ctx)
			}))
			result := async(func() error { return api.Listen(context.Background()) })
			<-listening
			require.NoError(t, api.Close(t.Context()))
			close(release)
			require.EqualError(t, <-result, name)
		}
	})

	t.Run("closes the server after a failure for good, once", func(t *testing.T) {
		var log events
		api := everySecond(0, 0).BuildServer(log.server(fails))
		require.Error(t, api.Listen(t.Context()))
		require.Equal(t, []string{"listen api"}, log.all())
		require.NoError(t, api.Close(t.Context()))
		require.NoError(t, api.Close(t.Context()))
		require.Equal(t, []string{"listen api", "close api"}, log.all())
	})

	t.Run("meets every moment of a crash loop", func(t *testing.T) {
		for range 200 {
			inner := &sound{}
			api := retrier.New().Backoff(&backoff.ZeroBackOff{}).Restarts(1<<30, 0).BuildServer(inner)
			ctx, cancel := context.WithCancel(context.Background())
			result := async(func() error { return api.Listen(ctx) })
			for range 3 {
				_ = api.IsReady(t.Context())
			}
			require.NoError(t, api.Close(t.Context()))
			cancel() // as a Runner does: Close may have come before Listen
			if err := <-result; err != nil && !errors.Is(err, context.Canceled) {
				require.Equal(t, errRefused, err)
			}
			require.NoError(t, api.Close(t.Context()))
			require.Equal(t, inner.listens, inner.closes)
		}
	})
}

// closer is a Reporter that closes the server it is told of.
type closer struct{ server *retrier.Server }

func (c *closer) BeforeRetry(ctx context.Context, _ runner.Service, _ int) {
	_ = c.server.Close(ctx)
}

// sound is a server that fails at once, and counts its calls.
type sound struct{ listens, closes int }

func (*sound) Name() string { return "api" }

func (s *sound) Listen(context.Context) error {
	s.listens++
	return errRefused
}

func (s *sound) Close(context.Context) error {
	s.closes++
	return nil
}
