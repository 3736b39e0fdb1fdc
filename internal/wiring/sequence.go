package wiring

import (
	"sync"

	"github.com/go-fxservices/services/internal/identity"
	"github.com/go-fxservices/services/runner"
)

// Sequence is the order in which services were constructed, which is that of
// their dependencies. The zero value is empty. It is safe for concurrent use.
type Sequence struct {
	mu      sync.Mutex
	items   []Item
	managed map[any]struct{}
}

// Item is a service in its place.
type Item struct {
	Service runner.Service // with its settings
	Origin  any            // where it comes from, as Manage was told
}

// Manage gives a service the last place, for what it needs has been constructed.
// An instance that has a place keeps it.
func (q *Sequence) Manage(s runner.Service, set Settings, origin any) {
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
	q.items = append(q.items, Item{Service: set.apply(s), Origin: origin})
}

// Len returns how many services there are by now.
func (q *Sequence) Len() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.items)
}

// Items returns the sequence as it is now.
func (q *Sequence) Items() []Item {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.items[:len(q.items):len(q.items)]
}

// Services returns the services of the sequence as it is now.
func (q *Sequence) Services() []runner.Service {
	items := q.Items()
	services := make([]runner.Service, len(items))
	for i, item := range items {
		services[i] = item.Service
	}
	return services
}
