package fxservices

import (
	"go.uber.org/fx"

	"github.com/go-fxservices/services/internal/constructor"
	"github.com/go-fxservices/services/runner"
)

// Module provides a [*runner.Runner] that runs the services of [Provide], [Supply] and [Register], and the lifecycle hooks
// of all other constructors.
//
// Pass it directly to fx.New, once, at any position. Inside an fx.Module, fx reports that fx.StopTimeout, which Module
// sets, belongs to the top-level App. If it is given twice, fx reports that fxservices.oneModulePerApplication is already
// provided.
//
// You can inject the Runner to read its state and its list of services; do not call Run, Start, Stop or Finish on it. When
// a service fails to stop, the Runner stops the others all the same. An http.ErrServerClosed from a server that has been
// asked to close is not an error.
func Module(opts ...Option) fx.Option {
	o := newOptions(opts)
	if o.err != nil {
		return fx.Error(o.err)
	}
	module := fx.Options(
		fx.StartTimeout(noTimeout),
		fx.StopTimeout(noTimeout),
		fx.Provide(
			func() oneModulePerApplication { return oneModulePerApplication{} },
			func(a *app) *runner.Runner { return a.runner },
			func() *Order { return &Order{} },
		),
		provideApp(o),
		fx.Decorate(decorateLifecycle),
		fx.Invoke(build),
	)
	if o.concurrent {
		return fx.Options(module, readGraph)
	}
	return module
}

// oneModulePerApplication is provided only so that fx refuses a second Module.
type oneModulePerApplication struct{}

// provideApp provides the registry, and the app that runs its services.
func provideApp(o options) fx.Option {
	if !o.concurrent {
		return fx.Provide(
			func() *registry { return &registry{} },
			func(s fx.Shutdowner, r *registry) *app { return newApp(s, runner.NewRunner(o.runner...), r.Services) },
		)
	}
	return fx.Provide(
		func() *registry { return &registry{hookOrigin: hookOrigin} },
		func() *graph { return &graph{} },
		func(s fx.Shutdowner, r *registry, g *graph, order *Order) *app {
			return newApp(s, runner.NewRunner(o.runner...), func() []runner.Service {
				services := g.arrange(r.Items())
				order.set(services)
				return services
			})
		},
	)
}

// build makes the container construct the Servers, and so everything that they need.
func build(in struct {
	fx.In
	App       *app
	Lifecycle fx.Lifecycle        // without this fx would not decorate it, and have no hooks to run
	Observers []observerToken     `group:"fxservices.observers"`
	Built     []constructor.Token `group:"services.built"`
}) {
	attach(in.App.runner, in.Observers)
}
