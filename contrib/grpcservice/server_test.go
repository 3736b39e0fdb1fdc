package grpcservice_test

import (
	"context"
	"net"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/go-fxservices/services/contrib/grpcservice"
	"github.com/go-fxservices/services/runner"
	"github.com/go-fxservices/services/runner/runnertest"
)

func TestContract(t *testing.T) {
	runnertest.TestServer(t, func(*testing.T) runner.Server { return newServer((&echo{}).register) })
}

func TestListen(t *testing.T) {
	t.Run("answers, again after a Close", func(t *testing.T) {
		s := newServer((&echo{}).register)
		require.Equal(t, "grpc", s.Name())
		for range 2 {
			require.Nil(t, s.Addr())
			client, closed := listen(t, s)
			answer, err := call(t.Context(), client, "hello")
			require.NoError(t, err)
			require.Equal(t, "hello", answer)
			require.NoError(t, s.Close(t.Context()))
			require.NoError(t, closed())
		}
	})

	t.Run("names the address that is in use", func(t *testing.T) {
		l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
		require.NoError(t, err)
		defer l.Close()
		s := grpcservice.New(grpcservice.Config{Name: "api", Addr: l.Addr().String()})
		require.Equal(t, "api", s.Name())
		require.ErrorContains(t, s.Listen(t.Context()), "listen tcp "+l.Addr().String()+": bind: address already in use")
	})

	t.Run("refuses what cannot work", func(t *testing.T) {
		require.ErrorContains(t, grpcservice.New(grpcservice.Config{Addr: "9090"}).Listen(t.Context()),
			"grpcservice.Config: Addr: address 9090: missing port")
		require.ErrorContains(t, newServer(nil).Listen(t.Context()), "a function that registers services is nil")
	})

	t.Run("leaves the address free when a function that registers panics", func(t *testing.T) {
		l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
		require.NoError(t, err)
		require.NoError(t, l.Close())
		panics := true
		s := grpcservice.New(grpcservice.Config{Addr: l.Addr().String()}, func(grpc.ServiceRegistrar) {
			if panics {
				panic("boom")
			}
		})
		require.Panics(t, func() { _ = s.Listen(t.Context()) })
		panics = false
		_, closed := listen(t, s)
		require.NoError(t, s.Close(t.Context()))
		require.NoError(t, closed())
	})

	t.Run("ends with its context", func(t *testing.T) {
		s := newServer()
		ctx, cancel := context.WithCancel(t.Context())
		listened := make(chan error, 1)
		go func() { listened <- s.Listen(ctx) }()
		require.Eventually(t, func() bool { return s.IsReady(t.Context()) == nil }, time.Minute, time.Millisecond)
		cancel()
		require.NoError(t, <-listened)
	})
}

func TestClose(t *testing.T) {
	t.Run("waits for calls that run, and takes no others", func(t *testing.T) {
		began, release := make(chan struct{}), make(chan struct{})
		s := newServer((&echo{say: func(context.Context) error { close(began); <-release; return nil }}).register)
		client, closed := listen(t, s)
		type result struct {
			text string
			err  error
		}
		answered := make(chan result, 1)
		go func() {
			text, err := call(context.Background(), client, "slow")
			answered <- result{text, err}
		}()
		<-began
		addr := s.Addr().String()
		done := make(chan error, 1)
		go func() { done <- s.Close(context.Background()) }()
		require.Eventually(t, func() bool { return s.Addr() == nil }, time.Minute, time.Millisecond)
		require.Eventually(t, func() bool {
			conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", addr)
			if err == nil {
				_ = conn.Close()
			}
			return err != nil
		}, time.Minute, time.Millisecond)
		close(release)
		require.Equal(t, result{"slow", nil}, <-answered)
		require.NoError(t, <-done)
		require.NoError(t, closed())
	})

	t.Run("cuts off a stream that is open when its context ends, and names it", func(t *testing.T) {
		s := newServer((&echo{follow: func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }}).register)
		client, closed := listen(t, s)
		stream := open(t.Context(), t, client)
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
		defer cancel()
		err := s.Close(ctx)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		var cut *grpcservice.CutOffError
		require.ErrorAs(t, err, &cut)
		require.Equal(t, []string{follow}, cut.Calls)
		require.EqualError(t, err, "cut off: context deadline exceeded: calls: [/test.Echo/Follow]")
		require.Equal(t, codes.Unavailable, status.Code(stream.RecvMsg(nil)))
		require.NoError(t, closed())
	})

	t.Run("does not wait for a handler that looks at nothing", func(t *testing.T) {
		began, release := make(chan struct{}), make(chan struct{})
		s := newServer((&echo{say: func(context.Context) error { close(began); <-release; return nil }}).register)
		client, closed := listen(t, s)
		go func() { _, _ = call(context.Background(), client, "stuck") }()
		<-began
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		require.ErrorIs(t, s.Close(ctx), context.Canceled)
		close(release)
		require.NoError(t, closed())
	})
}

func TestOptions(t *testing.T) {
	t.Run("are those of the grpc.Server", func(t *testing.T) {
		intercepted := ""
		s := grpcservice.New(grpcservice.Config{Addr: "127.0.0.1:0", Options: []grpc.ServerOption{
			grpc.ChainUnaryInterceptor(func(ctx context.Context, in any, info *grpc.UnaryServerInfo, next grpc.UnaryHandler) (any, error) {
				intercepted = info.FullMethod
				return next(ctx, in)
			}),
		}}, (&echo{}).register)
		client, closed := listen(t, s)
		_, err := call(t.Context(), client, "hello")
		require.NoError(t, err)
		require.NoError(t, s.Close(t.Context()))
		require.NoError(t, closed())
		require.Equal(t, say, intercepted)
	})
}
