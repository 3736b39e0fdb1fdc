package fxservices

import (
	"context"
	"errors"
	"sync/atomic"

	"go.uber.org/fx"

	"github.com/go-fxservices/services/runner"
)

// app starts and stops one application. It is the only one to call the Runner of a Module.
//
//	idle ── start ──▶ started ── stop ──▶ idle
//	  ▲        │
//	  └ failed ┘  start has rolled everything back
//
// fx can give up waiting for start and call stop while start is still running, so both lock the app.
type app struct {
	runner     *runner.Runner
	services   func() []runner.Service // called by each start
	shutdowner fx.Shutdowner
	record     func() error    // writes the files of a Timeline
	runContext context.Context // of Run: its end ends the start; nil without Run

	stopping atomic.Bool   // the Runner ends because the application stops
	lock     chan struct{} // full while the application starts or stops; a channel, so that waiting for it can end

	// Guarded by lock.
	watchDone chan struct{} // closed once watch has returned; nil before the first start
	failure   error         // why the Runner ended by itself; set before watchDone is closed
	recordErr error         // of record after the start
	result    error         // of the failed start, or of the stop
}

// newApp returns an app that runs services, in the order in which the function returns them.
func newApp(shutdowner fx.Shutdowner, r *runner.Runner, services func() []runner.Service) *app {
	return &app{
		runner:     r,
		services:   services,
		shutdowner: shutdowner,
		record:     func() error { return nil },
		lock:       make(chan struct{}, 1),
	}
}

// appIn asks the container for the app. It is nil without a Module.
type appIn struct {
	fx.In
	App *app `optional:"true"`
}

func (in appIn) check() error {
	if in.App == nil {
		return errNoModule
	}
	return nil
}

// start is the only start hook of the application. If it fails, it does the whole rollback before it returns: fx would
// give the rollback the context of the start, which may have ended.
func (a *app) start(ctx context.Context) error {
	a.lock <- struct{}{}
	defer func() { <-a.lock }()
	a.stopping.Store(false)
	within, cancel := startContext(ctx, a.runContext)
	defer cancel()
	if err := a.runner.Start(within, a.services()...); err != nil {
		rollback, cancel := stopContext(ctx)
		defer cancel()
		a.result = errors.Join(err, unlessSaid(a.runner.Finish(rollback), err), a.record())
		return a.result
	}
	a.recordErr = a.record()
	a.watchDone = make(chan struct{})
	go a.watch()
	return nil
}

// unlessSaid returns err, unless it is the very signal that said names already. A signal that cut a rollback short cuts
// the rest of the stop short too, and the Runner says so both times.
func unlessSaid(err, said error) error {
	var signaled *runner.SignalError
	if errors.As(said, &signaled) && err == error(signaled) { //nolint:errorlint // the very same
		return nil
	}
	return err
}

// watch ends the application when the Runner ends by itself.
func (a *app) watch() {
	defer close(a.watchDone)
	a.failure = a.runner.Wait(context.Background())
	if a.stopping.Load() {
		return
	}
	code := 0
	if a.failure != nil {
		code = exitFailure
	}
	_ = a.shutdowner.Shutdown(fx.ExitCode(code)) // fails only if somebody else has shut down before
}

// stop is the stop hook of start. It returns why the application stopped, if a service was the reason, together with all
// errors of stopping.
func (a *app) stop(ctx context.Context) error {
	a.lock <- struct{}{}
	defer func() { <-a.lock }()
	a.stopping.Store(true)
	within, cancel := stopContext(ctx)
	defer cancel()
	err := a.runner.Finish(within)
	<-a.watchDone
	a.result = errors.Join(a.failure, err, a.recordErr, a.record())
	return a.result
}

// awaitIdle waits until no start or stop is running. It is a stop hook too: when the context of App.Start ends, fx stops
// waiting for start and does not call stop, but it calls this hook, which lets the rollback of start finish.
func (a *app) awaitIdle(ctx context.Context) error {
	select {
	case a.lock <- struct{}{}:
		<-a.lock
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
