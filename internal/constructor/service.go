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
	jobType      = reflect.TypeFor[runner.Job]()
)

// Kind says which kind of service the values of a type are.
type Kind int

// The kinds of types.
const (
	Other     Kind = iota // not a service
	Resource              // a runner.Resource
	Server                // a runner.Server
	Job                   // a runner.Job
	Undecided             // an interface such as runner.Service: each value decides
	Ambiguous             // a Resource and a Server at once, which the Runner refuses
)

// KindOf judges a type. A Resource or Server with a Run method stays what it is. An interface with a method Name and no
// others of a Resource, Server or Job is Undecided.
func KindOf(t reflect.Type) Kind {
	resource, server := t.Implements(resourceType), t.Implements(serverType)
	switch {
	case resource && server:
		return Ambiguous
	case resource:
		return Resource
	case server:
		return Server
	case t.Implements(jobType):
		return Job
	case t.Kind() == reflect.Interface && t.Implements(serviceType):
		return Undecided
	default:
		return Other
	}
}

// Service returns the value v of a constructor as a service. It returns nil if v is not a service, and also if v is nil:
// that is how a constructor says that a service is not configured. It returns an error for a value that is both a Resource
// and a Server, and for a runner.Service that is none of the three.
func Service(v reflect.Value) (runner.Service, error) {
	s, ok := v.Interface().(runner.Service)
	if !ok || identity.IsNil(s) {
		return nil, nil
	}
	if runner.KindOf(s) != runner.KindUnknown {
		return s, nil
	}
	if KindOf(v.Type()) == Undecided && v.Type() == serviceType || KindOf(reflect.TypeOf(s)) == Ambiguous {
		return nil, fmt.Errorf("%T: %w: neither a runner.Resource nor a runner.Server nor a runner.Job, or both", s, runner.ErrInvalidServiceType)
	}
	return nil, nil
}
