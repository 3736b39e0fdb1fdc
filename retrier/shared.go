package retrier

import (
	"sync"
	"time"

	"github.com/cenkalti/backoff/v4"
)

// sharedBackOff lets Starts that run at the same time use one backoff.
type sharedBackOff struct {
	mu      sync.Mutex
	backOff backoff.BackOff
}

func (s *sharedBackOff) Reset() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.backOff.Reset()
}

func (s *sharedBackOff) NextBackOff() time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.backOff.NextBackOff()
}
