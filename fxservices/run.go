package fxservices

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"

	"go.uber.org/fx"

	"github.com/go-fxservices/services/internal/inside"
	"github.com/go-fxservices/services/internal/wiring"
)

// Run builds an application from opts, which have to contain [Module], and runs it until it ends. It returns
//
//   - nil after a signal with a graceful stop, after a call of fx.Shutdowner with exit code 0, after Shutdown(nil) of the
//     Runner, and when all Jobs are done and there is no Server;
//   - the error of fx.New if the application cannot be built;
//   - a [*runner.SignalError] if a signal came before everything had started or, joined to other errors, if a second signal
//     cut the stop short;
//   - the cause, with a [*runner.ServiceError], if a service failed to start, or a server, a job, or a
//     [runner.FailureReporter] failed later;
//   - the error of ctx, and its cause, if ctx ended;
//   - a [*ShutdownError] after a call of fx.Shutdowner with another exit code.
//
// Errors of stopping are joined to it. Run catches signals from its first line on. [ExitCode] turns the result into an exit
// code.
//
// Module may stand anywhere among opts: Servers and Jobs are constructed after all functions of fx.Invoke have been called, and
// the last fx.StartTimeout and fx.StopTimeout count wherever they stand.
func Run(ctx context.Context, opts ...fx.Option) error {
	p := prepare(opts)
	g := wiring.GuardSignals(ctx, p.signals())
	defer g.Close()
	var a *app
	application := fx.New(append(p.options, fx.Invoke(func(in appIn) error {
		a = in.App
		return in.check()
	}))...)
	signaled := g.EndBuild()
	if err := application.Err(); err != nil {
		return explained(err)
	}
	if signaled != nil {
		return signaled
	}
	a.warn(context.WithoutCancel(ctx), inside.GivenBy(opts))
	a.context = g.Context()
	a.ending.follow(a.context, a.runner)
	wiring.OnListening(a.runner, g.Release)
	return a.run(context.WithoutCancel(ctx), application)
}

// run runs the application until somebody asks for its end, as fx.App.Run does. It does not wait for fx, which would listen for
// signals then.
func (a *app) run(ctx context.Context, application *fx.App) error {
	startCtx, cancel := context.WithTimeout(ctx, application.StartTimeout())
	defer cancel()
	if err := application.Start(startCtx); err != nil {
		return a.outcome(err)
	}
	<-a.ending.done()
	a.ending.log()
	stopCtx, cancel := context.WithTimeout(ctx, application.StopTimeout())
	defer cancel()
	return a.outcome(application.Stop(stopCtx))
}

// outcome waits for the end of a start or stop, and returns what Run returns. The error of fx, err, may only say that fx has
// stopped waiting.
func (a *app) outcome(err error) error {
	err = cmp.Or(a.awaitIdle(), err)
	if code, given := a.ending.exitCode(); given && (code != 0 || err != nil) {
		return errors.Join(&ShutdownError{Code: code}, err)
	}
	return err
}

// explained adds to an error of fx.New the mistake that fx cannot name.
func explained(err error) error {
	text := err.Error()
	switch {
	case strings.Contains(text, "fx.StopTimeout Option should be passed to top-level App"):
		return fmt.Errorf("fxservices.Module must be given to fx.New itself, not inside an fx.Module: %w", err)
	case strings.Contains(text, "fx.Lifecycle already decorated"), strings.Contains(text, "fx.Shutdowner already decorated"):
		return fmt.Errorf("fxservices.Module decorates fx.Lifecycle and fx.Shutdowner; decorate them inside an fx.Module: %w", err)
	default:
		return err
	}
}
