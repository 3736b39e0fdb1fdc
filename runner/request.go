package runner

import "sync"

// shutdownRequest is a Shutdown that came before the Run that it ends.
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

// give ends a life that has just begun, if somebody has asked for that.
func (s *shutdownRequest) give(life *lifetime) {
	s.mu.Lock()
	e := s.end
	s.end = nil
	s.mu.Unlock()
	if e != nil {
		life.finish(e)
	}
}
