package httpserver_test

import (
	"bufio"
	"context"
	"crypto/tls"
	"io"
	"log"
	"net"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/httpserver"
	"github.com/go-fxservices/services/runner"
)

const helloRequest = "GET / HTTP/1.1\r\nHost: x\r\n\r\n"

// newConnections are ways in which a client can connect without a request.
var newConnections = map[string]struct {
	opts    func() []httpserver.Option
	connect func(*testing.T, net.Conn) net.Conn // returns what requests are sent through
}{
	"without TLS":            {http1Plain.server, func(_ *testing.T, c net.Conn) net.Conn { return c }},
	"under TLS":              {secure, func(t *testing.T, c net.Conn) net.Conn { return handshake(t, c, "http/1.1") }},
	"under TLS for HTTP/2":   {secure, func(t *testing.T, c net.Conn) net.Conn { return handshake(t, c, "h2") }},
	"before its handshake":   {secure, func(_ *testing.T, c net.Conn) net.Conn { return c }},
	"halfway through a line": {http1Plain.server, func(t *testing.T, c net.Conn) net.Conn { return begun(t, c) }},
}

// quiet keeps handshakes that fail out of the output of the tests.
var quiet = httpserver.ErrorLog(log.New(io.Discard, "", 0))

func handshake(t *testing.T, c net.Conn, protocol string) net.Conn {
	t.Helper()
	config := clientTLS()
	config.NextProtos = []string{protocol}
	encrypted := tls.Client(c, config)
	require.NoError(t, encrypted.HandshakeContext(t.Context()))
	require.Equal(t, protocol, encrypted.ConnectionState().NegotiatedProtocol)
	return encrypted
}

// discard reads what comes until the connection ends: those of net.Pipe have no buffer.
func discard(c net.Conn) {
	go func() { _, _ = io.Copy(io.Discard, c) }()
}

func begun(t *testing.T, c net.Conn) net.Conn {
	t.Helper()
	_, err := io.WriteString(c, "GET ")
	require.NoError(t, err)
	return c
}

func TestCloseOfNewConnections(t *testing.T) {
	_ = secure() // not in a bubble: it listens for a moment
	for name, c := range newConnections {
		// serve returns a server in a bubble that waits for a request on a new connection.
		serve := func(t *testing.T) (*httpserver.Server, <-chan error) {
			t.Helper()
			pipes := newPipeListener()
			server := newServer(hello, append(c.opts(), httpserver.ListenFunc(pipes.listen), quiet)...)
			result := listen(t, server)
			discard(c.connect(t, pipes.dial()))
			synctest.Wait()
			return server, result
		}

		t.Run("gives half a second to one "+name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server, result := serve(t)
				began := time.Now()
				require.NoError(t, server.Close(t.Context()))
				require.Equal(t, 500*time.Millisecond, time.Since(began))
				require.NoError(t, <-result)
			})
		})

		t.Run("does not count as cut off one "+name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server, result := serve(t)
				require.NoError(t, server.Close(ended()))
				require.NoError(t, <-result)
			})
		})
	}

	for name, connect := range map[string]func(*testing.T, net.Conn) net.Conn{
		"":           func(_ *testing.T, c net.Conn) net.Conn { return c },
		" under TLS": func(t *testing.T, c net.Conn) net.Conn { return handshake(t, c, "http/1.1") },
	} {
		t.Run("answers a request"+name+" that comes in time", func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				pipes := newPipeListener()
				opts := options(httpserver.ListenFunc(pipes.listen))
				if name != "" {
					opts = append(opts, secure()...)
				}
				server := newServer(hello, opts...)
				result := listen(t, server)
				client := connect(t, pipes.dial())
				synctest.Wait()
				closed := async(func() error { return server.Close(t.Context()) })
				time.Sleep(400 * time.Millisecond)
				go func() { _, _ = io.WriteString(client, helloRequest) }()
				response, err := http.ReadResponse(bufio.NewReader(client), nil)
				require.NoError(t, err)
				answer, err := io.ReadAll(response.Body)
				require.NoError(t, err)
				require.Equal(t, "hello", string(answer))
				require.True(t, response.Close)
				discard(client)
				require.NoError(t, <-closed)
				require.NoError(t, <-result)
			})
		})
	}

	t.Run("answers a request that comes at the same time", func(t *testing.T) {
		for range 200 {
			accepted := make(chan struct{}, 1)
			server := newServer(hello, httpserver.ConnState(func(_ net.Conn, state http.ConnState) {
				if state == http.StateNew {
					accepted <- struct{}{}
				}
			}))
			result := listen(t, server)
			conn := dial(t, server)
			<-accepted
			_, err := io.WriteString(conn, helloRequest)
			require.NoError(t, err)
			closed := async(func() error { return server.Close(t.Context()) })
			answer, err := io.ReadAll(conn)
			require.NoError(t, err)
			require.Contains(t, string(answer), "hello")
			require.NoError(t, <-closed)
			require.NoError(t, <-result)
		}
	})

	t.Run("is no failure of a Run, over TCP", func(t *testing.T) {
		config, _ := certified()
		server := newServer(hello, httpserver.TLS(config), quiet)
		r := runner.NewRunner(runner.WithSignals(), runner.WithStopTimeout(4*time.Second)) // net/http alone would take 5 s
		ctx, cancel := context.WithCancel(t.Context())
		require.NoError(t, r.Start(ctx, server))
		defer cancel()
		handshake(t, dial(t, server), "http/1.1")
		handshake(t, dial(t, server), "h2")
		require.NoError(t, r.Finish(t.Context()))
	})
}
