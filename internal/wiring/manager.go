package wiring

import (
	"fmt"
	"reflect"

	"github.com/go-fxservices/services/internal/constructor"
	"github.com/go-fxservices/services/internal/identity"
	"github.com/go-fxservices/services/runner"
)

// Manager is a setting that says how values of a type which is no service are run. [Manage] makes one.
type Manager struct {
	t       reflect.Type
	kind    constructor.Kind
	pc      uintptr // of the function; 0: it is nil
	service func(reflect.Value) runner.Service
}

// Manage returns a Manager that runs a T as the service which the function returns for it.
func Manage[T any, S runner.Service](function func(T) S) Manager {
	m := Manager{t: reflect.TypeFor[T](), kind: constructor.KindOf(reflect.TypeFor[S]())}
	if function == nil {
		return m
	}
	m.pc = reflect.ValueOf(function).Pointer()
	m.service = func(v reflect.Value) runner.Service { return function(v.Interface().(T)) }
	return m
}

// managerOf returns the Manager of a type among those of the settings.
func (s *Settings) managerOf(t reflect.Type) (Manager, bool) {
	for _, m := range s.managers {
		if m.t == t {
			return m, true
		}
	}
	return Manager{}, false
}

// Kinds returns how the Managers of the settings run values, by their types.
func (s *Settings) Kinds() map[reflect.Type]constructor.Kind {
	if len(s.managers) == 0 {
		return nil
	}
	kinds := map[reflect.Type]constructor.Kind{}
	for _, m := range s.managers {
		kinds[m.t] = m.kind
	}
	return kinds
}

// CheckManagers returns an error for a Manager that cannot be used, or that none of the constructors has a value for.
func (s *Settings) CheckManagers(constructors []*constructor.Parsed) error {
	seen := map[reflect.Type]bool{}
	for _, m := range s.managers {
		switch {
		case m.pc == 0:
			return fmt.Errorf("the function of Manage for %v is nil", m.t)
		case seen[m.t]:
			return fmt.Errorf("%s: there is another Manage for %v", constructor.Location(m.pc), m.t)
		case !returns(constructors, m.t):
			return fmt.Errorf("%s: no constructor of this call returns the %v that it manages", constructor.Location(m.pc), m.t)
		}
		seen[m.t] = true
	}
	return nil
}

func returns(constructors []*constructor.Parsed, t reflect.Type) bool {
	for _, c := range constructors {
		for _, out := range c.Written.Outs() {
			if out.Type == t {
				return true
			}
		}
	}
	return false
}

// serviceOf returns the service that a value is, or that its Manager returns for it. It is nil if there is none. The value has a
// key of its own if its Manager made the service: nil otherwise.
func (s *Settings) serviceOf(v reflect.Value) (service runner.Service, key any, err error) {
	m, ok := s.managerOf(v.Type())
	if !ok && v.Kind() == reflect.Interface && !v.IsNil() { // fx.As has changed the type
		if m, ok = s.managerOf(v.Elem().Type()); ok {
			v = v.Elem()
		}
	}
	if !ok {
		service, err = constructor.Service(v)
		return service, nil, err
	}
	if identity.IsNil(v.Interface()) {
		return nil, nil, nil
	}
	if service = m.service(v); identity.IsNil(service) {
		return nil, nil, nil
	}
	if err := Check(service); err != nil {
		return nil, nil, fmt.Errorf("%s: %w", constructor.Location(m.pc), err)
	}
	return service, identity.Of(v.Interface()), nil
}
