package httpserver

import (
	"context"
	"net"
	"net/http"
	"sync"
	"time"
)

// silentGrace is how long a connection that has not sent anything may hold up
// Close: its first request may be on its way. But browsers open connections ahead
// of need, too; net/http alone waits 5 s for them.
const silentGrace = 500 * time.Millisecond

// session is one Listen until its Close.
type session struct {
	server   *http.Server
	conns    conns
	requests context.Context // the parent of the contexts of requests
	cancel   context.CancelCauseFunc
	binding  context.Context // ends when closing begins
	closing  context.CancelFunc
	served   chan struct{} // closed when no connection is accepted any more
	done     chan struct{} // closed when no connection is left

	cutOnce sync.Once
	cut     *CutOffError // set by cutOff; nil unless a connection was cut off

	mu       sync.Mutex   // guards what follows
	listener net.Listener // nil before it is bound
}

func newSession(ctx context.Context, server *http.Server) *session {
	s := &session{server: server, served: make(chan struct{}), done: make(chan struct{})}
	s.binding, s.closing = context.WithCancel(ctx)
	requests := context.WithValue(context.WithoutCancel(ctx), closingKey{}, s.binding.Done())
	s.requests, s.cancel = context.WithCancelCause(requests)
	server.BaseContext = func(net.Listener) context.Context { return s.requests }
	return s
}

// run serves until close has returned, until ctx ends, or until it fails.
func (s *session) run(ctx context.Context, listen func(context.Context) (net.Listener, error)) error {
	stop := context.AfterFunc(ctx, func() { s.cutOff(context.Cause(ctx)) })
	defer stop()
	err := s.serve(listen)
	close(s.served)
	if !s.isClosing() {
		s.cutOff(err)
		return err
	}
	<-s.done
	return nil
}

func (s *session) serve(listen func(context.Context) (net.Listener, error)) error {
	listener, err := listen(s.binding)
	if err != nil {
		return err
	}
	defer listener.Close()
	if !s.bound(listener) {
		return context.Canceled
	}
	tracked := &trackedListener{Listener: listener, conns: &s.conns}
	if s.server.TLSConfig != nil {
		return s.server.ServeTLS(tracked, "", "")
	}
	return s.server.Serve(tracked)
}

func (s *session) bound(listener net.Listener) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.listener = listener
	return !s.isClosing()
}

// addr returns nil unless the session is bound and not closing.
func (s *session) addr() net.Addr {
	s.mu.Lock()
	listener := s.listener
	s.mu.Unlock()
	if listener == nil || s.isClosing() {
		return nil
	}
	return listener.Addr()
}

func (s *session) isClosing() bool { return s.binding.Err() != nil }
func (s *session) isDone() bool    { return s.requests.Err() != nil }

func (s *session) close(ctx context.Context) error {
	s.begin()
	s.drain(ctx)
	s.cutOff(context.Cause(ctx))
	if s.cut == nil {
		return nil
	}
	return s.cut
}

// begin closes the listener, or keeps it from being bound.
func (s *session) begin() {
	s.mu.Lock()
	s.closing()
	listener := s.listener
	s.mu.Unlock()
	if listener != nil {
		listener.Close()
	}
}

// drain waits until no connection is left, ctx ends, or they are cut off.
//
// It waits for the end of accepting first: http.Server.Shutdown does not know a
// connection yet that was accepted a moment ago. And it waits for the connections
// last, as Shutdown forgets those that were hijacked.
func (s *session) drain(ctx context.Context) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(s.requests, cancel)()
	wait(ctx, s.served)
	s.drainSilent(ctx)
	_ = s.server.Shutdown(ctx) // what it may say is that ctx has ended
	wait(ctx, s.conns.empty())
}

// drainSilent answers requests that are still on their way on connections that
// were accepted. Shutdown would drop them unanswered.
func (s *session) drainSilent(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, silentGrace)
	defer cancel()
	s.server.SetKeepAlivesEnabled(false) // closes those that are idle
	wait(ctx, s.conns.empty())
	s.conns.closeSilent()
}

// cutOff closes all connections and lets run and close return. After drain has
// done its work there is none left. Contexts end before connections do, so that
// handlers find the reason there.
func (s *session) cutOff(reason error) {
	s.cutOnce.Do(func() {
		s.begin()
		left := s.conns.seal()
		if n := spoken(left); n > 0 {
			s.cut = &CutOffError{Connections: n, Err: reason}
		}
		s.cancel(reason)
		for _, c := range left {
			c.Close()
		}
		_ = s.server.Close() // its connections are closed; this ends its own waiting
		close(s.done)
	})
}

func wait(ctx context.Context, done <-chan struct{}) {
	select {
	case <-done:
	case <-ctx.Done():
	}
}
