package wiring

import (
	"sync"

	"github.com/go-fxservices/services/internal/identity"
	"github.com/go-fxservices/services/runner"
)

// Sequence is the order in which services were constructed, which is that of
// their dependencies. The zero value is empty. It is safe for concurrent use.
type Sequence struct {
	mu       sync.Mutex
	services []runner.Service
	managed  map[any]struct{}
}

// Manage gives a service the last place, for what it needs has been constructed.
// An instance that has a place keeps it.
func (q *Sequence) Manage(s runner.Service, set Settings) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if key := identity.Of(runner.Innermost(s)); key != nil {
		if _, managed := q.managed[key]; managed {
			return
		}
		if q.managed == nil {
			q.managed = map[any]struct{}{}
		}
		q.managed[key] = struct{}{}
	}
	q.services = append(q.services, set.apply(s))
}

// Services returns the sequence as it is now.
func (q *Sequence) Services() []runner.Service {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.services[:len(q.services):len(q.services)]
}
