package retrier

import (
	"context"
	"fmt"
	"sync"

	"github.com/go-fxservices/services/runner"
)

// Server is a [runner.Server] that is listened to again when it fails: when its
// Listen returns an error, or panics, before Close was asked. It is made by
// [Builder.BuildServer], and is safe for concurrent use.
//
// The wrapped server must allow Listen to be called again after one that failed,
// without a Close in between.
type Server struct {
	server  runner.Server // nil if there is none
	builder Builder
	closing chan struct{} // closed by Close

	mu      sync.Mutex
	phase   phase // starting: between two attempts; started: listening, maybe in the background
	failure error // the last one, unless started
}

var (
	_ runner.Server       = (*Server)(nil)
	_ runner.ReadyChecker = (*Server)(nil)
)

// Name returns the name of the wrapped server, and "" if that is nil.
func (s *Server) Name() string {
	if s.server == nil {
		return ""
	}
	return s.server.Name()
}

// Unwrap returns the wrapped server, for [runner.As], and nil if that is nil.
func (s *Server) Unwrap() runner.Service {
	if s.server == nil {
		return nil
	}
	return s.server
}

// Listen listens to the wrapped server, and again after each failure, once the
// pause of the backoff is over. It blocks as long as that. A Listen of the wrapped
// server that returns nil is no failure, and ends it with nil: the server may
// serve in the background.
//
// A failure ends it with an [*Error] when the limit of [Builder.Restarts] is
// reached, or the backoff stops; when it is a [backoff.PermanentError]; when ctx
// has ended, or ends during the pause. A panic is a [*runner.PanicError] in it.
// The backoff begins anew when a failure finds no restart within the window.
//
// After [Server.Close] what the wrapped server returns is returned as it is; a
// pause ends at once, with nil. A Listen that is called after Close is
// [ErrClosed]: build another Server. One while another runs, or after one that
// returned nil, is [runner.ErrAlreadyStarted]. After one that failed it can be
// called again, and begins with a fresh backoff and limit.
func (s *Server) Listen(ctx context.Context) error {
	if s.server == nil {
		return errNilServer
	}
	if err := s.beginListen(); err != nil {
		return err
	}
	defer s.endListen() // after a panic of the Reporter, too
	return s.keepListening(ctx)
}

// Close closes the wrapped server if its Listen runs, or has returned nil, and
// returns what that returns. Otherwise, before Listen, during a pause or after a
// failure, there is nothing to close. It makes Listen return, and never waits for
// it. The wrapped server is not listened to again. A second Close does nothing.
func (s *Server) Close(ctx context.Context) error {
	if !s.beginClose() {
		return nil
	}
	return s.server.Close(ctx)
}

// IsReady returns an error that tells the last failure while a restart is pending
// and once the server has failed for good, and an error before Listen and after
// Close. Otherwise it returns what the IsReady of the wrapped server does, and nil
// if that has none.
func (s *Server) IsReady(ctx context.Context) error {
	if err := s.down(); err != nil {
		return err
	}
	if checker, ok := runner.As[runner.ReadyChecker](s.server); ok {
		return checker.IsReady(ctx)
	}
	return nil
}

// down returns why the server cannot be ready. The failure is not wrapped: a
// Runner would take a panic in it for one of IsReady.
func (s *Server) down() error {
	s.mu.Lock()
	phase, failure := s.phase, s.failure
	s.mu.Unlock()
	switch {
	case s.isClosed():
		return ErrClosed
	case phase == started:
		return nil
	case failure != nil:
		return fmt.Errorf("%w: %s", errNotListening, failure.Error())
	default:
		return errNotListening
	}
}

func (s *Server) beginListen() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.isClosed():
		return ErrClosed
	case s.phase != idle:
		return runner.ErrAlreadyStarted
	}
	s.phase = starting
	return nil
}

func (s *Server) endListen() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.phase != started {
		s.phase = idle
	}
}

// beginAttempt returns false after a Close: from here on that closes the wrapped
// server.
func (s *Server) beginAttempt() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.isClosed() {
		return false
	}
	s.phase, s.failure = started, nil
	return true
}

func (s *Server) failed(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.phase, s.failure = starting, err
}

// beginClose reports whether the wrapped server is to be closed.
func (s *Server) beginClose() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.isClosed() {
		return false
	}
	close(s.closing)
	return s.phase == started
}

func (s *Server) isClosed() bool {
	select {
	case <-s.closing:
		return true
	default:
		return false
	}
}
