package fxservices

import (
	"fmt"
	"strings"
	"sync"

	"github.com/go-fxservices/services/runner"
)

// Order is what starts after what under [Concurrent], and why what is not known
// became a barrier. It can be injected; it is empty until the application starts,
// and where it is not Concurrent. It is safe for concurrent use.
type Order struct {
	mu     sync.Mutex
	places []Place
}

// Place is that of one service or hook.
type Place struct {
	Service runner.Service
	After   []runner.Service // what it starts after
	Barrier string           // why it is a barrier; empty if it is none
}

// Places returns the places of all services and hooks, in the order of their
// construction. The slice is the caller's.
func (o *Order) Places() []Place {
	o.mu.Lock()
	defer o.mu.Unlock()
	return append([]Place(nil), o.places...)
}

// String writes a line for each service, which says what it starts after.
func (o *Order) String() string {
	var text strings.Builder
	for _, place := range o.Places() {
		fmt.Fprintf(&text, "%s: %s\n", runner.NameOf(place.Service), place)
	}
	return text.String()
}

// String says what the service starts after.
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

func (o *Order) set(services []runner.Service) {
	places := make([]Place, len(services))
	for i, s := range services {
		why, _ := runner.BarrierOf(s)
		places[i] = Place{Service: s, After: runner.DependenciesOf(s), Barrier: why}
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.places = places
}
