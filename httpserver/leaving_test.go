package httpserver_test

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/httpserver"
	"github.com/go-fxservices/services/internal/drain"
)

// drainable lets a server listen, and returns what begins its drain.
func drainable(t *testing.T, server *httpserver.Server) (begin func(), result <-chan error) {
	t.Helper()
	begins := make(chan struct{})
	return sync.OnceFunc(func() { close(begins) }), listenUntil(t, drain.With(context.Background(), begins), server)
}

// closedConns is a ConnState that sends the address of each client whose connection has ended.
func closedConns(closed chan<- string) httpserver.Option {
	return httpserver.ConnState(func(c net.Conn, state http.ConnState) {
		if state == http.StateClosed {
			closed <- c.RemoteAddr().String()
		}
	})
}

// from answers with the address of the client.
func from(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, r.RemoteAddr) }

func TestDrainingAnswers(t *testing.T) {
	for name, v := range versions {
		t.Run("keep clients of "+name+" from coming back on their connections", func(t *testing.T) {
			closed := make(chan string, 10)
			server := v.newServer(from, closedConns(closed))
			begin, result := drainable(t, server)
			client, target := v.newClient(t), v.url(server)
			first := get(client, target)
			require.Equal(t, first, get(client, target), "a connection is kept")
			begin()
			require.Equal(t, first, get(client, target), "an idle connection is not closed")
			require.Equal(t, first, <-closed, "the answer ends the connection")
			second := get(client, target)
			require.NotEqual(t, first, second)
			require.Equal(t, second, <-closed)
			require.NoError(t, server.Close(t.Context()))
			require.NoError(t, <-result)
		})

		t.Run("ask clients of "+name+" to leave when the request came before the drain", func(t *testing.T) {
			closed, handling, finish := make(chan string, 10), make(chan struct{}), make(chan struct{})
			server := v.newServer(func(w http.ResponseWriter, r *http.Request) {
				close(handling)
				<-finish
				from(w, r)
			}, closedConns(closed))
			begin, result := drainable(t, server)
			client, target, answer := v.newClient(t), v.url(server), make(chan string, 1)
			go func() { answer <- get(client, target) }()
			<-handling
			begin()
			close(finish)
			require.Equal(t, <-answer, <-closed)
			require.NoError(t, server.Close(t.Context()))
			require.NoError(t, <-result)
		})

		t.Run("lose no request of "+name, func(t *testing.T) {
			server := v.newServer(func(w http.ResponseWriter, r *http.Request) { _, _ = io.Copy(w, r.Body) })
			begin, result := drainable(t, server)
			client, target := v.newClient(t), v.url(server)
			var clients sync.WaitGroup
			for c := range 4 {
				clients.Go(func() {
					for i := range 50 {
						if c == 0 && i == 25 {
							begin()
						}
						body := fmt.Sprintf("request %d of %d", i, c)
						response, err := client.Post(target, "text/plain", strings.NewReader(body))
						if !assertNoError(t, err) {
							continue
						}
						echo, err := io.ReadAll(response.Body)
						response.Body.Close()
						if assertNoError(t, err) && string(echo) != body {
							t.Errorf("%q was answered with %q", body, echo)
						}
					}
				})
			}
			clients.Wait()
			require.NoError(t, server.Close(t.Context()))
			require.NoError(t, <-result)
		})
	}
}

// Each case is a way to answer.
func TestDrainingAnswersOfAnyHandler(t *testing.T) {
	for name, answer := range map[string]http.HandlerFunc{
		"writes nothing":     func(http.ResponseWriter, *http.Request) {},
		"writes a code":      func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) },
		"writes a body":      hello,
		"writes a string":    func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "hello") },
		"copies a body":      func(w http.ResponseWriter, _ *http.Request) { _, _ = io.Copy(w, io.LimitReader(zeros{}, 10)) },
		"flushes":            func(w http.ResponseWriter, _ *http.Request) { w.(http.Flusher).Flush() },
		"flushes by control": func(w http.ResponseWriter, _ *http.Request) { _ = http.NewResponseController(w).Flush() },
		"writes early hints": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusEarlyHints) },
		"wants to be kept": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Connection", "keep-alive")
			hello(w, r)
		},
		"answers with an error": http.NotFound,
	} {
		for version, v := range versions {
			t.Run("end the connection of "+version+" when the handler "+name, func(t *testing.T) {
				closed := make(chan string, 1)
				server := v.newServer(answer, closedConns(closed))
				begin, result := drainable(t, server)
				begin()
				response, err := v.newClient(t).Get(v.url(server))
				require.NoError(t, err)
				require.NoError(t, response.Body.Close())
				require.Equal(t, v.proto == "HTTP/1.1", response.Close, "HTTP/2 has no such header")
				<-closed
				require.NoError(t, server.Close(t.Context()))
				require.NoError(t, <-result)
			})
		}
	}

	t.Run("leave the header of another protocol alone", func(t *testing.T) {
		server := newServer(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Connection", "Upgrade")
			w.WriteHeader(http.StatusSwitchingProtocols)
		})
		begin, result := drainable(t, server)
		begin()
		conn := dial(t, server)
		_, err := io.WriteString(conn, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
		require.NoError(t, err)
		response, err := http.ReadResponse(bufio.NewReader(conn), nil)
		require.NoError(t, err)
		require.Equal(t, []string{"Upgrade"}, response.Header.Values("Connection"))
		require.NoError(t, conn.Close())
		require.NoError(t, server.Close(t.Context()))
		require.NoError(t, <-result)
	})

	t.Run("leave informational headers alone", func(t *testing.T) {
		server := newServer(func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(http.StatusEarlyHints)
			hello(w, r)
		})
		begin, result := drainable(t, server)
		begin()
		conn := dial(t, server)
		_, err := io.WriteString(conn, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
		require.NoError(t, err)
		answer, err := io.ReadAll(conn)
		require.NoError(t, err)
		hints, final, _ := bytes.Cut(answer, []byte("\r\n\r\n"))
		require.NotContains(t, string(hints), "Connection")
		require.Contains(t, string(final), "Connection: close\r\n")
		require.NoError(t, server.Close(t.Context()))
		require.NoError(t, <-result)
	})
}

// zeros is a Reader without an end, and without methods that io.Copy looks for.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

func TestAnswersBeforeTheDrain(t *testing.T) {
	t.Run("keep connections", func(t *testing.T) {
		server := newServer(hello)
		_, result := drainable(t, server)
		response, err := newClient(t).Get(url(server))
		require.NoError(t, err)
		require.NoError(t, response.Body.Close())
		require.False(t, response.Close)
		require.NoError(t, server.Close(t.Context()))
		require.NoError(t, <-result)
	})

	for name, v := range versions {
		t.Run("have the methods that net/http gives to "+name, func(t *testing.T) {
			methods := make(chan string, 2)
			server := v.newServer(func(w http.ResponseWriter, _ *http.Request) { methods <- methodsOf(w) })
			client := v.newClient(t)
			ask := func(result <-chan error) {
				require.Empty(t, get(client, v.url(server)))
				client.CloseIdleConnections()
				require.NoError(t, server.Close(t.Context()))
				require.NoError(t, <-result)
			}
			ask(listen(t, server))
			_, result := drainable(t, server)
			ask(result)
			plain := <-methods
			require.Equal(t, plain, <-methods)
		})
	}
}

// methodsOf names what a handler can find out about a ResponseWriter.
func methodsOf(w http.ResponseWriter) string {
	_, flusher := w.(http.Flusher)
	_, hijacker := w.(http.Hijacker)
	_, pusher := w.(http.Pusher)
	_, notifier := w.(interface{ CloseNotify() <-chan bool })
	_, from := w.(io.ReaderFrom)
	_, text := w.(io.StringWriter)
	_, duplex := w.(interface{ EnableFullDuplex() error })
	return fmt.Sprint(flusher, hijacker, pusher, notifier, from, text, duplex)
}
