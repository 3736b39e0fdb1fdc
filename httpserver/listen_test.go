package httpserver_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/httpserver"
)

func TestListen(t *testing.T) {
	t.Run("answers requests until it is closed", func(t *testing.T) {
		server := newServer(hello)
		require.Nil(t, server.Addr())
		require.EqualError(t, server.IsReady(t.Context()), "not listening")
		result := listen(t, server)

		response, err := newClient(t).Get(url(server))
		require.NoError(t, err)
		body, err := io.ReadAll(response.Body)
		require.NoError(t, err)
		require.NoError(t, response.Body.Close())
		require.Equal(t, "hello", string(body))

		addr := server.Addr().String()
		require.NoError(t, server.Close(t.Context()))
		require.NoError(t, <-result)
		require.Nil(t, server.Addr())
		require.EqualError(t, server.IsReady(t.Context()), "not listening")
		_, err = net.Dial("tcp", addr)
		require.ErrorContains(t, err, "refused")
	})

	t.Run("says that the address is in use", func(t *testing.T) {
		taken, err := net.Listen("tcp", "127.0.0.1:0")
		require.NoError(t, err)
		defer taken.Close()
		server := httpserver.New(http.NotFoundHandler(), httpserver.Addr(taken.Addr().String()))
		err = server.Listen(t.Context())
		require.EqualError(t, err, "listen tcp "+taken.Addr().String()+": bind: address already in use")
		require.EqualError(t, server.IsReady(t.Context()), "not listening")
		require.NoError(t, server.Close(t.Context()))

		require.NoError(t, taken.Close())
		result := listen(t, server)
		require.NoError(t, server.Close(t.Context()))
		require.NoError(t, <-result)
	})

	t.Run("refuses a nil handler", func(t *testing.T) {
		require.EqualError(t, httpserver.New(nil).Listen(t.Context()), "no handler")
	})

	t.Run("refuses to listen twice at once", func(t *testing.T) {
		server := newServer(hello)
		result := listen(t, server)
		require.EqualError(t, server.Listen(t.Context()), "already listening")
		require.NoError(t, server.IsReady(t.Context()))
		require.NoError(t, server.Close(t.Context()))
		require.NoError(t, <-result)
	})

	t.Run("works again after Close", func(t *testing.T) {
		server := newServer(hello)
		client := newClient(t)
		for range 3 {
			result := listen(t, server)
			response, err := client.Get(url(server))
			require.NoError(t, err)
			require.NoError(t, response.Body.Close())
			require.NoError(t, server.Close(t.Context()))
			require.NoError(t, <-result)
		}
	})

	t.Run("works again as soon as Close has returned", func(t *testing.T) {
		server := newServer(hello)
		for range 50 {
			result := listen(t, server)
			require.NoError(t, server.Close(t.Context()))
			next := listen(t, server)
			require.NoError(t, <-result)
			require.NoError(t, server.IsReady(t.Context()))
			require.NoError(t, server.Close(t.Context()))
			require.NoError(t, <-next)
		}
	})

	t.Run("returns at once when it was closed before", func(t *testing.T) {
		server := newServer(hello)
		require.NoError(t, server.Close(t.Context()))
		require.NoError(t, server.Close(t.Context()))
		require.NoError(t, server.Listen(t.Context()))
		result := listen(t, server)
		require.NoError(t, server.Close(t.Context()))
		require.NoError(t, server.Close(t.Context()))
		require.NoError(t, <-result)
		result = listen(t, server)
		require.NoError(t, server.Close(t.Context()))
		require.NoError(t, <-result)
	})

	t.Run("does not begin when its context has ended", func(t *testing.T) {
		require.NoError(t, newServer(hello).Listen(ended()))
	})

	t.Run("cuts off what is in flight when its context ends", func(t *testing.T) {
		handling, cause := make(chan struct{}), errors.New("enough")
		requestCause := make(chan error, 1)
		server := newServer(func(_ http.ResponseWriter, r *http.Request) {
			close(handling)
			<-r.Context().Done()
			requestCause <- context.Cause(r.Context())
		})
		ctx, cancel := context.WithCancelCause(context.Background())
		result := listenUntil(t, ctx, server)
		_, err := dial(t, server).Write([]byte("GET / HTTP/1.1\r\nHost: x\r\n\r\n"))
		require.NoError(t, err)
		<-handling
		cancel(cause)
		require.NoError(t, <-result)
		require.ErrorIs(t, <-requestCause, cause)
		require.NoError(t, server.Close(t.Context()))
	})

	t.Run("returns the error of a listener that breaks", func(t *testing.T) {
		listener := make(chan net.Listener, 1)
		server := newServer(hello, httpserver.ListenFunc(func(context.Context) (net.Listener, error) {
			l, err := net.Listen("tcp", "127.0.0.1:0")
			listener <- l
			return l, err
		}))
		result := listen(t, server)
		conn := dial(t, server)
		require.NoError(t, (<-listener).Close())
		require.ErrorIs(t, <-result, net.ErrClosed)
		require.EqualError(t, server.IsReady(t.Context()), "not listening")
		_, err := io.ReadAll(conn)
		require.NotErrorIs(t, err, context.DeadlineExceeded) // it ended: the server has let go of it
	})
}
