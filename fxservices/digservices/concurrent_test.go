package digservices_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/dig"

	"github.com/go-fxservices/services/fxservices"
	"github.com/go-fxservices/services/fxservices/digservices"
	"github.com/go-fxservices/services/internal/testing/journal"
	"github.com/go-fxservices/services/runner"
)

type queue struct{ runner.Resource }

func (e *events) slow(name string) runner.Resource {
	return e.Resource(name, journal.Takes(time.Second), e.Step("up "+name))
}

func (e *events) newSlowDB() *db                             { return &db{e.slow("db")} }
func (e *events) newSlowQueue() *queue                       { return &queue{e.slow("queue")} }
func (e *events) newSlowCache(*db) *cache                    { return &cache{e.slow("cache")} }
func (e *events) newServerOfBoth(_ *cache, _ *queue) *server { return e.server("server") }

// startedAfter runs the app for an hour, and returns after how long the line came.
func startedAfter(t *testing.T, app *digservices.App, e *events, line string) time.Duration {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
	defer cancel()
	began := time.Now()
	done := make(chan error, 1)
	go func() { done <- app.Run(ctx) }()
	for !slices.Contains(e.Lines(), line) && time.Since(began) < time.Hour {
		time.Sleep(100 * time.Millisecond)
	}
	took := time.Since(began).Round(time.Second)
	require.ErrorIs(t, <-done, context.DeadlineExceeded)
	return took
}

func TestConcurrent(t *testing.T) {
	// provided is an App with a server that needs a cache, which needs a db, and a queue.
	provided := func(t *testing.T, r *runner.Runner, concurrent func(*digservices.App)) (*digservices.App, *events) {
		t.Helper()
		e, app := &events{}, digservices.New(nil, r)
		concurrent(app)
		for _, constructor := range []any{e.newSlowDB, e.newSlowQueue, e.newSlowCache, e.newServerOfBoth} {
			require.NoError(t, app.Provide(constructor))
		}
		return app, e
	}
	quiet := func(opts ...runner.StarterOption) *runner.Runner {
		return runner.NewRunner(append(opts, runner.WithSignals())...)
	}
	none := func(*digservices.App) {}
	for name, c := range map[string]struct {
		runner     *runner.Runner
		concurrent func(*digservices.App)
		want       time.Duration
	}{
		"is off":                          {quiet(), none, 3 * time.Second},
		"has no limit":                    {quiet(), func(a *digservices.App) { a.Concurrent() }, 2 * time.Second},
		"has a limit":                     {quiet(), func(a *digservices.App) { a.Concurrent(1) }, 3 * time.Second},
		"is what WithConcurrency means":   {quiet(runner.WithConcurrency(0)), none, 2 * time.Second},
		"is not what one at a time means": {quiet(runner.WithConcurrency(1)), none, 3 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				app, e := provided(t, c.runner, c.concurrent)
				require.Equal(t, c.want, startedAfter(t, app, e, "listen server"))
				lines := e.Lines()
				for before, after := range map[string]string{
					"up db": "start cache", "up cache": "listen server", "up queue": "listen server", "close server": "stop cache", "stop cache": "stop db",
				} {
					require.Less(t, slices.Index(lines, before), slices.Index(lines, after), "%s: %q", after, lines)
				}
			})
		})
	}

	t.Run("refuses more than one number", func(t *testing.T) {
		app := newApp()
		app.Concurrent(1, 2)
		require.EqualError(t, app.Run(t.Context()), "digservices.App.Concurrent: takes at most one number, got 2: [1 2]")
	})
}

func TestConcurrentNeverStartsEarly(t *testing.T) {
	// order runs an app, and returns what starts and what is up.
	order := func(t *testing.T, provide func(*events, *digservices.App) error) (lines []string) {
		t.Helper()
		synctest.Test(t, func(t *testing.T) {
			e, app := &events{}, newApp()
			app.Concurrent()
			require.NoError(t, provide(e, app))
			startedAfter(t, app, e, "listen server")
			lines = e.Lines()[:len(e.Lines())/2+1]
		})
		return lines
	}
	ofDB := func(e *events) any { return func(*db) *server { return e.server("server") } }

	t.Run("with a decorator", func(t *testing.T) {
		lines := order(t, func(e *events, app *digservices.App) error {
			return errors.Join(app.Provide(e.newDB), app.Provide(e.newSlowQueue), app.Provide(ofDB(e)),
				app.Container().Decorate(func(d *db, _ *queue) *db { return d }))
		})
		require.Less(t, slices.Index(lines, "up queue"), slices.Index(lines, "listen server"), "%q", lines)
	})

	t.Run("with a scope", func(t *testing.T) {
		lines := order(t, func(e *events, app *digservices.App) error {
			scope := app.Container().Scope("inner")
			return errors.Join(app.Provide(e.newSlowDB), app.Provide(ofDB(e)),
				scope.Provide(func(*db) *config { return &config{} }), scope.Invoke(func(*config) {}))
		})
		require.Equal(t, []string{"start db", "up db", "listen server"}, lines[:3])
	})

	t.Run("with dig.Name, dig.Group and dig.As, and twins", func(t *testing.T) {
		for name, opts := range map[string][]dig.ProvideOption{
			"name": {dig.Name("x")}, "group": {dig.Group("x")}, "as": {dig.As(new(handler)), dig.Name("x")},
		} {
			lines := order(t, func(e *events, app *digservices.App) error {
				type in struct {
					dig.In
					Named   *db     `name:"x" optional:"true"`
					Group   []*db   `group:"x"`
					Handler handler `name:"x" optional:"true"`
				}
				twin := func() *db { return &db{e.slow("db")} }
				return errors.Join(app.Provide(twin, opts...), app.Provide(twin),
					app.Provide(func(in) *server { return e.server("server") }))
			})
			require.Equal(t, []string{"start db", "up db", "listen server"}, lines[:3], name)
		}
	})

	t.Run("with what was constructed before", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			e, app := &events{}, newApp()
			require.NoError(t, errors.Join(app.Provide(e.newSlowDB), app.Provide(e.newSlowCache), app.Provide(e.newSlowQueue)))
			require.NoError(t, app.Invoke(func(*cache, *queue) {}))
			app.Concurrent()
			require.Equal(t, 2*time.Second, startedAfter(t, app, e, "up cache"))
		})
	})
}

func TestAfterOfConcurrentServices(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e, app := &events{}, newApp()
		app.Concurrent()
		newServer := func() *server { return e.server("server") }
		require.NoError(t, app.Provide(digservices.With(newServer, fxservices.After[*db]())))
		require.NoError(t, app.Provide(e.newSlowDB))
		require.Equal(t, time.Second, startedAfter(t, app, e, "listen server"))
	})
}
