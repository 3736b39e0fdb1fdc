package httpserver_test

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/httpserver"
)

func TestClose(t *testing.T) {
	t.Run("waits for the answer of a request in flight", func(t *testing.T) {
		handling, finish := make(chan struct{}), make(chan struct{})
		server := newServer(func(w http.ResponseWriter, r *http.Request) {
			close(handling)
			<-finish
			assertNoError(t, r.Context().Err())
			hello(w, r)
		})
		result := listen(t, server)
		answer := make(chan string, 1)
		client, target := newClient(t), url(server)
		go func() { answer <- get(client, target) }()
		<-handling
		closed := async(func() error { return server.Close(t.Context()) })
		for server.Addr() != nil { // closing has not begun
			runtime.Gosched()
		}
		require.Empty(t, result)
		close(finish)
		require.Equal(t, "hello", <-answer)
		require.NoError(t, <-closed)
		require.NoError(t, <-result)
	})

	t.Run("closes idle connections at once", func(t *testing.T) {
		server := newServer(hello)
		result := listen(t, server)
		conn := dial(t, server)
		_, err := conn.Write([]byte("GET / HTTP/1.1\r\nHost: x\r\n\r\n"))
		require.NoError(t, err)
		reader := bufio.NewReader(conn)
		response, err := http.ReadResponse(reader, nil)
		require.NoError(t, err)
		_, err = io.ReadAll(response.Body)
		require.NoError(t, err)
		require.False(t, response.Close)

		require.NoError(t, server.Close(t.Context()))
		require.NoError(t, <-result)
		_, err = reader.ReadByte()
		require.ErrorIs(t, err, io.EOF)
	})

	t.Run("cuts off a stream at the end of its budget", func(t *testing.T) {
		left := make(chan error, 1)
		server := newServer(func(w http.ResponseWriter, r *http.Request) {
			hello(w, r)
			_ = http.NewResponseController(w).Flush()
			<-r.Context().Done()
			left <- context.Cause(r.Context())
		})
		result := listen(t, server)
		response, err := newClient(t).Get(url(server))
		require.NoError(t, err)
		defer response.Body.Close()
		outOfTime := errors.New("out of time")
		ctx, cancel := context.WithCancelCause(t.Context())
		closed := async(func() error { return server.Close(ctx) })
		cancel(outOfTime)
		err = <-closed
		require.EqualError(t, err, "1 connection cut off")
		require.ErrorIs(t, err, outOfTime)
		require.NoError(t, <-result)
		require.ErrorIs(t, <-left, outOfTime)
		_, err = io.ReadAll(response.Body)
		require.Error(t, err)
	})

	t.Run("answers no request that it cuts off, though the handler returns", func(t *testing.T) {
		ended, cancel := context.WithCancel(t.Context())
		cancel()
		for range 300 {
			handling := make(chan struct{})
			server := newServer(func(_ http.ResponseWriter, r *http.Request) {
				close(handling)
				<-r.Context().Done()
			})
			result := listen(t, server)
			conn := dial(t, server)
			_, err := conn.Write([]byte("GET / HTTP/1.1\r\nHost: x\r\n\r\n"))
			require.NoError(t, err)
			<-handling
			require.Error(t, server.Close(ended))
			require.NoError(t, <-result)
			answer, _ := io.ReadAll(conn)
			require.Empty(t, string(answer))
		}
	})

	t.Run("tells a stream that it is time to finish", func(t *testing.T) {
		streaming := make(chan struct{})
		server := newServer(func(w http.ResponseWriter, r *http.Request) {
			close(streaming)
			<-httpserver.Closing(r.Context())
			hello(w, r)
		})
		result := listen(t, server)
		answer := make(chan string, 1)
		client, target := newClient(t), url(server)
		go func() { answer <- get(client, target) }()
		<-streaming
		require.NoError(t, server.Close(t.Context()))
		require.NoError(t, <-result)
		require.Equal(t, "hello", <-answer)
	})

	t.Run("waits for hijacked connections", func(t *testing.T) {
		hijacked := make(chan net.Conn, 1)
		server := newServer(hijack(t, hijacked))
		result := listen(t, server)
		upgrade(t, dial(t, server))
		conn := <-hijacked
		closed := async(func() error { return server.Close(t.Context()) })
		for server.Addr() != nil {
			runtime.Gosched()
		}
		require.Empty(t, result)
		require.IsType(t, (*net.TCPConn)(nil), conn.(interface{ NetConn() net.Conn }).NetConn())
		require.NoError(t, conn.Close())
		require.NoError(t, <-closed)
		require.NoError(t, <-result)
	})

	t.Run("cuts off hijacked connections at the end of its budget", func(t *testing.T) {
		hijacked := make(chan net.Conn, 2)
		server := newServer(hijack(t, hijacked))
		result := listen(t, server)
		clients := []net.Conn{dial(t, server), dial(t, server)}
		for _, client := range clients {
			upgrade(t, client)
		}
		err := server.Close(ended())
		require.EqualError(t, err, "2 connections cut off")
		require.ErrorIs(t, err, context.Canceled)
		var cutOff *httpserver.CutOffError
		require.ErrorAs(t, err, &cutOff)
		require.Equal(t, 2, cutOff.Connections)
		require.NoError(t, <-result)
		for _, client := range clients {
			_, err := client.Read(make([]byte, 1))
			require.ErrorIs(t, err, io.EOF)
			_, err = (<-hijacked).Write([]byte("x"))
			require.ErrorIs(t, err, net.ErrClosed)
		}
	})

	t.Run("can be called many times at once", func(t *testing.T) {
		handling, finish := make(chan struct{}), make(chan struct{})
		server := newServer(func(http.ResponseWriter, *http.Request) {
			close(handling)
			<-finish
		})
		result := listen(t, server)
		_, err := dial(t, server).Write([]byte("GET / HTTP/1.1\r\nHost: x\r\n\r\n"))
		require.NoError(t, err)
		<-handling
		closed := make(chan error, 3)
		for range cap(closed) {
			go func() { closed <- server.Close(t.Context()) }()
		}
		close(finish)
		for range cap(closed) {
			require.NoError(t, <-closed)
		}
		require.NoError(t, <-result)
	})

	t.Run("frees the address while it is being bound", func(t *testing.T) {
		binding := make(chan struct{})
		server := newServer(hello, httpserver.ListenFunc(func(ctx context.Context) (net.Listener, error) {
			close(binding)
			<-ctx.Done()
			return net.Listen("tcp", "127.0.0.1:0")
		}))
		result := async(func() error { return server.Listen(context.Background()) })
		<-binding
		require.NoError(t, server.Close(t.Context()))
		require.NoError(t, <-result)
	})

	t.Run("ends a Listen that has just begun", func(t *testing.T) {
		for range 200 {
			server := newServer(hello)
			result := async(func() error { return server.Listen(context.Background()) })
			require.NoError(t, server.Close(t.Context()))
			require.NoError(t, <-result)
		}
	})
}
