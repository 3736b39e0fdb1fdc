package fxservices

import (
	"context"
	"errors"
	"sync/atomic"

	"go.uber.org/fx"

	"github.com/go-fxservices/services/internal/wiring"
	"github.com/go-fxservices/services/runner"
)

// app is what the Module of one application knows: the services and hooks in the
// order in which they were constructed, and the Runner that runs them.
type app struct {
	runner     *runner.Runner
	shutdowner fx.Shutdowner
	outer      context.Context // that of Run, which ends the start; nil without Run
	busy       chan struct{}   // held while the application starts or stops
	stopping   atomic.Bool
	watched    chan struct{} // closed once nobody waits for the end of the Runner; nil before the start
	failure    error         // why the application stopped by itself; set before watched is closed
	result     error         // of the start if it failed, or of the stop; owned by who is busy
	sequence   wiring.Sequence
	concurrent bool
	graph      fx.DotGraph // of the container, if it is concurrent
	decorators decorators
	order      Order

	record     func() error // writes the files of a Timeline
	unrecorded error        // what it said after the start; owned by who is busy
}

func newApp(shutdowner fx.Shutdowner, o options) *app {
	return &app{
		runner:     runner.NewRunner(o.runner...),
		concurrent: o.concurrent,
		shutdowner: shutdowner,
		busy:       make(chan struct{}, 1),
		record:     func() error { return nil },
	}
}

// need is how constructors ask for the app. It is nil without a Module.
type need struct {
	fx.In
	App *app `optional:"true"`
}

var errNoModule = errors.New("fxservices: Module is missing: give fxservices.Module() to fx.New")

func (n need) check() error {
	if n.App == nil {
		return errNoModule
	}
	return nil
}

// start is the one start hook of the application. A start that does not succeed
// is rolled back here, all of it: what fx does then finds nothing to do.
func (a *app) start(ctx context.Context) error {
	a.busy <- struct{}{}
	defer func() { <-a.busy }()
	a.stopping.Store(false)
	within, cancel := a.startContext(ctx)
	defer cancel()
	if err := a.runner.Start(within, a.services()...); err != nil {
		rollback, cancel := stopContext(ctx)
		defer cancel()
		a.result = errors.Join(err, a.runner.Finish(rollback), a.record())
		return a.result
	}
	a.unrecorded = a.record()
	a.watched = make(chan struct{})
	go a.watch()
	return nil
}

// services returns what is to be started, in the order of their construction.
func (a *app) services() []runner.Service {
	if !a.concurrent {
		return a.sequence.Services()
	}
	services := a.plan().services()
	a.order.set(services)
	return services
}

// settle is a stop hook that comes after stop, and also after a start that fx does
// not wait for any more, since the context of App.Start has ended: it waits until
// what had started is stopped.
func (a *app) settle(ctx context.Context) error {
	select {
	case a.busy <- struct{}{}:
		<-a.busy
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// watch ends the application when the Runner has to end.
func (a *app) watch() {
	defer close(a.watched)
	a.failure = a.runner.Wait(context.Background())
	if a.stopping.Load() {
		return
	}
	code := 0
	if a.failure != nil {
		code = exitFailure
	}
	_ = a.shutdowner.Shutdown(fx.ExitCode(code)) // fails only if somebody has shut down before
}

// stop is the one stop hook of the application. It returns why the application
// stopped, if a service was to blame, and what went wrong with that.
func (a *app) stop(ctx context.Context) error {
	a.busy <- struct{}{}
	defer func() { <-a.busy }()
	a.stopping.Store(true)
	within, cancel := stopContext(ctx)
	defer cancel()
	err := a.runner.Finish(within)
	<-a.watched
	a.result = errors.Join(a.failure, err, a.unrecorded, a.record())
	return a.result
}
