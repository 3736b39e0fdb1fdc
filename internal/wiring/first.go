package wiring

import (
	"fmt"
	"reflect"
	"slices"

	"github.com/go-fxservices/services/internal/identity"
	"github.com/go-fxservices/services/runner"
)

// checkFirst returns an error if a constructor of services that start first was given one that does not.
func (q *Sequence) checkFirst(given []reflect.Value) error {
	for _, v := range given {
		service, ok := v.Interface().(runner.Service)
		if !ok || identity.IsNil(service) || q.startsFirst(service) {
			continue
		}
		return fmt.Errorf("StartFirst: it would start before %q, which it needs and which does not start first", runner.NameOf(service))
	}
	return nil
}

func (q *Sequence) startsFirst(s runner.Service) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	key := identity.Of(Innermost(s))
	return slices.ContainsFunc(q.items[:q.first], func(item Item) bool {
		return key != nil && identity.Of(Innermost(item.Service)) == key
	})
}
