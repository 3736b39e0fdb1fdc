package httpserver

import (
	"context"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/go-fxservices/services/internal/drain"
	"github.com/go-fxservices/services/internal/identity"
)

// waitingGrace is how long a connection without a request may hold up Close: its first one may be on its way. But browsers
// open connections ahead of need, too; net/http alone waits 5 s for them.
const waitingGrace = 500 * time.Millisecond

// session is one Listen until its Close.
type session struct {
	server   *http.Server
	conns    conns
	drains   <-chan struct{} // closed when the drain begins; nil without a Runner
	requests context.Context // the parent of the contexts of requests, unless the user has set one
	cancel   context.CancelCauseFunc
	binding  context.Context // ends when closing begins
	closing  context.CancelFunc
	served   chan struct{} // closed when no connection is accepted any more
	done     chan struct{} // closed when no connection is left

	cutOnce sync.Once
	cut     *CutOffError // set by cutOff; nil unless a connection was cut off

	mu        sync.Mutex              // guards what follows
	listener  net.Listener            // nil before it is bound
	cancelOwn context.CancelCauseFunc // of the parent that the user has set; nil without one
}

func newSession(ctx context.Context) *session {
	s := &session{
		server: new(http.Server), // one for each session: it cannot be used again
		drains: drain.Begins(ctx),
		served: make(chan struct{}),
		done:   make(chan struct{}),
	}
	s.binding, s.closing = context.WithCancel(ctx)
	requests := context.WithValue(context.WithoutCancel(ctx), closingKey{}, s.binding.Done())
	s.requests, s.cancel = context.WithCancelCause(requests)
	return s
}

// run serves until close has returned, until ctx ends, or until it fails.
func (s *session) run(ctx context.Context, settings *settings) (err error) {
	stop := context.AfterFunc(ctx, func() { s.cutOff(context.Cause(ctx)) })
	defer stop()
	defer func() {
		if !s.isClosing() { // it failed, or the user's code panicked
			s.cutOff(err)
		}
	}()
	if err = s.serve(settings); !s.isClosing() {
		return err
	}
	<-s.done
	return nil
}

func (s *session) serve(settings *settings) error {
	defer close(s.served)
	if err := settings.apply(s.server); err != nil {
		return err
	}
	s.attach()
	listener, err := settings.listen(s.binding)
	if err != nil {
		return err
	}
	if identity.IsNil(listener) {
		return errNoListener
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
// It waits for the end of accepting first: http.Server.Shutdown does not know a connection yet that was accepted a moment ago.
// Then it waits for requests that are still on their way: Shutdown would drop them unanswered. All that is left for Shutdown
// is to say goodbye to HTTP/2, so its context has ended: it would only look at connections now and then, and forget those that
// were hijacked.
func (s *session) drain(ctx context.Context) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(s.requests, cancel)()
	wait(ctx, s.served)
	s.drainWaiting(ctx)
	_ = s.server.Shutdown(s.binding)
	wait(ctx, s.conns.empty())
}

// drainWaiting closes the connections that wait for a request, once it has given those that are new some time.
func (s *session) drainWaiting(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, waitingGrace)
	defer cancel()
	s.server.SetKeepAlivesEnabled(false) // closes those of HTTP/1 that are idle
	wait(ctx, s.conns.settled())
	s.conns.closeWaiting()
}

// cutOff closes all connections and lets run and close return. After drain has
// done its work there is none left. Contexts end before connections do, so that
// handlers find the reason there. One that then returns has not answered: nothing
// can be written any more, or its client would get an empty answer with code 200.
func (s *session) cutOff(reason error) {
	s.cutOnce.Do(func() {
		s.begin()
		left := s.conns.seal()
		if n := inUse(left); n > 0 {
			s.cut = &CutOffError{Connections: n, Err: reason}
		}
		for _, c := range left {
			_ = c.SetWriteDeadline(time.Unix(1, 0))
		}
		s.cancelRequests(reason)
		for _, c := range left {
			c.Close()
		}
		_ = s.server.Close() // its connections are closed; this ends its own waiting
		close(s.done)
	})
}

// alsoCancel lets cancel end the contexts of requests, too.
func (s *session) alsoCancel(cancel context.CancelCauseFunc) {
	s.mu.Lock()
	s.cancelOwn = cancel
	s.mu.Unlock()
	if s.isDone() {
		cancel(context.Cause(s.requests))
	}
}

func (s *session) cancelRequests(reason error) {
	s.cancel(reason)
	s.mu.Lock()
	cancel := s.cancelOwn
	s.mu.Unlock()
	if cancel != nil {
		cancel(reason)
	}
}

func wait(ctx context.Context, done <-chan struct{}) {
	select {
	case <-done:
	case <-ctx.Done():
	}
}
