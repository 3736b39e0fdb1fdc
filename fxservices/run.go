package fxservices

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"

	"go.uber.org/fx"

	"github.com/go-fxservices/services/internal/wiring"
	"github.com/go-fxservices/services/observers"
	"github.com/go-fxservices/services/runner"
)

// Run builds an application from opts, which have to contain [Module], and runs it until it ends. It returns
//
//   - nil after a signal with a graceful stop, and after a call of fx.Shutdowner with exit code 0;
//   - the error of fx.New if the application cannot be built;
//   - a [*runner.SignalError] if a signal came before everything had started or, joined to other errors, if a second signal
//     cut the stop short;
//   - the cause, with a [*runner.ServiceError], if a service failed to start or a server failed later;
//   - the error of ctx, and its cause, if ctx ended;
//   - a [*ShutdownError] after a call of fx.Shutdowner with another exit code.
//
// Errors of stopping are joined to it. Run catches signals from its first line on. [ExitCode] turns the result into an exit
// code.
func Run(ctx context.Context, opts ...fx.Option) error {
	g := guardSignals(ctx)
	defer g.cancel(context.Canceled)
	defer g.release()
	var a *app
	application := fx.New(append(opts[:len(opts):len(opts)], fx.Invoke(func(in appIn) error {
		a = in.App
		return in.check()
	}))...)
	g.endBuild()
	if err := application.Err(); err != nil {
		return explained(err)
	}
	a.runContext = g.ctx
	return a.run(ctx, g, application)
}

func (a *app) run(ctx context.Context, g *guard, application *fx.App) error {
	var signaled *runner.SignalError
	if errors.As(context.Cause(g.ctx), &signaled) {
		return signaled
	}
	detached := context.WithoutCancel(ctx)
	startCtx, cancel := context.WithTimeout(detached, application.StartTimeout())
	defer cancel()
	wiring.Configure(a.runner, runner.WithObserver(&observers.Funcs{
		// The state changes first when the Runner listens for signals and nothing has started yet.
		OnStateChanged: func(context.Context, runner.State) { g.release() },
	}))
	if err := application.Start(startCtx); err != nil {
		return a.outcome(err)
	}
	cause := a.serve(ctx, application)
	stopCtx, cancel := context.WithTimeout(detached, application.StopTimeout())
	defer cancel()
	stopErr := a.outcome(application.Stop(stopCtx))
	if a.failure != nil {
		return stopErr // the failure is part of it
	}
	return errors.Join(cause, stopErr)
}

// outcome waits for the end of a start or stop, and returns its result. The error of fx, err, may only say that fx has
// stopped waiting.
func (a *app) outcome(err error) error {
	_ = a.awaitIdle(context.Background())
	return cmp.Or(a.result, err)
}

// serve blocks until the application has to stop, and returns the reason if that is an error.
func (a *app) serve(ctx context.Context, application *fx.App) error {
	select {
	case sig := <-application.Wait():
		if sig.ExitCode != 0 {
			return &ShutdownError{Code: sig.ExitCode}
		}
		return nil
	case <-ctx.Done():
		return ended(ctx)
	}
}

func ended(ctx context.Context) error {
	err, cause := ctx.Err(), context.Cause(ctx)
	if cause == err { //nolint:errorlint // the same error, not a similar one
		return err
	}
	return fmt.Errorf("%w: %w", err, cause)
}

// explained adds to an error of fx.New the mistake that fx cannot name.
func explained(err error) error {
	if strings.Contains(err.Error(), "fx.StopTimeout Option should be passed to top-level App") {
		return fmt.Errorf("fxservices.Module must be given to fx.New itself, not inside an fx.Module: %w", err)
	}
	return err
}
