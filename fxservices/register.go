package fxservices

import (
	"fmt"
	"reflect"

	"github.com/go-fxservices/services/internal/identity"
	"github.com/go-fxservices/services/internal/wiring"
	"github.com/go-fxservices/services/runner"
)

// Register manages a service that plain fx.Provide constructs:
//
//	fx.Provide(NewPostgres),
//	fx.Invoke(fxservices.Register[*Postgres]),
//
// It takes its place in the start order when fx runs the invocation. A nil service
// is not managed; one that is managed already keeps its place; one that is neither
// a Resource nor a Server, or both, is an error.
func Register[T runner.Service](n need, service T) error {
	if err := n.check(); err != nil {
		return err
	}
	return n.App.register(service, reflect.TypeFor[T]())
}

func (a *app) register(s runner.Service, t reflect.Type) error {
	if identity.IsNil(s) {
		return nil
	}
	if runner.KindOf(s) == runner.KindUnknown {
		return fmt.Errorf("fxservices.Register: %T: %w", s, runner.ErrInvalidServiceType)
	}
	a.sequence.Manage(s, wiring.Settings{}, registered{t})
	return nil
}
