package fxservices

import (
	"fmt"
	"reflect"

	"go.uber.org/fx"

	"github.com/go-fxservices/services/internal/constructor"
	"github.com/go-fxservices/services/internal/fxgraph"
	"github.com/go-fxservices/services/internal/wiring"
	"github.com/go-fxservices/services/runner"
)

// Supply is fx.Supply for services that exist already. It provides each service under its own type, for a wrapped service
// the innermost one, and the application always starts and stops it, with its wrappers. Services that [runner.NewResource]
// and [runner.NewServer] make share their types: Supply does not provide them. A supplied service takes its place in the
// start order before everything that is constructed from it.
//
// A nil service, and one that is neither a Resource nor a Server, or both, is an error of fx.New.
func Supply(services ...runner.Service) fx.Option {
	opts := []fx.Option{fx.Invoke(registryIn.check)}
	for i, s := range services {
		opts = append(opts, supply(i, s))
	}
	return fx.Options(opts...)
}

func supply(i int, s runner.Service) fx.Option {
	if runner.KindOf(s) == runner.KindUnknown {
		return fx.Error(fmt.Errorf("fxservices.Supply: service %d, %T: %w", i+1, s, runner.ErrInvalidServiceType))
	}
	inner := wiring.Innermost(s)
	t := reflect.TypeOf(inner)
	if isRunnerType(t) {
		return fx.Provide(func(in registryIn) (constructor.TokenResult, error) {
			return constructor.TokenResult{}, in.supply(s, fxgraph.Independent{})
		})
	}
	construct := reflect.MakeFunc(
		reflect.FuncOf([]reflect.Type{reflect.TypeFor[registryIn]()}, []reflect.Type{t, reflect.TypeFor[error]()}, false),
		func(args []reflect.Value) []reflect.Value {
			err := args[0].Interface().(registryIn).supply(s, fxgraph.Supplied{Type: t})
			return []reflect.Value{reflect.ValueOf(inner), reflect.ValueOf(&err).Elem()}
		},
	)
	return fx.Provide(construct.Interface(), constructor.BuildToken(constructor.Out{Type: t}))
}

func (in registryIn) supply(s runner.Service, origin fxgraph.Origin) error {
	if err := in.check(); err != nil {
		return err
	}
	in.Registry.Manage(s, wiring.Settings{}, origin)
	return nil
}

func isRunnerType(t reflect.Type) bool {
	return t.Kind() == reflect.Pointer && t.Elem().PkgPath() == reflect.TypeFor[runner.Runner]().PkgPath()
}
