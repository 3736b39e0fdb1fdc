package digservices

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"go.uber.org/dig"

	"github.com/go-fxservices/services/internal/constructor"
	"github.com/go-fxservices/services/internal/wiring"
	"github.com/go-fxservices/services/runner"
)

// App runs the services that a dig container constructs. [New] makes one. Like a container, an App is not safe for
// concurrent use.
type App struct {
	container *dig.Container
	runner    *runner.Runner
	sequence  wiring.Sequence
}

// New returns an App of a container and a Runner, which must not have run yet. If one of them is nil, New makes it.
//
// New changes the Runner as package fxservices does: when a service fails to stop, the Runner stops the others all the
// same, and an http.ErrServerClosed from a server that has been asked to close is not an error.
func New(c *dig.Container, r *runner.Runner) *App {
	if c == nil {
		c = dig.New()
	}
	if r == nil {
		r = runner.NewRunner()
	}
	wiring.Configure(r, runner.WithContinueOnStopError(), runner.WithClosedErrors(http.ErrServerClosed))
	return &App{container: c, runner: r}
}

// Container returns the container, for constructors of other values.
func (a *App) Container() *dig.Container { return a.container }

// Runner returns the Runner, to read its state and its list of services.
func (a *App) Runner() *runner.Runner { return a.runner }

// Invoke is [dig.Container.Invoke]: it constructs everything that function needs, services included, and calls it.
func (a *App) Invoke(function any, opts ...dig.InvokeOption) error {
	return a.container.Invoke(function, opts...)
}

// Run constructs every Server, together with everything it needs, and starts all services that have been constructed, in
// the order of construction. It blocks until a signal comes, ctx ends, or a Server fails. Then it stops the services in
// reverse order, each with its own stop timeout. It does not start services that are constructed later. It returns
//
//   - nil after a signal with a graceful stop;
//   - the error of the constructor, or the [*runner.ServiceError] of the service, that failed; everything that had started
//     is stopped;
//   - a [*runner.SignalError] if a signal came before everything had started;
//   - the error of ctx, and its cause, if ctx ended.
//
// Errors of stopping are joined to it.
func (a *App) Run(ctx context.Context) error {
	if err := a.build(); err != nil {
		return fmt.Errorf("build services: %w", err)
	}
	cause := a.runner.Start(ctx, a.sequence.Services()...)
	if cause == nil {
		cause = a.runner.Wait(ctx)
	}
	return errors.Join(cause, a.runner.Finish(context.WithoutCancel(ctx)))
}

func (a *App) build() error {
	return a.container.Invoke(func(struct {
		dig.In
		Built []constructor.Token `group:"services.built"`
	}) {
	})
}
