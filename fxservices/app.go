package fxservices

import (
	"context"
	"errors"
	"os"
	"sync"

	"go.uber.org/fx"

	"github.com/go-fxservices/services/internal/wiring"
	"github.com/go-fxservices/services/runner"
)

// app starts and stops one application. It is the only one to call the Runner of a Module.
//
//	idle ── start ──▶ up ── stop ──▶ idle
//	  ▲        │
//	  └ failed ┘  start has rolled everything back
//
// fx can give up waiting for start, and call stop while start is still running, so both lock the app.
type app struct {
	runner   *runner.Runner
	services func() []runner.Service // called by each start
	managed  func() []runner.Service // as they were constructed
	ending   *ending
	fxs      *listening      // of fx itself
	record   func() error    // writes the files of a Timeline
	context  context.Context // of Run: its end ends the application; nil without Run
	timeouts timeouts

	lock chan struct{} // full while the application starts or stops; a channel, so that waiting for it can end

	// Guarded by lock.
	up        bool
	watchDone chan struct{} // closed once watch has returned; nil before the first start
	failure   error         // why the Runner ended by itself; set before watchDone is closed
	recordErr error         // of record after the start
	result    error         // of the failed start, or of the stop

	mu       sync.Mutex
	endStart context.CancelCauseFunc // ends the start that is under way; nil: there is none
}

// errStopped is why a start ends that meets a stop of the application.
var errStopped = errors.New("the application was stopped while it started")

// newApp returns an app that runs the services of q, in the order in which the function returns them. ownStop says that the options
// of r set the stop timeout of services.
func newApp(r *runner.Runner, ownStop bool, e *ending, q *wiring.Sequence, services func() []runner.Service) *app {
	a := &app{
		runner:   r,
		services: services,
		managed:  q.Services,
		ending:   e,
		fxs:      &listening{runners: func() []os.Signal { return wiring.Signals(r) }},
		record:   func() error { return nil },
		timeouts: newTimeouts(r, ownStop, e.inside),
		lock:     make(chan struct{}, 1),
	}
	e.follow(context.Background(), r)
	if e.inside != nil { // else fx listens as it does, and hears of other signals as of a Shutdown
		e.inside.ListenWith(a.fxs.notify, a.fxs.stop)
		wiring.OnSignal(r, e.signal)
		wiring.OnListening(r, func() { a.fxs.setRunner(true) })
	}
	return a
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
// give the rollback the context of the start, which may have ended. A start that somebody ended with Shutdown(nil) has not
// failed: watch ends the application, with exit code 0.
func (a *app) start(ctx context.Context) error {
	a.lock <- struct{}{}
	defer func() { <-a.lock }()
	a.ending.begin()
	a.failure = nil
	within, cancel := a.timeouts.start(ctx, a.context)
	defer cancel()
	within, end := context.WithCancelCause(within)
	defer end(context.Canceled)
	a.setEndStart(end)
	if !a.ending.inside.IsStarting() { // somebody has stopped the application before there was anything to end
		end(errStopped)
	}
	err := a.runner.Start(within, a.services()...)
	a.setEndStart(nil)
	if err == nil && context.Cause(within) == errStopped { //nolint:errorlint // the very same
		err = errStopped
	}
	if err != nil && !wiring.SaysShutdown(err) {
		rollback, cancel := a.timeouts.rollback(ctx)
		defer cancel()
		a.result = errors.Join(err, wiring.UnlessSaid(a.runner.Finish(rollback), err), a.record())
		a.endRun()
		return tell(a.result)
	}
	a.up, a.recordErr, a.watchDone = true, a.record(), make(chan struct{})
	go a.watch(wiring.Watch(a.runner))
	return nil
}

func (a *app) setEndStart(end context.CancelCauseFunc) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.endStart = end
}

// endRun leaves nothing of a run to the next one.
func (a *app) endRun() {
	a.fxs.setRunner(false)
	a.ending.end()
}

// watch ends the application when the Runner, or the context of Run, ends by itself.
func (a *app) watch(wait func(context.Context) error) {
	defer close(a.watchDone)
	ctx := a.context
	if ctx == nil {
		ctx = context.Background()
	}
	a.failure = wait(ctx)
	code := 0
	if a.failure != nil {
		code = exitFailure
	}
	a.ending.runnerEnded(code)
}

// stop is the stop hook of start. It returns why the application stopped, if a service was the reason, together with all
// errors of stopping.
func (a *app) stop(ctx context.Context) error {
	a.lock <- struct{}{}
	defer func() { <-a.lock }()
	return tell(a.stopLocked(ctx))
}

func (a *app) stopLocked(ctx context.Context) error {
	if !a.up {
		return nil
	}
	a.up = false
	a.ending.stop()
	within, cancel, limit := a.timeouts.stop(ctx)
	defer cancel()
	err := wiring.Finish(within, a.runner, limit)
	<-a.watchDone
	a.endRun()
	a.result = errors.Join(a.failure, err, a.recordErr, a.record())
	return a.result
}

// endAnyStart is a stop hook too. When somebody stops the application while it starts, or when the context of App.Start ends,
// fx does not call stop, but it calls this hook: it ends the start, waits for its rollback, and stops what is up all the same.
func (a *app) endAnyStart(ctx context.Context) error {
	a.mu.Lock()
	if a.endStart != nil {
		a.endStart(errStopped)
	}
	a.mu.Unlock()
	select {
	case a.lock <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { <-a.lock }()
	return tell(a.stopLocked(ctx))
}

// awaitIdle waits until no start or stop is running, and returns the result of the last one.
func (a *app) awaitIdle() error {
	a.lock <- struct{}{}
	defer func() { <-a.lock }()
	return a.result
}
