package wiring

import (
	"fmt"
	"reflect"

	"github.com/go-fxservices/services/internal/fxgraph"
	"github.com/go-fxservices/services/internal/identity"
	"github.com/go-fxservices/services/runner"
)

// Register adds a service that a container has constructed otherwise, unless it is nil or there already. It is an error if a
// constructor in the Sequence has been given the service: it would start too late.
func (q *Sequence) Register(s runner.Service, calls *fxgraph.Calls) error {
	if identity.IsNil(s) {
		return nil
	}
	if err := Check(s); err != nil {
		return err
	}
	if q.Has(s) || q.isManaged(s) {
		return nil
	}
	if by := q.takerOf(s); by != "" {
		return fmt.Errorf("%T would start after what needs it: %s has got it already: register it earlier, or provide it as a service", s, by)
	}
	q.Manage(s, Settings{}, calls.Register())
	return nil
}

// isManaged reports whether s has a place.
func (q *Sequence) isManaged(s runner.Service) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	_, managed := q.managed[identity.Of(Innermost(s))]
	return managed
}

// Supplied returns the value that an existing service puts into a container, and its type, which is nil for a service that
// package runner has made of functions: these share their types.
func Supplied(s runner.Service) (value reflect.Value, t reflect.Type) {
	value = reflect.ValueOf(Innermost(s))
	t = value.Type()
	if t.Kind() == reflect.Pointer && t.Elem().PkgPath() == reflect.TypeFor[runner.Runner]().PkgPath() {
		return value, nil
	}
	return value, t
}
