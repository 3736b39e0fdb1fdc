package httpserver_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"runtime"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/httpserver"
)

// newIdleClient leaves an idle connection of HTTP/2, in a bubble.
func newIdleClient(t *testing.T, pipes *pipeListener) {
	t.Helper()
	transport := &http.Transport{
		DialContext:       func(context.Context, string, string) (net.Conn, error) { return pipes.dial(), nil },
		TLSClientConfig:   clientTLS(),
		ForceAttemptHTTP2: true,
	}
	t.Cleanup(transport.CloseIdleConnections)
	require.Equal(t, "HTTP/2.0", get(&http.Client{Transport: transport}, "https://example.com"))
	synctest.Wait()
}

func TestCloseOfIdleHTTP2(t *testing.T) {
	_ = secure() // not in a bubble: it listens for a moment
	proto := func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, r.Proto) }

	t.Run("takes no longer than net/http", func(t *testing.T) {
		var theirs, ours time.Duration
		synctest.Test(t, func(t *testing.T) {
			pipes := newPipeListener()
			config, _ := certified()
			server := &http.Server{TLSConfig: config.Clone(), Handler: http.HandlerFunc(proto)}
			served := async(func() error { return server.ServeTLS(pipes, "", "") })
			newIdleClient(t, pipes)
			began := time.Now()
			require.NoError(t, server.Shutdown(t.Context()))
			theirs = time.Since(began)
			require.ErrorIs(t, <-served, http.ErrServerClosed)
		})
		synctest.Test(t, func(t *testing.T) {
			pipes := newPipeListener()
			server := newServer(proto, append(secure(), httpserver.ListenFunc(pipes.listen))...)
			result := listen(t, server)
			newIdleClient(t, pipes)
			began := time.Now()
			require.NoError(t, server.Close(t.Context()))
			ours = time.Since(began)
			require.NoError(t, <-result)
		})
		require.LessOrEqual(t, ours, theirs)
	})

	t.Run("is no cut-off at the end of its budget", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			pipes := newPipeListener()
			server := newServer(proto, append(secure(), httpserver.ListenFunc(pipes.listen))...)
			result := listen(t, server)
			newIdleClient(t, pipes)
			require.NoError(t, server.Close(ended()))
			require.NoError(t, <-result)
		})
	})

	for name, v := range map[string]version{"": http2TLS, " without TLS": http2Plain} {
		t.Run("waits for an answer"+name+" that is under way", func(t *testing.T) {
			handling, finish := make(chan struct{}), make(chan struct{})
			server := v.newServer(func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path == "/late" {
					close(handling)
					<-finish
				}
				hello(w, r)
			})
			result := listen(t, server)
			client, target, answer := v.newClient(t), v.url(server), make(chan string, 1)
			require.Equal(t, "hello", get(client, target)) // it was idle for a moment
			go func() { answer <- get(client, target+"/late") }()
			<-handling
			closed := async(func() error { return server.Close(t.Context()) })
			for server.Addr() != nil {
				runtime.Gosched()
			}
			require.Empty(t, closed)
			close(finish)
			require.Equal(t, "hello", <-answer)
			require.NoError(t, <-closed)
			require.NoError(t, <-result)
		})

		t.Run("counts an answer"+name+" that it cuts off", func(t *testing.T) {
			handling := make(chan struct{})
			server := v.newServer(func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path == "/late" {
					close(handling)
					<-r.Context().Done()
				}
				hello(w, r)
			})
			result := listen(t, server)
			client, target, answer := v.newClient(t), v.url(server), make(chan string, 1)
			require.Equal(t, "hello", get(client, target)) // it was idle for a moment
			go func() { answer <- get(client, target+"/late") }()
			<-handling
			require.EqualError(t, server.Close(ended()), "1 connection cut off")
			require.NoError(t, <-result)
			require.NotEqual(t, "hello", <-answer)
		})
	}
}
