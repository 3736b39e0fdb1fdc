package fxservices

import (
	"net/http"
	"time"

	"go.uber.org/fx"

	"github.com/go-fxservices/services/internal/constructor"
	"github.com/go-fxservices/services/runner"
)

// Option configures [Module].
type Option func(*options)

type options struct {
	runner     []runner.StarterOption
	concurrent bool
}

func withRunner(opts ...runner.StarterOption) Option {
	return func(o *options) { o.runner = append(o.runner, opts...) }
}

// WithRunner passes options to the Runner, after those of this package: signals,
// Observers, errors that mean closed.
func WithRunner(opts ...runner.StarterOption) Option { return withRunner(opts...) }

// StartTimeout sets the time that each service has to load, start and become
// ready, within that of the application; see [runner.WithStartTimeout].
func StartTimeout(d time.Duration) Option { return withRunner(runner.WithStartTimeout(d)) }

// StopTimeout sets the time that each service, and each hook of another
// constructor, has to stop. The default is 15 s; see [runner.WithStopTimeout].
func StopTimeout(d time.Duration) Option { return withRunner(runner.WithStopTimeout(d)) }

// DrainDelay sets how long the application serves on, as [runner.StateDraining],
// once it has been asked to stop; see [runner.WithDrainDelay]. A start that
// failed is not drained.
func DrainDelay(d time.Duration) Option { return withRunner(runner.WithDrainDelay(d)) }

// Module makes a [*runner.Runner] that runs what [Provide], [Supply] and
// [Register] give it, and the lifecycle hooks of all other constructors.
//
// Give it to fx.New itself, once, in any place. Inside an fx.Module fx answers
// that fx.StopTimeout, which Module sets, belongs to the top-level App; given
// twice, that fxservices.oneModulePerApplication is already provided.
//
// The Runner can be injected, for its state and its list of services; do not call
// Run, Start, Stop or Finish on it. It goes on past services that fail to stop,
// and knows http.ErrServerClosed.
func Module(opts ...Option) fx.Option {
	o := options{runner: []runner.StarterOption{
		runner.WithContinueOnStopError(),
		runner.WithClosedErrors(http.ErrServerClosed),
	}}
	for _, opt := range opts {
		if opt != nil {
			opt(&o)
		}
	}
	module := fx.Options(
		fx.StartTimeout(noTimeout),
		fx.StopTimeout(noTimeout),
		fx.Provide(
			func() oneModulePerApplication { return oneModulePerApplication{} },
			func(shutdowner fx.Shutdowner) *app { return newApp(shutdowner, o) },
			func(a *app) *runner.Runner { return a.runner },
			func(a *app) *Order { return &a.order },
		),
		fx.Decorate(decorateLifecycle),
		fx.Invoke(build),
	)
	if o.concurrent {
		return fx.Options(module, readGraph)
	}
	return module
}

// oneModulePerApplication is there for the error of a second Module.
type oneModulePerApplication struct{}

// build constructs the servers, and with them all that they need.
func build(in struct {
	fx.In
	App       *app
	Lifecycle fx.Lifecycle        // decorating it adds the hooks that start and stop
	Observers []observerToken     `group:"fxservices.observers"`
	Built     []constructor.Token `group:"services.built"`
}) {
	in.App.observe(in.Observers)
}
