package fxservices

import (
	"fmt"
	"reflect"

	"github.com/go-fxservices/services/internal/fxgraph"
	"github.com/go-fxservices/services/internal/identity"
	"github.com/go-fxservices/services/internal/wiring"
	"github.com/go-fxservices/services/runner"
)

// Register starts and stops a service that plain fx.Provide constructs:
//
//	fx.Provide(NewPostgres),
//	fx.Invoke(fxservices.Register[*Postgres]),
//
// The service takes its place in the start order when fx runs the Invoke. Register ignores a nil service, and leaves one
// that has a place already where it is. A service that is neither a Resource nor a Server, or both, is an error.
func Register[T runner.Service](in registryIn, service T) error {
	if err := in.check(); err != nil {
		return err
	}
	return in.Registry.register(service, reflect.TypeFor[T]())
}

func (r *registry) register(s runner.Service, t reflect.Type) error {
	if identity.IsNil(s) {
		return nil
	}
	if runner.KindOf(s) == runner.KindUnknown {
		return fmt.Errorf("fxservices.Register: %T: %w", s, runner.ErrInvalidServiceType)
	}
	r.Manage(s, wiring.Settings{}, fxgraph.Registered{Type: t})
	return nil
}
