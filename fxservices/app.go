package fxservices

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"

	"go.uber.org/fx"

	"github.com/go-fxservices/services/internal/identity"
	"github.com/go-fxservices/services/retrier"
	"github.com/go-fxservices/services/runner"
)

// app is what the Module of one application knows: the services and hooks in the
// order in which they were constructed, and the Runner that runs them.
type app struct {
	runner     *runner.Runner
	shutdowner fx.Shutdowner
	outer      context.Context // ends the application; that of Run, or none
	stopping   atomic.Bool
	watched    chan struct{} // closed once nobody waits for the end of the Runner; nil before the start
	failure    error         // why the application stopped by itself; set before watched is closed

	mu       sync.Mutex
	sequence []runner.Service
	managed  map[any]struct{} // instances in the sequence
}

func newApp(shutdowner fx.Shutdowner, opts []runner.StarterOption) *app {
	return &app{
		runner:     runner.NewRunner(opts...),
		shutdowner: shutdowner,
		outer:      context.Background(),
		managed:    map[any]struct{}{},
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

// manage gives a service its place in the sequence: the last, for what it needs
// has been constructed. An instance that has a place keeps it.
func (a *app) manage(s runner.Service, set settings) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if key := identity.Of(runner.Innermost(s)); key != nil {
		if _, known := a.managed[key]; known {
			return
		}
		a.managed[key] = struct{}{}
	}
	a.sequence = append(a.sequence, set.apply(s))
}

func (a *app) append(hook runner.Service) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.sequence = append(a.sequence, hook)
}

// services returns the sequence as it is. What is added later is not started.
func (a *app) services() []runner.Service {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.sequence[:len(a.sequence):len(a.sequence)]
}

// start is the one start hook of the application. A start that does not succeed
// is rolled back here, all of it: what fx does then finds nothing to do.
func (a *app) start(ctx context.Context) error {
	a.stopping.Store(false)
	within, cancel := a.startContext(ctx)
	defer cancel()
	if err := a.runner.Start(within, a.services()...); err != nil {
		rollback, cancel := stopContext(ctx)
		defer cancel()
		return errors.Join(err, a.runner.Finish(rollback))
	}
	a.watched = make(chan struct{})
	go a.watch()
	return nil
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
	a.stopping.Store(true)
	within, cancel := stopContext(ctx)
	defer cancel()
	err := a.runner.Finish(within)
	<-a.watched
	return errors.Join(a.failure, err)
}

// settings are what Provide was given beside constructors.
type settings struct {
	runner []runner.Setting
	retry  *retrier.Builder
}

// apply wraps s as the settings say.
func (set settings) apply(s runner.Service) runner.Service {
	if resource, ok := runner.As[runner.Resource](s); ok && set.retry != nil {
		s = set.retry.Build(resource)
	}
	if len(set.runner) > 0 {
		s = runner.With(s, set.runner...)
	}
	return s
}
