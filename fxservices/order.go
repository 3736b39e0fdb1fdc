package fxservices

import (
	"fmt"
	"strings"
	"sync"

	"github.com/go-fxservices/services/internal/wiring"
	"github.com/go-fxservices/services/runner"
)

// Order shows the start order of an application with [Concurrent]: the services that each service starts after, and the
// reasons for barriers. Inject it. It is empty until the application starts, and without Concurrent. It is safe for
// concurrent use.
type Order struct {
	mu     sync.Mutex
	places []Place
}

// Place is the place of one service or hook in the [Order].
type Place struct {
	Service runner.Service
	After   []runner.Service // the services that it starts after
	Barrier string           // why it is a barrier; empty if it is none
}

// Places returns the places of all services and hooks, in the order of their construction. The slice is the caller's.
func (o *Order) Places() []Place {
	o.mu.Lock()
	defer o.mu.Unlock()
	return append([]Place(nil), o.places...)
}

// String returns one line for each service, with its name and its place.
func (o *Order) String() string {
	var text strings.Builder
	for _, place := range o.Places() {
		fmt.Fprintf(&text, "%s: %s\n", runner.NameOf(place.Service), place)
	}
	return text.String()
}

// String returns when the service starts: "at once", "after db, queue", or "a barrier: " and the reason.
func (p Place) String() string {
	if p.Barrier != "" {
		return "a barrier: " + p.Barrier
	}
	if len(p.After) == 0 {
		return "at once"
	}
	names := make([]string, len(p.After))
	for i, s := range p.After {
		names[i] = runner.NameOf(s)
	}
	return "after " + strings.Join(names, ", ")
}

// set takes the places from the settings of services, where those of the user are too.
func (o *Order) set(services []runner.Service) {
	places := make([]Place, len(services))
	for i, s := range services {
		after, barrier := wiring.Constraints(s)
		places[i] = Place{Service: s, After: after, Barrier: barrier}
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.places = places
}
