package retrier

import (
	"sync"

	"github.com/go-fxservices/services/runner"
)

// serving is the state of a Server:
//
//	idle ──Listen──▶ pausing ──attempt──▶ up ──Close──▶ closing ──▶ idle
//	                    ▲                 │                           ▲
//	                    │               fails                       Close
//	                    │                 ▼                           │
//	                    └─── closing ◀─── down ──for good──▶ idle, to be closed
//
// These states are read from the facts below, which only the methods here change.
// While mu is free, the wrapped server is closed exactly once for each time that it
// was listened to, or due says that this is still to come. The zero value is idle.
type serving struct {
	mu      sync.Mutex
	running bool          // a Listen of the Server has not returned
	ended   bool          // Close was called, and no Listen since
	ending  chan struct{} // of the last Listen; closed when ended
	up      bool          // the wrapped server listens, perhaps in the background
	failure error         // of the last attempt that has returned
	due     due
	closing chan struct{} // closed when the Close of the wrapped server has returned; nil unless one runs
}

// due says whether the wrapped server must be closed.
type due int

const (
	closeNothing due = iota
	closeOnce        // it was listened to
	closeAgain       // it was listened to, and a Close has failed
)

// begin begins a Listen of the Server.
func (s *serving) begin() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.closing != nil || s.running && s.ended:
		return ErrStopping
	case s.running || s.up:
		return runner.ErrAlreadyStarted
	}
	s.running, s.ended, s.ending = true, false, make(chan struct{})
	return nil
}

// finish finishes a Listen of the Server.
func (s *serving) finish() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.running = false
}

// attempt begins a Listen of the wrapped server, unless the Server is ended.
func (s *serving) attempt() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ended {
		return false
	}
	s.up, s.failure, s.due = true, nil, closeOnce
	return true
}

// attempted finishes a Listen of the wrapped server. If that returns nil after its
// Close has returned, it may have begun to serve too late, and must be closed once
// more.
func (s *serving) attempted(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case err != nil:
		s.up, s.failure = false, err
	case s.due == closeNothing && s.closing == nil:
		s.due = closeOnce
	}
}

// end ends the Listen of the Server. It reports whether the wrapped server must be
// closed, which begins with that; otherwise busy is closed when a Close of it that
// runs has returned, and nil if there is none.
func (s *serving) end() (begun bool, busy <-chan struct{}) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.ended {
		s.ended = true
		if s.ending != nil {
			close(s.ending)
		}
	}
	s.up = false
	busy = s.closing
	return s.beginClose(), busy
}

// cleanUp begins a Close of the wrapped server, and returns false if there is
// nothing to close, or a Close was tried before.
func (s *serving) cleanUp() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.due == closeOnce && s.beginClose()
}

func (s *serving) beginClose() bool {
	if s.due == closeNothing || s.closing != nil {
		return false
	}
	s.up, s.due, s.closing = false, closeNothing, make(chan struct{})
	return true
}

// closed finishes a Close of the wrapped server.
func (s *serving) closed(ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !ok {
		s.due = closeAgain
	}
	close(s.closing)
	s.closing = nil
}

func (s *serving) isEnded() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.ended
}

// down returns why the Server cannot be ready, and nil if it can.
func (s *serving) down() (reason, failure error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.ended:
		return ErrClosed, nil
	case s.up:
		return nil, nil
	default:
		return errNotListening, s.failure
	}
}
