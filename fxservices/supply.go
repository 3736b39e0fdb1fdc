package fxservices

import (
	"fmt"
	"reflect"

	"go.uber.org/fx"

	"github.com/go-fxservices/services/internal/constructor"
	"github.com/go-fxservices/services/internal/wiring"
	"github.com/go-fxservices/services/runner"
)

// Supply is fx.Supply for services that exist already. Each is provided by its
// own type, that of the innermost service if it is wrapped, and always managed,
// as it was given. Services made of functions, by [runner.NewResource] and
// [runner.NewServer], are managed only: they share their types. It takes its place
// in the start order before what is constructed from it.
//
// A nil service, and one that is neither a Resource nor a Server or both, is an
// error of fx.New.
func Supply(services ...runner.Service) fx.Option {
	opts := []fx.Option{fx.Invoke(need.check)}
	for i, s := range services {
		opts = append(opts, supply(i, s))
	}
	return fx.Options(opts...)
}

func supply(i int, s runner.Service) fx.Option {
	if runner.KindOf(s) == runner.KindUnknown {
		return fx.Error(fmt.Errorf("fxservices.Supply: service %d, %T: %w", i+1, s, runner.ErrInvalidServiceType))
	}
	inner := runner.Innermost(s)
	t := reflect.TypeOf(inner)
	if isRunnerType(t) {
		return fx.Provide(func(n need) (constructor.TokenResult, error) {
			if err := n.check(); err != nil {
				return constructor.TokenResult{}, err
			}
			n.App.sequence.Manage(s, wiring.Settings{}, independent{})
			return constructor.TokenResult{}, nil
		})
	}
	construct := reflect.MakeFunc(
		reflect.FuncOf([]reflect.Type{reflect.TypeFor[need]()}, []reflect.Type{t, reflect.TypeFor[error]()}, false),
		func(args []reflect.Value) []reflect.Value {
			n := args[0].Interface().(need)
			err := n.check()
			if err == nil {
				n.App.sequence.Manage(s, wiring.Settings{}, supplied{t})
			}
			return []reflect.Value{reflect.ValueOf(inner), reflect.ValueOf(&err).Elem()}
		},
	)
	return fx.Provide(construct.Interface(), constructor.BuildToken(constructor.Out{Type: t}))
}

func isRunnerType(t reflect.Type) bool {
	return t.Kind() == reflect.Pointer && t.Elem().PkgPath() == reflect.TypeFor[runner.Runner]().PkgPath()
}
