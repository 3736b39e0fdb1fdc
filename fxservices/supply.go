package fxservices

import (
	"fmt"
	"reflect"
	"runtime"

	"go.uber.org/fx"

	"github.com/go-fxservices/services/internal/constructor"
	"github.com/go-fxservices/services/internal/fxgraph"
	"github.com/go-fxservices/services/internal/wiring"
	"github.com/go-fxservices/services/runner"
)

// Supply is fx.Supply for services that exist already. It provides each service under its own type, for a wrapped service
// the innermost one, and the application always starts and stops it, with its wrappers. Services that [runner.NewResource],
// [runner.NewServer] and [runner.NewJob] make share their types: Supply does not provide them. A supplied service takes its place in the
// start order before everything that is constructed from it.
//
// A nil service, one that is none of Resource, Server and Job, and one that is both a Resource and a Server, is an error of
// fx.New.
func Supply(services ...runner.Service) fx.Option {
	opts := []fx.Option{fx.Invoke(registryIn.check, needModule)}
	caller, _, _, _ := runtime.Caller(1)
	for i, s := range services {
		opts = append(opts, supply(i, s, caller))
	}
	return own{fx.Options(opts...)}
}

func supply(i int, s runner.Service, caller uintptr) fx.Option {
	if err := wiring.Check(s); err != nil {
		return fx.Error(fmt.Errorf("fxservices.Supply: service %d, %w", i+1, err))
	}
	if runner.KindOf(s) == runner.KindResource {
		return supplyAs[suppliedResult](s, caller)
	}
	return supplyAs[constructor.TokenResult](s, caller)
}

// suppliedResult is a token of a Resource that was supplied: it exists, and so it starts before what an Invoke may do with it.
type suppliedResult struct {
	fx.Out
	Token constructor.Token `group:"services.supplied"`
}

// supplyAs provides s, and a token in R that needs it. Errors of fx name the caller of Supply.
func supplyAs[R any](s runner.Service, caller uintptr) fx.Option {
	value, t := wiring.Supplied(s)
	if t == nil {
		return fx.Provide(func(in registryIn) (token R, err error) { return token, in.supply(s, nil, caller) })
	}
	by := reflect.FuncOf([]reflect.Type{reflect.TypeFor[registryIn]()}, []reflect.Type{t, reflect.TypeFor[error]()}, false)
	construct := reflect.MakeFunc(by, func(args []reflect.Value) []reflect.Value {
		err := args[0].Interface().(registryIn).supply(s, by, caller)
		return []reflect.Value{value, reflect.ValueOf(&err).Elem()}
	})
	return fx.Provide(constructor.Located(construct.Interface(), caller), constructor.BuildResult[R](constructor.Out{Type: t}))
}

// supply manages s, which a function of this type provides, or nothing, for this caller.
func (in registryIn) supply(s runner.Service, by reflect.Type, caller uintptr) error {
	if err := in.check(); err != nil {
		return err
	}
	var origin any = fxgraph.Independent{}
	if by != nil {
		origin = in.Registry.calls.Supply(by, caller)
	}
	in.Registry.Manage(s, wiring.Settings{}, origin)
	return nil
}
