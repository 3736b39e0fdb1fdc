package runner

import "sync"

// shutdownRequest is a Shutdown on its way to the life that it ends. Shutdown keeps it before it looks for a life, and a Run
// looks for it once it has a life, so that one of them gives it to that life.
type shutdownRequest struct {
	mu  sync.Mutex
	end *end // nil: there is none
}

func (s *shutdownRequest) keep(e *end) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.end == nil {
		s.end = e
	}
}

// give ends a life, if somebody has asked for that.
func (s *shutdownRequest) give(life *lifetime) {
	if e := s.take(); e != nil {
		life.finish(e)
	}
}

// isKept reports whether somebody has asked and no life has ended because of that yet.
func (s *shutdownRequest) isKept() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.end != nil
}

// drop forgets the request: a Finish is the end that it has asked for.
func (s *shutdownRequest) drop() { s.take() }

func (s *shutdownRequest) take() *end {
	s.mu.Lock()
	defer s.mu.Unlock()
	e := s.end
	s.end = nil
	return e
}
