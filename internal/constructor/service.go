package constructor

import (
	"fmt"
	"reflect"

	"github.com/go-fxservices/services/internal/identity"
	"github.com/go-fxservices/services/runner"
)

var (
	serviceType  = reflect.TypeFor[runner.Service]()
	resourceType = reflect.TypeFor[runner.Resource]()
	serverType   = reflect.TypeFor[runner.Server]()
)

// Kind says what a type makes of its values.
type Kind int

// The kinds of types.
const (
	Other    Kind = iota // no service
	Resource             // a runner.Resource
	Server               // a runner.Server
	Open                 // a runner.Service: the value decides
	Both                 // a Resource and a Server at once, which is no service
)

// KindOf judges a type. An interface that promises no more than a name is Open.
func KindOf(t reflect.Type) Kind {
	resource, server := t.Implements(resourceType), t.Implements(serverType)
	switch {
	case resource && server:
		return Both
	case resource:
		return Resource
	case server:
		return Server
	case t.Kind() == reflect.Interface && t.Implements(serviceType):
		return Open
	default:
		return Other
	}
}

// Service returns the service that a value of a constructor is. It is nil for
// what is no service, and for nil: a service that is not configured. A value that
// is a service only by its static type is an error.
func Service(v reflect.Value) (runner.Service, error) {
	s, ok := v.Interface().(runner.Service)
	if !ok || identity.IsNil(s) {
		return nil, nil
	}
	if runner.KindOf(s) != runner.KindUnknown {
		return s, nil
	}
	if KindOf(v.Type()) == Open && v.Type() == serviceType || KindOf(reflect.TypeOf(s)) == Both {
		return nil, fmt.Errorf("%T: %w: neither a runner.Resource nor a runner.Server, or both", s, runner.ErrInvalidServiceType)
	}
	return nil, nil
}
