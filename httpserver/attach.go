package httpserver

import (
	"context"
	"net"
	"net/http"
)

// connKey is the key of the conn in the context of its requests.
type connKey struct{}

// attach puts the session around what the user has set in its http.Server.
func (s *session) attach() {
	s.server.Handler = s.handler(s.server.Handler)
	s.server.BaseContext = s.baseContext(s.server.BaseContext)
	s.server.ConnContext = connContext(s.server.ConnContext)
	s.server.ConnState = connState(s.server.ConnState)
}

func (s *session) handler(own http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if c, _ := r.Context().Value(connKey{}).(*conn); c != nil {
			c.enter(r.ProtoMajor)
		}
		if s.drains == nil {
			own.ServeHTTP(w, r)
			return
		}
		answerDraining(own, w, r, s.drains)
	})
}

// baseContext returns the parent of the contexts of requests. One of the user's own gets all that makes a request end.
func (s *session) baseContext(own func(net.Listener) context.Context) func(net.Listener) context.Context {
	if own == nil {
		return func(net.Listener) context.Context { return s.requests }
	}
	return func(l net.Listener) context.Context {
		ctx := own(l)
		if ctx == nil {
			return nil // net/http panics, and says why
		}
		ctx, cancel := context.WithCancelCause(context.WithValue(ctx, closingKey{}, s.binding.Done()))
		s.alsoCancel(cancel)
		return ctx
	}
}

func connContext(own func(context.Context, net.Conn) context.Context) func(context.Context, net.Conn) context.Context {
	return func(ctx context.Context, c net.Conn) context.Context {
		if own != nil {
			if ctx = own(ctx, accepted(c)); ctx == nil {
				return nil // net/http panics, and says why
			}
		}
		return context.WithValue(ctx, connKey{}, tracked(c))
	}
}

func connState(own func(net.Conn, http.ConnState)) func(net.Conn, http.ConnState) {
	return func(c net.Conn, state http.ConnState) {
		if t := tracked(c); t != nil {
			t.changed(state)
		}
		if own != nil {
			own(accepted(c), state)
		}
	}
}

// accepted returns the connection that the user of net/http would see as c: a *tls.Conn, or what the listener accepted.
func accepted(c net.Conn) net.Conn {
	if t, ok := c.(*conn); ok {
		return t.Conn
	}
	return c
}
