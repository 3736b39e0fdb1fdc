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
		require.Equal(t, []string{"listen api", "close api"}, log.Lines())
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
		require.Equal(t, []string{"listen api", "close api"}, log.Lines())
	})

	t.Run("keeps a Listen that comes later from listening", func(t *testing.T) {
		var log events
		api := everySecond(3, 0).Reporter(&log).BuildServer(log.server())
		require.NoError(t, api.Close(t.Context()))
		err := api.Listen(t.Context())
		require.EqualError(t, err, "closed")
		require.ErrorIs(t, err, retrier.ErrClosed)
		require.ErrorIs(t, err, net.ErrClosed)
		require.Empty(t, log.Lines())
	})

	t.Run("keeps a Listen from listening that has just begun", func(t *testing.T) {
		var log events
		closing := &closer{}
		closing.server = everySecond(3, 0).Reporter(closing).BuildServer(log.server())
		require.NoError(t, closing.server.Listen(t.Context()))
		require.Empty(t, log.Lines())
	})

	inBubble(t, "ends a pause at once, with nothing to close", func(t *testing.T) {
		var log events
		api := everySecond(3, 0).BuildServer(log.server(fails))
		result := async(func() error { return api.Listen(t.Context()) })
		synctest.Wait()
		begin := time.Now()
		require.NoError(t, api.Close(t.Context()))
		require.NoError(t, <-result)
		require.Zero(t, time.Since(begin))
		require.Equal(t, []string{"listen api"}, log.Lines())
	})

	inBubble(t, "closes the server once after restarts", func(t *testing.T) {
		var log events
		api := everySecond(3, 0).BuildServer(log.server(fails, fails))
		result := async(func() error { return api.Listen(t.Context()) })
		time.Sleep(time.Minute)
		require.NoError(t, api.Close(t.Context()))
		require.Equal(t, net.ErrClosed, <-result)
		require.Equal(t, []string{"listen api", "listen api", "listen api", "close api"}, log.Lines())
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

	t.Run("does nothing after a failure for good", func(t *testing.T) {
		var log events
		api := everySecond(0, 0).BuildServer(log.server(fails))
		require.Error(t, api.Listen(t.Context()))
		require.NoError(t, api.Close(t.Context()))
		require.Equal(t, []string{"listen api"}, log.Lines())
	})

	t.Run("meets every moment of a crash loop", func(t *testing.T) {
		for range 200 {
			inner := &sound{}
			api := retrier.New().Backoff(&backoff.ZeroBackOff{}).Restarts(1<<30, 0).BuildServer(inner)
			result := async(func() error { return api.Listen(context.Background()) })
			for range 3 {
				_ = api.IsReady(t.Context())
			}
			require.NoError(t, api.Close(t.Context()))
			if err := <-result; err != nil && !errors.Is(err, retrier.ErrClosed) {
				require.Equal(t, errRefused, err)
			}
			require.LessOrEqual(t, inner.closes, 1)
		}
	})
}

// closer is a Reporter that closes the server it is told of.
type closer struct{ server *retrier.Server }

func (c *closer) BeforeRetry(ctx context.Context, _ runner.Service, _ int) {
	_ = c.server.Close(ctx)
}

// sound is a server that fails at once, and counts what closes it.
type sound struct{ closes int }

func (*sound) Name() string                 { return "api" }
func (*sound) Listen(context.Context) error { return errRefused }
func (s *sound) Close(context.Context) error {
	s.closes++
	return nil
}
