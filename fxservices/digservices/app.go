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

// App runs what a dig container constructs. [New] makes one. Like a container it
// is not safe for concurrent use.
type App struct {
	container *dig.Container
	runner    *runner.Runner
	sequence  wiring.Sequence
}

// New makes an App of a container and a Runner, which must not have run yet: as
// in package fxservices it goes on past services that fail to stop, and knows
// http.ErrServerClosed. A nil container or Runner means a new one.
func New(c *dig.Container, r *runner.Runner) *App {
	if c == nil {
		c = dig.New()
	}
	if r == nil {
		r = runner.NewRunner()
	}
	runner.WithContinueOnStopError()(r)
	runner.WithClosedErrors(http.ErrServerClosed)(r)
	return &App{container: c, runner: r}
}

// Container returns the container, for what is no service.
func (a *App) Container() *dig.Container { return a.container }

// Runner returns the Runner, for its state and its list of services.
func (a *App) Runner() *runner.Runner { return a.runner }

// Invoke is [dig.Container.Invoke]: it constructs what function needs, services
// among it, and calls it.
func (a *App) Invoke(function any, opts ...dig.InvokeOption) error {
	return a.container.Invoke(function, opts...)
}

// Run constructs every Server, and so what it needs, and starts all services that
// have been constructed, in that order. It blocks until a signal comes, ctx ends,
// or a Server fails; then it stops them in the opposite order, each with its stop
// timeout.
//
// It returns what constructing or starting failed of, and what had started is
// stopped; a [*runner.SignalError] for a signal before all was started; the
// [*runner.ServiceError] of a Server that failed; the error of ctx and its cause;
// nil after a signal. What went wrong with stopping is joined to that. Services
// that are constructed after the beginning of Run are not started.
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
