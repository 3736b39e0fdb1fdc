package digservices

import (
	"fmt"
	"reflect"

	"go.uber.org/dig"

	"github.com/go-fxservices/services/internal/fxgraph"
	"github.com/go-fxservices/services/internal/wiring"
	"github.com/go-fxservices/services/runner"
)

// Observe adds Observers to the Runner. An argument is a ready-made [runner.Observer], or a constructor of any shape with one
// result that is an Observer, and perhaps an error; [App.Run] lets dig call it with values from the container. Each event
// reaches the Observers in the order of the calls of Observe and of their arguments. A nil Observer is skipped.
func (a *App) Observe(constructors ...any) error {
	for i, arg := range constructors {
		provide, pc, err := wiring.ProvideObserver(arg)
		if err != nil {
			return fmt.Errorf("digservices.Observe: argument %d: %w", i+1, err)
		}
		var opts []dig.ProvideOption
		if pc != 0 {
			opts = append(opts, dig.LocationForPC(pc))
		}
		if err := a.container.Provide(provide, opts...); err != nil {
			return err
		}
	}
	return nil
}

// Supply adds services that exist already: [App.Run] starts and stops them, with their wrappers, whether or not something
// needs them. It provides each one under its own type, for a wrapped service the innermost one. Services that
// [runner.NewResource] and its like make share their types: Supply does not provide these.
//
// A nil service, and one that is neither a Resource nor a Server, or both, is an error.
func (a *App) Supply(services ...runner.Service) error {
	for i, s := range services {
		err := wiring.Check(s)
		if err == nil {
			err = a.supply(s)
		}
		if err != nil {
			return fmt.Errorf("digservices.Supply: service %d, %w", i+1, err)
		}
	}
	return nil
}

// supply gives s its place at once, before everything that is constructed from it.
func (a *App) supply(s runner.Service) error {
	value, t := wiring.Supplied(s)
	if t == nil {
		a.sequence.Manage(s, wiring.Settings{}, fxgraph.Independent{})
		return nil
	}
	by := reflect.FuncOf(nil, []reflect.Type{t}, false)
	construct := reflect.MakeFunc(by, func([]reflect.Value) []reflect.Value { return []reflect.Value{value} })
	if err := a.container.Provide(construct.Interface()); err != nil {
		return fmt.Errorf("%v: %w", t, err)
	}
	a.sequence.Manage(s, wiring.Settings{}, a.calls.Supply(by, 0))
	return nil
}

// Register starts and stops a service that plain dig constructs:
//
//	err := app.Invoke(func(db *Postgres) error { return app.Register(db) })
//
// The service takes its place in the start order when Register is called. Register ignores a nil service, and leaves one that
// has a place already where it is. A service that is neither a Resource nor a Server, or both, is an error.
func (a *App) Register(s runner.Service) error {
	if err := a.sequence.Register(s, &a.calls); err != nil {
		return fmt.Errorf("digservices.Register: %w", err)
	}
	return nil
}
