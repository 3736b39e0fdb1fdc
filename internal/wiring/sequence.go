package wiring

import (
	"reflect"
	"slices"
	"sync"

	"github.com/go-fxservices/services/internal/constructor"
	"github.com/go-fxservices/services/internal/fxgraph"
	"github.com/go-fxservices/services/internal/identity"
	"github.com/go-fxservices/services/runner"
)

// Sequence collects services in the order in which they are constructed. A container constructs a service after
// everything that the service needs, so this is an order in which they can start. The zero value is empty. A Sequence is
// safe for concurrent use.
type Sequence struct {
	mu      sync.Mutex
	items   []Item
	first   int              // how many items start before the others
	managed map[any]struct{} // the identities of the services in items
	values  map[any]struct{} // the identities of the values that Managers run
	takers  []taker          // the constructors of items
}

// taker is a constructor that has been called.
type taker struct {
	pc   uintptr
	args func() []reflect.Value // what it was given
}

// Item is a service at its place in a Sequence.
type Item struct {
	Service runner.Service // with its settings
	Origin  any            // where it comes from, as the caller of Manage says
	First   bool           // whether it is one of those that start before all others
}

// Manage adds s with settings: at the end, or with [First] behind the others that have it. It does nothing for an instance that is in the Sequence already, whatever
// wraps it.
func (q *Sequence) Manage(s runner.Service, settings Settings, origin any) {
	q.mu.Lock()
	defer q.mu.Unlock()
	service := settings.apply(s)
	if key := identity.Of(Innermost(s)); key == nil {
		service = &placed{service}
	} else {
		if _, managed := q.managed[key]; managed {
			return
		}
		if q.managed == nil {
			q.managed = map[any]struct{}{}
		}
		q.managed[key] = struct{}{}
	}
	if settings.first {
		q.items = slices.Insert(slices.Clone(q.items), q.first, Item{Service: service, Origin: origin, First: true})
		q.first++
		return
	}
	q.items = append(q.items, Item{Service: service, Origin: origin})
}

// Construct calls a constructor whose function has the type t in the container, and adds the services that it constructs.
func (q *Sequence) Construct(calls *fxgraph.Calls, pc uintptr, t reflect.Type, call *constructor.Call, settings Settings) error {
	var values []constructor.Value
	ok := false
	origin := calls.Wrapped(pc, t, func() { values, ok = call.Do() })
	if !ok {
		return nil
	}
	q.mu.Lock()
	q.takers = append(q.takers, taker{pc, call.Args})
	q.mu.Unlock()
	return q.ManageAll(values, call.Args, settings, origin)
}

// takerOf returns a constructor that was given s, or "".
func (q *Sequence) takerOf(s runner.Service) string {
	q.mu.Lock()
	takers := q.takers
	q.mu.Unlock()
	key := identity.Of(Innermost(s))
	for _, t := range takers {
		for _, arg := range t.args() {
			if given, ok := arg.Interface().(runner.Service); key != nil && ok && !identity.IsNil(given) && identity.Of(Innermost(given)) == key {
				return constructor.Location(t.pc)
			}
		}
	}
	return ""
}

// ManageAll adds the services among the values that one constructor has returned, in their order. It fails at a value that
// [constructor.Service] refuses. Given returns the values that the constructor was given: ManageAll takes a value without an
// identity for one that it knows only if the constructor had it from somewhere, or returns it under two types.
func (q *Sequence) ManageAll(values []constructor.Value, given func() []reflect.Value, settings Settings, origin any) error {
	if settings.first {
		if err := q.checkFirst(given()); err != nil {
			return err
		}
	}
	for i, v := range values {
		service, key, err := settings.serviceOf(v.Value)
		switch {
		case err != nil:
			return err
		case service == nil || !q.take(key):
		case isAmong(values[:i], v) || q.Has(service) && isGiven(given(), v.Value):
		default:
			q.Manage(service, settings, origin)
		}
	}
	return nil
}

// take notes that the value with a key is managed. It returns false if it is already. A nil key is no key.
func (q *Sequence) take(key any) bool {
	if key == nil {
		return true
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	_, taken := q.values[key]
	if q.values == nil {
		q.values = map[any]struct{}{}
	}
	q.values[key] = struct{}{}
	return !taken
}

// Has reports whether a service without an identity may be in the Sequence: values that are equal may be one. For any other
// it is false, because Manage knows.
func (q *Sequence) Has(s runner.Service) bool {
	v := reflect.ValueOf(Innermost(s))
	if identity.Of(Innermost(s)) != nil {
		return false
	}
	return slices.ContainsFunc(q.Services(), func(other runner.Service) bool {
		return identity.MayBe(reflect.ValueOf(Innermost(other)), v)
	})
}

// isAmong reports whether v is one of earlier values under another type, or in another place as an interface. Two values of
// one type, and two members of a slice, are two values.
func isAmong(earlier []constructor.Value, v constructor.Value) bool {
	return slices.ContainsFunc(earlier, func(e constructor.Value) bool {
		return e.Out != v.Out && (e.Type() != v.Type() || e.Kind() == reflect.Interface) && identity.MayBe(inside(e.Value), inside(v.Value))
	})
}

func isGiven(given []reflect.Value, v reflect.Value) bool {
	return slices.ContainsFunc(given, func(g reflect.Value) bool { return identity.MayBe(inside(g), inside(v)) })
}

// inside returns the service inside all wrappers of v, or v itself.
func inside(v reflect.Value) reflect.Value {
	if s, ok := v.Interface().(runner.Service); ok && !identity.IsNil(s) {
		return reflect.ValueOf(Innermost(s))
	}
	return v
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
