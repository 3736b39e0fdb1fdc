package wiring

import (
	"reflect"
	"sync"

	"github.com/go-fxservices/services/internal/constructor"
	"github.com/go-fxservices/services/internal/identity"
	"github.com/go-fxservices/services/runner"
)

// Sequence collects services in the order in which they are constructed. A container constructs a service after
// everything that the service needs, so this is an order in which they can start. The zero value is empty. A Sequence is
// safe for concurrent use.
type Sequence struct {
	mu      sync.Mutex
	items   []Item
	managed map[any]struct{} // the identities of the services in items
}

// Item is a service at its place in a Sequence.
type Item struct {
	Service runner.Service // with its settings
	Origin  any            // where it comes from, as the caller of Manage says
}

// Manage adds s at the end, with settings. It does nothing for an instance that is in the Sequence already, whatever
// wraps it.
func (q *Sequence) Manage(s runner.Service, settings Settings, origin any) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if key := identity.Of(Innermost(s)); key != nil {
		if _, managed := q.managed[key]; managed {
			return
		}
		if q.managed == nil {
			q.managed = map[any]struct{}{}
		}
		q.managed[key] = struct{}{}
	}
	q.items = append(q.items, Item{Service: settings.apply(s), Origin: origin})
}

// ManageAll adds the services among the values of one constructor, in their order. It fails at a value that
// [constructor.Service] refuses.
func (q *Sequence) ManageAll(values []reflect.Value, settings Settings, origin any) error {
	for _, v := range values {
		service, err := constructor.Service(v)
		if err != nil {
			return err
		}
		if service != nil {
			q.Manage(service, settings, origin)
		}
	}
	return nil
}

// Len returns the number of services so far.
func (q *Sequence) Len() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.items)
}

// Items returns the services so far with their origins. The slice is read-only; later calls of Manage do not change it.
func (q *Sequence) Items() []Item {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.items[:len(q.items):len(q.items)]
}

// Services returns the services so far. The slice is the caller's.
func (q *Sequence) Services() []runner.Service {
	items := q.Items()
	services := make([]runner.Service, len(items))
	for i, item := range items {
		services[i] = item.Service
	}
	return services
}
