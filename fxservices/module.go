package fxservices

import (
	"go.uber.org/fx"

	"github.com/go-fxservices/services/internal/constructor"
	"github.com/go-fxservices/services/internal/fxgraph"
	"github.com/go-fxservices/services/internal/wiring"
	"github.com/go-fxservices/services/runner"
)

// Module provides a [*runner.Runner] that runs the services of [Provide], [Supply] and [Register], and the lifecycle hooks
// of all other constructors.
//
// Pass it directly to fx.New, once, as the last option: fx constructs the Servers and Jobs where it stands, and hooks that a
// later fx.Invoke appends start after them. With [Run] and [Main] the place does not matter. Inside an fx.Module, fx reports that fx.StopTimeout, which Module
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
	return module{
		options: o,
		parts: fx.Options(
			fx.StartTimeout(noTimeout),
			fx.StopTimeout(noTimeout),
			fx.Provide(
				func() oneModulePerApplication { return oneModulePerApplication{} },
				func(a *app) *runner.Runner { return a.runner },
				newEnding,
				func() *Order { return &Order{} },
			),
			provideApp(o),
			fx.Decorate(decorateLifecycle, decorateShutdowner),
		),
	}.withBuild()
}

// module is the option that Module returns.
type module struct {
	fx.Option // parts and build, as fx applies it
	options   options
	parts     fx.Option
}

// IsModule implements [wiring.ModuleOption].
func (module) IsModule() {}

func (m module) withBuild() module {
	m.Option = fx.Options(m.parts, fx.Invoke(buildSupplied, build))
	return m
}

// provideApp provides the registry, and the app that runs its services.
func provideApp(o options) fx.Option {
	if !o.concurrent {
		return fx.Provide(
			func() *registry { return &registry{} },
			func(e *ending, r *registry, ops adminIn, _ fx.Shutdowner) *app {
				return newApp(ops.newRunner(o.runner), o.ownStop, e, &r.Sequence, func() []runner.Service { return ops.first(r.Services()) })
			},
		)
	}
	return fx.Provide(
		func() *registry { return &registry{calls: &fxgraph.Calls{}} },
		func(e *ending, r *registry, order *Order, ops adminIn, _ fx.Shutdowner) *app {
			return newApp(ops.newRunner(o.runner), o.ownStop, e, &r.Sequence, func() []runner.Service {
				services := ops.first(wiring.Arrange(r.Items(), r.calls), runner.Barrier("admin starts first"))
				order.set(services)
				return services
			})
		},
	)
}

// buildSupplied makes the container manage the Resources that exist already.
func buildSupplied(struct {
	fx.In
	Supplied []constructor.Token `group:"services.supplied"`
}) {
}

// build makes the container construct the Servers and Jobs, and so everything that they need.
func build(in struct {
	fx.In
	App       *app
	Lifecycle fx.Lifecycle // without this fx would not decorate it, and have no hooks to run
	Observers wiring.ObserverTokens
	Options   []configured        `group:"services.configured"`
	Built     []constructor.Token `group:"services.built"`
}) error {
	in.Observers.Attach(in.App.runner)
	return in.App.configure(in.Options)
}
