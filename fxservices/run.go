package fxservices

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"

	"go.uber.org/fx"

	"github.com/go-fxservices/services/observers"
	"github.com/go-fxservices/services/runner"
)

// Run builds an application of opts, which have [Module] among them, runs it, and
// returns why it ended:
//
//   - nil after a signal that was handled gracefully, and after fx.Shutdowner with
//     exit code 0;
//   - an error of fx.New if it cannot be built;
//   - a [*runner.SignalError] if a signal came before it was started, or, joined to
//     the rest, if a second one cut the stop short;
//   - the cause, with a [*runner.ServiceError], if a service failed to start, or a
//     server failed later;
//   - the error of ctx, and its cause, if ctx ended;
//   - a [*ShutdownError] after fx.Shutdowner with another exit code.
//
// What went wrong with stopping is joined to that. Signals are caught from the
// first line of Run. [ExitCode] makes an exit code of the result.
func Run(ctx context.Context, opts ...fx.Option) error {
	g := guardSignals(ctx)
	defer g.cancel(context.Canceled)
	defer g.release()
	var a *app
	application := fx.New(append(opts[:len(opts):len(opts)], fx.Invoke(func(n need) error {
		a = n.App
		return n.check()
	}))...)
	g.built()
	if err := application.Err(); err != nil {
		return explained(err)
	}
	a.outer = g.ctx
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
	runner.WithObserver(&observers.Funcs{
		OnStateChanged: func(context.Context, runner.State) { g.release() }, // the first comes before anything starts
	})(a.runner)
	if err := application.Start(startCtx); err != nil {
		return a.outcome(err)
	}
	cause := a.serve(ctx, application)
	stopCtx, cancel := context.WithTimeout(detached, application.StopTimeout())
	defer cancel()
	stopErr := a.outcome(application.Stop(stopCtx))
	if a.failure != nil {
		return stopErr // which has it
	}
	return errors.Join(cause, stopErr)
}

// outcome returns what a start or a stop came to, once it is over. What fx has
// returned, err, may be that it did not wait so long.
func (a *app) outcome(err error) error {
	_ = a.settle(context.Background())
	return cmp.Or(a.result, err)
}

// serve blocks until the application has to stop, and returns why if that is an
// error.
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
	if cause == err { //nolint:errorlint // the very same, not one that is like it
		return err
	}
	return fmt.Errorf("%w: %w", err, cause)
}

// explained adds to an error of fx.New what fx cannot know.
func explained(err error) error {
	if strings.Contains(err.Error(), "fx.StopTimeout Option should be passed to top-level App") {
		return fmt.Errorf("fxservices.Module must be given to fx.New itself, not inside an fx.Module: %w", err)
	}
	return err
}
