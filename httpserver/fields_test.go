package httpserver_test

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"runtime"
	"slices"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/httpserver"
)

type contextKey struct{}

// value answers with what the context of the request has.
func value(w http.ResponseWriter, r *http.Request) {
	text, _ := r.Context().Value(contextKey{}).(string)
	_, _ = io.WriteString(w, text)
}

// twice lets the server listen, test it, and close: two times.
func twice(t *testing.T, v version, server *httpserver.Server, test func(client *http.Client, url string)) {
	t.Helper()
	for range 2 {
		result := listenUntil(t, context.WithValue(context.Background(), contextKey{}, "of Listen"), server)
		client := v.newClient(t)
		test(client, v.url(server))
		client.CloseIdleConnections()
		require.NoError(t, server.Close(t.Context()))
		require.NoError(t, <-result)
	}
}

func TestProtocols(t *testing.T) {
	proto := func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, r.Proto) }
	for name, v := range versions {
		t.Run("speaks "+name, func(t *testing.T) {
			server := v.newServer(proto)
			twice(t, v, server, func(client *http.Client, url string) { require.Equal(t, v.proto, get(client, url)) })
		})
	}

	t.Run("speaks both without TLS", func(t *testing.T) {
		protocols := unencryptedHTTP2()
		protocols.SetHTTP1(true)
		server := newServer(proto, httpserver.Protocols(protocols))
		protocols.SetHTTP1(false) // of no account: the server has a copy
		for _, v := range []version{http1Plain, http2Plain} {
			twice(t, v, server, func(client *http.Client, url string) { require.Equal(t, v.proto, get(client, url)) })
		}
	})

	t.Run("speaks no HTTP/2 when told so", func(t *testing.T) {
		var protocols http.Protocols
		protocols.SetHTTP1(true)
		server := http2TLS.newServer(proto, httpserver.Protocols(&protocols))
		twice(t, http2TLS, server, func(client *http.Client, url string) { require.Equal(t, "HTTP/1.1", get(client, url)) })
	})

	t.Run("leaves the TLS configuration as it was", func(t *testing.T) {
		config, _ := certified()
		twice(t, http2TLS, newServer(proto, httpserver.TLS(config)), func(client *http.Client, url string) {
			require.Equal(t, "HTTP/2.0", get(client, url))
		})
		require.Empty(t, config.NextProtos)
	})
}

func TestConnState(t *testing.T) {
	for name, c := range map[string]struct {
		version
		is func(net.Conn) bool
	}{
		"as the listener accepted it": {http1Plain, func(c net.Conn) bool { _, ok := c.(*net.TCPConn); return ok }},
		"as a *tls.Conn":              {http1TLS, func(c net.Conn) bool { _, ok := c.(*tls.Conn); return ok }},
	} {
		t.Run("gets each connection "+name, func(t *testing.T) {
			var mu sync.Mutex
			var states []http.ConnState
			closed := make(chan struct{}, 2)
			server := c.newServer(hello, httpserver.ConnState(func(conn net.Conn, state http.ConnState) {
				mu.Lock()
				defer mu.Unlock()
				if states = append(states, state); !c.is(conn) {
					t.Errorf("got a %T", conn)
				}
				if state == http.StateClosed {
					closed <- struct{}{}
				}
			}))
			twice(t, c.version, server, func(client *http.Client, url string) { require.Equal(t, "hello", get(client, url)) })
			<-closed
			<-closed
			mu.Lock()
			defer mu.Unlock()
			once := []http.ConnState{http.StateNew, http.StateActive, http.StateIdle, http.StateClosed}
			require.ElementsMatch(t, slices.Concat(once, once), states)
		})
	}

	t.Run("can be none", func(t *testing.T) {
		server := newServer(hello, httpserver.ConnState(nil), httpserver.ConnContext(nil), httpserver.Configure(nil))
		twice(t, http1Plain, server, func(client *http.Client, url string) { require.Equal(t, "hello", get(client, url)) })
	})
}

func TestConnContext(t *testing.T) {
	for name, v := range versions {
		t.Run("makes the contexts of requests of "+name, func(t *testing.T) {
			server := v.newServer(value, httpserver.ConnContext(func(ctx context.Context, c net.Conn) context.Context {
				return context.WithValue(ctx, contextKey{}, ctx.Value(contextKey{}).(string)+", of "+c.LocalAddr().String())
			}))
			twice(t, v, server, func(client *http.Client, url string) {
				require.Equal(t, "of Listen, of "+url[len(v.scheme):], get(client, url))
			})
		})
	}

	t.Run("must not return nil, as in net/http", func(t *testing.T) {
		server := newServer(hello, httpserver.ConnContext(func(context.Context, net.Conn) context.Context {
			return nil
		}))
		panicked := make(chan any, 1)
		go func() {
			defer func() { panicked <- recover() }()
			_ = server.Listen(context.Background())
		}()
		for server.IsReady(t.Context()) != nil {
			runtime.Gosched()
		}
		conn := dial(t, server)
		require.Equal(t, "ConnContext returned nil", <-panicked)
		_, err := conn.Read(make([]byte, 1))
		require.ErrorIs(t, err, io.EOF, "the server has let go of it")
		require.NoError(t, server.Close(t.Context()))
	})
}

func TestConfigure(t *testing.T) {
	t.Run("gets a new http.Server for each Listen, with the other options set", func(t *testing.T) {
		var seen []*http.Server
		server := http2Plain.newServer(hello, httpserver.MaxHeaderBytes(5000), httpserver.Configure(func(s *http.Server) {
			seen = append(seen, s)
			if s.ReadTimeout != httpserver.DefaultReadTimeout || s.MaxHeaderBytes != 5000 || s.Protocols.String() != "{UnencryptedHTTP2}" {
				t.Errorf("%v, %v, %v", s.ReadTimeout, s.MaxHeaderBytes, s.Protocols)
			}
			s.Protocols.SetHTTP2(true) // does not last
		}))
		twice(t, http2Plain, server, func(client *http.Client, url string) { require.Equal(t, "hello", get(client, url)) })
		require.Len(t, seen, 2)
		require.NotSame(t, seen[0], seen[1])
	})

	t.Run("wraps the handler, in order", func(t *testing.T) {
		within := func(text string) httpserver.Option {
			return httpserver.Configure(func(s *http.Server) {
				inner := s.Handler
				s.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					_, _ = io.WriteString(w, text)
					inner.ServeHTTP(w, r)
				})
			})
		}
		server := newServer(hello, within("inner "), within("outer "))
		twice(t, http1Plain, server, func(client *http.Client, url string) { require.Equal(t, "outer inner hello", get(client, url)) })
	})

	t.Run("can set the handler", func(t *testing.T) {
		server := httpserver.New(nil, httpserver.Addr("127.0.0.1:0"), httpserver.Configure(func(s *http.Server) {
			s.Handler = http.HandlerFunc(hello)
		}))
		twice(t, http1Plain, server, func(client *http.Client, url string) { require.Equal(t, "hello", get(client, url)) })
	})

	t.Run("has the last word on hooks, and Close still waits", func(t *testing.T) {
		server := newServer(value, httpserver.Configure(func(s *http.Server) {
			s.ConnState = func(net.Conn, http.ConnState) {}
			s.ConnContext = func(ctx context.Context, _ net.Conn) context.Context {
				return context.WithValue(ctx, contextKey{}, "of Configure")
			}
		}), httpserver.ConnContext(func(context.Context, net.Conn) context.Context { panic("not this one") }))
		twice(t, http1Plain, server, func(client *http.Client, url string) {
			require.Equal(t, "of Configure", get(client, url))
		})
	})

	t.Run("can set the parent of the contexts of requests", func(t *testing.T) {
		type otherKey struct{}
		closing, handling := make(chan struct{}), make(chan struct{})
		server := newServer(func(w http.ResponseWriter, r *http.Request) {
			close(handling)
			<-httpserver.Closing(r.Context())
			close(closing)
			<-r.Context().Done()
			text, _ := r.Context().Value(otherKey{}).(string)
			if cause := context.Cause(r.Context()); text != "of Configure" || !errors.Is(cause, context.DeadlineExceeded) {
				t.Errorf("%q, %v", text, cause)
			}
		}, httpserver.Configure(func(s *http.Server) {
			s.BaseContext = func(net.Listener) context.Context {
				return context.WithValue(context.Background(), otherKey{}, "of Configure")
			}
		}))
		result := listen(t, server)
		_, err := io.WriteString(dial(t, server), helloRequest)
		require.NoError(t, err)
		<-handling
		ctx, cancel := context.WithCancelCause(t.Context())
		closed := async(func() error { return server.Close(ctx) })
		<-closing
		cancel(context.DeadlineExceeded)
		require.EqualError(t, <-closed, "1 connection cut off")
		require.NoError(t, <-result)
	})
}
