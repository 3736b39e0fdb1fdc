package fxservicestest

import (
	"context"
	"runtime/pprof"
	"slices"
	"strconv"
	"sync/atomic"
	"time"

	"go.uber.org/fx"
	"go.uber.org/fx/fxtest"

	"github.com/go-fxservices/services/fxservices"
	"github.com/go-fxservices/services/internal/goroutines"
	"github.com/go-fxservices/services/internal/inside"
	"github.com/go-fxservices/services/internal/wiring"
	"github.com/go-fxservices/services/runner"
)

// TB is what the package needs of a [*testing.T] or [*testing.B].
type TB interface {
	Cleanup(func())
	Errorf(format string, args ...any)
	FailNow()
	Helper()
	Logf(format string, args ...any)
}

// App is an application under test. [New] makes one.
type App struct {
	*fx.App
	tb     TB
	runner *runner.Runner
	events *recorder
	label  string // of the goroutines that its services start
	up     bool   // it was started, and has not been stopped since
}

// label is the profiler label by which the goroutines of an App are found.
const label = "fxservicestest.app"

var lastApp atomic.Int64

// New makes an application of opts. It adds [fxservices.Module] unless opts contain it, logs to tb unless they say otherwise, and
// listens for no signals. The test fails at once if fx.New does.
//
// At the end of the test the application is stopped if it was started. The test fails if that fails, and for what is left behind
// then: services that are still up, or that a call of runs, and goroutines that services have started.
func New(tb TB, opts ...fx.Option) *App {
	tb.Helper()
	a := &App{tb: tb, events: &recorder{}, label: strconv.FormatInt(lastApp.Add(1), 10)}
	all := []fx.Option{fxtest.WithTestLogger(tb)}
	all = append(all, opts...)
	all = append(all,
		fxservices.Observe(a.events),
		fxservices.Configure(func() fxservices.Option { return fxservices.WithRunner(runner.WithSignals()) }),
		fx.Populate(&a.runner),
	)
	if !hasModule(opts) {
		all = append(all, fxservices.Module())
	}
	a.App = fx.New(all...)
	if err := a.Err(); err != nil {
		tb.Errorf("fx.New: %v", err)
		tb.FailNow()
	}
	tb.Cleanup(a.cleanUp)
	return a
}

func hasModule(opts []fx.Option) bool {
	return slices.ContainsFunc(inside.Leaves(opts), func(opt fx.Option) bool {
		_, ok := opt.(wiring.ModuleOption)
		return ok
	})
}

// Start is [fx.App.Start].
func (a *App) Start(ctx context.Context) error {
	err := a.labelled(ctx, a.App.Start)
	a.up = err == nil
	return err
}

// Stop is [fx.App.Stop].
func (a *App) Stop(ctx context.Context) error {
	a.up = false
	return a.labelled(ctx, a.App.Stop)
}

// labelled calls a step such that the goroutines of services are found again.
func (a *App) labelled(ctx context.Context, step func(context.Context) error) (err error) {
	pprof.Do(ctx, pprof.Labels(label, a.label), func(ctx context.Context) { err = step(ctx) })
	return err
}

// RequireStart starts the application, with its start timeout. If that fails, the test fails at once.
func (a *App) RequireStart() *App {
	a.tb.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), a.StartTimeout())
	defer cancel()
	if err := a.Start(ctx); err != nil {
		a.tb.Errorf("start the application: %v", err)
		a.tb.FailNow()
	}
	return a
}

// RequireStop stops the application, with its stop timeout. If that fails, the test fails at once. It does nothing if the
// application is not started.
func (a *App) RequireStop() *App {
	a.tb.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), a.StopTimeout())
	defer cancel()
	if err := a.Stop(ctx); err != nil {
		a.tb.Errorf("stop the application: %v", err)
		a.tb.FailNow()
	}
	return a
}

// Order returns the names of the services and hooks that have started, in the order in which they did. After a restart it has
// them twice. The slice is the caller's.
func (a *App) Order() []string { return a.events.order() }

// Events returns what has happened to services and hooks so far:
//
//	load db      loaded db
//	start db     started db       of a resource
//	listen api   listening api    of a server
//	run import   running import   of a job, and "done import"
//	stop db      stopped db       of a resource
//	close api    closed api       of a server
//	end import   ended import     of a job that is not done
//
// A step that fails reads "start db: connection refused" instead of "started db", and a server that fails while it serves "api
// failed: connection reset". The slice is the caller's.
func (a *App) Events() []string { return a.events.all() }

// cleanUp stops the application at the end of the test, and looks for what is left.
func (a *App) cleanUp() {
	a.tb.Helper()
	if a.up {
		ctx, cancel := context.WithTimeout(context.Background(), a.StopTimeout())
		defer cancel()
		if err := a.Stop(ctx); err != nil {
			a.tb.Errorf("stop the application at the end of the test: %v", err)
		}
	}
	for _, s := range a.runner.Services() {
		a.tb.Errorf("left behind: %s %q is %v", s.Kind, s.Name, s.State)
	}
	if left := a.goroutines(); len(left) > 0 {
		a.tb.Errorf("left behind: services have started goroutines that have not ended:\n\n%s", goroutines.Join(left))
	}
}

// goroutines returns those that services have started and that do not end soon.
func (a *App) goroutines() (left []goroutines.Goroutine) {
	for pause := time.Millisecond; pause < time.Second; pause *= 2 {
		if left = goroutines.With(label, a.label); len(left) == 0 {
			return nil
		}
		time.Sleep(pause)
	}
	return left
}
