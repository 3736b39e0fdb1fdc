package digservices

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"go.uber.org/dig"

	"github.com/go-fxservices/services/internal/constructor"
	"github.com/go-fxservices/services/internal/fxgraph"
	"github.com/go-fxservices/services/internal/inside"
	"github.com/go-fxservices/services/internal/wiring"
	"github.com/go-fxservices/services/runner"
)

// App runs the services that a dig container constructs. [New] makes one. Like a container, an App is not safe for
// concurrent use.
type App struct {
	container *dig.Container
	runner    *runner.Runner
	sequence  wiring.Sequence
	calls     fxgraph.Calls // of the constructors of services

	concurrent bool
	err        error         // of Concurrent
	guard      *wiring.Guard // of the Run; nil before the first one
}

// New returns an App of a container and a Runner, which must not have run yet. If one of them is nil, New makes it. With
// [runner.WithConcurrency] the Runner starts services as [App.Concurrent] says.
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
	a := &App{container: c, runner: r}
	if wiring.IsConcurrent(r) {
		a.follow()
	}
	return a
}

// Concurrent makes services start at the same time where the container allows it: each one as soon as everything that it
// depends on has started. They stop in reverse. It is fxservices.Concurrent for dig: with a number n, at most n services
// start, or stop, at the same time. More than one number is an error of [App.Run].
//
// Call it before anything is constructed: what has been constructed by then waits for more than it has to.
func (a *App) Concurrent(n ...int) {
	limit, err := wiring.Limit(n)
	if err != nil {
		a.err = errors.Join(a.err, fmt.Errorf("digservices.App.Concurrent: %w", err))
	}
	a.follow()
	wiring.Configure(a.runner, runner.WithConcurrency(limit))
}

// follow lets services start along the dependencies of their constructors.
func (a *App) follow() {
	a.concurrent = true
	a.calls.Follow(func() (*inside.Container, error) { return inside.OfDig(a.container) })
}

// Container returns the container, for constructors of other values.
func (a *App) Container() *dig.Container { return a.container }

// Runner returns the Runner, to read its state and its list of services.
func (a *App) Runner() *runner.Runner { return a.runner }

// Invoke is [dig.Container.Invoke]: it constructs everything that function needs, services included, and calls it.
func (a *App) Invoke(function any, opts ...dig.InvokeOption) error {
	return a.container.Invoke(function, opts...)
}

// Run constructs every Server and Job, together with everything it needs, and starts all services that have been
// constructed, in the order of construction. It blocks until a signal comes, ctx ends, a service fails, somebody calls
// Shutdown of the Runner, or, without a Server, all Jobs are done. Then it stops the services in reverse order, each with
// its own stop timeout. It does not start services that are constructed later. It returns
//
//   - nil after a signal with a graceful stop, when all Jobs are done, and after Shutdown(nil);
//   - the error of the constructor, or the [*runner.ServiceError] of the service, that failed; everything that had started
//     is stopped;
//   - a [*runner.SignalError] if a signal came before everything had started;
//   - the error of ctx, and its cause, if ctx ended.
//
// Errors of stopping are joined to it. While dig constructs the services, Run catches the signals that the Runner listens
// for: nothing is started then. A second one has the default action of the system.
func (a *App) Run(ctx context.Context) error {
	if a.err != nil {
		return a.err
	}
	guard := wiring.GuardSignals(ctx, wiring.Signals(a.runner))
	defer guard.Close()
	err := a.build(guard)
	if signaled := guard.EndBuild(); err == nil {
		err = signaled
	}
	if err != nil {
		return err
	}
	cause := a.runner.Start(guard.Context(), a.services()...)
	if cause == nil || wiring.SaysShutdown(cause) {
		cause = a.runner.Wait(ctx)
	}
	return errors.Join(cause, wiring.UnlessSaid(a.runner.Finish(context.WithoutCancel(ctx)), cause))
}

// build makes the container construct the Servers and Observers. The guard ends once the Runner listens for signals.
func (a *App) build(guard *wiring.Guard) error {
	err := a.container.Invoke(func(in struct {
		dig.In
		Observers wiring.ObserverTokens
		Built     []constructor.Token `group:"services.built"`
	}) {
		if a.guard == nil {
			in.Observers.Attach(a.runner)
			wiring.OnListening(a.runner, func() { a.guard.Release() })
		}
		a.guard = guard
	})
	if err != nil {
		return fmt.Errorf("build services: %w", err)
	}
	return nil
}

// services returns everything that has been constructed, with the order of its start.
func (a *App) services() []runner.Service {
	if !a.concurrent {
		return a.sequence.Services()
	}
	return wiring.Arrange(a.sequence.Items(), &a.calls)
}
