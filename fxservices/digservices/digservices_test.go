package digservices_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cenkalti/backoff/v4"
	"github.com/stretchr/testify/require"
	"go.uber.org/dig"
	"go.uber.org/fx"

	"github.com/go-fxservices/services/fxservices"
	"github.com/go-fxservices/services/fxservices/digservices"
	"github.com/go-fxservices/services/internal/testing/journal"
	"github.com/go-fxservices/services/retrier"
	"github.com/go-fxservices/services/runner"
)

// events records the calls of services, in order.
type events struct{ journal.Journal }

type (
	config  struct{ name string }
	db      struct{ runner.Resource }
	cache   struct{ runner.Resource }
	server  struct{ runner.Server }
	handler interface{ Name() string }
)

func (e *events) server(name string) *server {
	return &server{e.Server(name, journal.UntilEnd, journal.Fails(http.ErrServerClosed))}
}

func (e *events) newDB() *db                   { return &db{e.Resource("db")} }
func (e *events) newCache(*db) (*cache, error) { return &cache{e.Resource("cache")}, nil }
func (e *events) newServer(*cache) *server     { return e.server("server") }
func (e *events) newUnneeded() *cache          { return &cache{e.Resource("unneeded")} }
func newBroken() (*server, error)              { return nil, errBroken }
func newConfig() *config                       { return &config{name: "c"} }
func newCycle(*cache) *server                  { return nil }
func newCycleBack(*server) *cache              { return nil }
func newWithout(*config) *server               { return nil }

var errBroken = errors.New("broken")

func newApp() *digservices.App {
	return digservices.New(dig.New(), runner.NewRunner(runner.WithSignals()))
}

// runUntilReady runs the app until it is ready, and then ends its context.
func runUntilReady(t *testing.T, app *digservices.App) error {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	done := make(chan error, 1)
	go func() { done <- app.Run(ctx) }()
	synctest.Wait()
	cancel()
	return <-done
}

func TestRunsInConstructionOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e, app := &events{}, newApp()
		require.NoError(t, app.Provide(e.newServer))
		require.NoError(t, app.Provide(e.newCache))
		require.NoError(t, app.Provide(e.newDB))
		require.ErrorIs(t, runUntilReady(t, app), context.Canceled)
		require.Equal(t, []string{"start db", "start cache", "listen server", "close server", "stop cache", "stop db"}, e.Lines())
		require.Equal(t, runner.StateStopped, app.Runner().State())
	})
}

func TestAfterNeedsWhatTheConstructorDoesNotTake(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e, app := &events{}, newApp()
		newServer := func() *server { return e.server("api") }
		require.NoError(t, app.Provide(digservices.With(newServer, fxservices.After[*db]())))
		require.NoError(t, app.Provide(e.newDB))
		require.ErrorIs(t, runUntilReady(t, app), context.Canceled)
		require.Equal(t, []string{"start db", "listen api", "close api", "stop db"}, e.Lines())
	})
}

func TestManageRunsAValueThatIsNoService(t *testing.T) {
	manage := func(e *events) any {
		return fxservices.Manage(func(c *config) runner.Resource { return e.Resource(c.name) })
	}
	synctest.Test(t, func(t *testing.T) {
		e, app := &events{}, newApp()
		require.NoError(t, app.Provide(func(*config) *server { return e.server("api") }))
		require.NoError(t, app.Provide(digservices.With(newConfig, manage(e))))
		require.ErrorIs(t, runUntilReady(t, app), context.Canceled)
		require.Equal(t, []string{"start c", "listen api", "close api", "stop c"}, e.Lines())
		require.ErrorContains(t, app.Provide(digservices.With(e.newDB, manage(e))), "no constructor of this call returns the *digservices_test.config")
	})
}

func TestAResourceThatNothingNeedsIsNotStarted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e, app := &events{}, newApp()
		require.NoError(t, app.Provide(e.newUnneeded))
		require.ErrorIs(t, runUntilReady(t, app), context.Canceled)
		require.Empty(t, e.Lines())
	})
}

func TestInvokeConstructsWhatItNeeds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e, app := &events{}, newApp()
		require.NoError(t, app.Provide(e.newDB))
		require.NoError(t, app.Container().Provide(newConfig))
		require.NoError(t, app.Invoke(func(_ *db, c *config) { e.Note("invoke %s", c.name) }))
		require.ErrorIs(t, runUntilReady(t, app), context.Canceled)
		require.Equal(t, []string{"invoke c", "start db", "stop db"}, e.Lines())
	})
}

func TestAServerIsBuiltInEveryShape(t *testing.T) {
	var e *events // of the subtest
	shapes := map[string]func(*digservices.App) error{
		"named":        func(a *digservices.App) error { return a.Provide(e.newServer, dig.Name("api")) },
		"grouped":      func(a *digservices.App) error { return a.Provide(e.newServer, dig.Group("servers")) },
		"as interface": func(a *digservices.App) error { return a.Provide(e.newServer, dig.As(new(handler))) },
		"named as":     func(a *digservices.App) error { return a.Provide(e.newServer, dig.As(new(handler)), dig.Name("x")) },
		"fx.Annotate":  func(a *digservices.App) error { return a.Provide(fx.Annotate(e.newServer, fx.As(new(handler)))) },
		"with settings": func(a *digservices.App) error {
			return a.Provide(digservices.With(e.newServer, runner.StopTimeout(time.Second)))
		},
		"runner.Service": func(a *digservices.App) error {
			return a.Provide(func(*cache) runner.Service { return e.server("server") })
		},
		"dig.Out": func(a *digservices.App) error {
			type out struct {
				dig.Out
				Server *server `name:"api"`
				Config *config
			}
			return a.Provide(func(*cache) out { return out{Server: e.server("server")} })
		},
	}
	for name, provide := range shapes {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				e = &events{}
				app := newApp()
				require.NoError(t, provide(app))
				require.NoError(t, app.Provide(e.newCache))
				require.NoError(t, app.Provide(e.newDB))
				require.ErrorIs(t, runUntilReady(t, app), context.Canceled)
				require.Equal(t, []string{"start db", "start cache", "listen server", "close server", "stop cache", "stop db"}, e.Lines())
			})
		})
	}
}

func TestErrorsNameTheConstructor(t *testing.T) {
	e := &events{}
	cases := map[string]struct {
		provide func(*digservices.App) error
		name    string
		is      error
	}{
		"constructor failed": {func(a *digservices.App) error { return a.Provide(newBroken) }, "newBroken", errBroken},
		"missing dependency": {func(a *digservices.App) error { return a.Provide(newWithout) }, "newWithout", nil},
		"provided twice": {func(a *digservices.App) error {
			return errors.Join(a.Provide(e.newDB), a.Provide(func() *db { return nil }))
		}, "newDB", nil},
		"cycle": {func(a *digservices.App) error {
			return errors.Join(a.Provide(newCycle), a.Provide(newCycleBack))
		}, "newCycle", nil},
		"no service": {func(a *digservices.App) error { return a.Provide(newConfig) }, "newConfig", runner.ErrInvalidServiceType},
		"retried server": {func(a *digservices.App) error {
			return a.Provide(digservices.With(newBroken, retrier.New()))
		}, "newBroken", nil},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			app := newApp()
			err := c.provide(app)
			if err == nil {
				err = app.Run(t.Context())
			}
			require.ErrorContains(t, err, c.name)
			require.ErrorContains(t, err, "digservices_test.go:")
			require.NotContains(t, err.Error(), "makeFuncStub")
			if c.is != nil {
				require.ErrorIs(t, err, c.is)
			}
		})
	}
}

func TestProvideRefusesWhatIsNoConstructor(t *testing.T) {
	require.ErrorContains(t, newApp().Provide(nil), "must be a constructor, got <nil>")
	require.ErrorContains(t, newApp().Provide(3), "must be a constructor, got int")
	require.ErrorContains(t, newApp().Provide(digservices.With(newBroken, 3)), "setting 1 is a int")
}

func TestSettingsHoldForTheServicesOfTheConstructor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		app, attempts := newApp(), 0
		flaky := func() *db {
			return &db{runner.NewResource("flaky", func(context.Context) error {
				if attempts++; attempts < 3 {
					return errBroken
				}
				return nil
			}, nil)}
		}
		require.NoError(t, app.Provide(digservices.With(flaky, retrier.New().Backoff(backoff.NewConstantBackOff(time.Second)))))
		require.NoError(t, app.Invoke(func(*db) {}))
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		require.ErrorIs(t, app.Run(ctx), context.DeadlineExceeded)
		require.Equal(t, 3, attempts)
	})
}

func TestAFailingStartIsRolledBack(t *testing.T) {
	e, app := &events{}, newApp()
	require.NoError(t, app.Provide(e.newDB))
	require.NoError(t, app.Provide(func(*db) *cache {
		return &cache{runner.NewResource("cache", func(context.Context) error { return errBroken }, nil)}
	}))
	require.NoError(t, app.Invoke(func(*cache) {}))
	err := app.Run(t.Context())
	require.EqualError(t, err, `start "cache": broken`)
	require.ErrorIs(t, err, errBroken)
	require.Equal(t, []string{"start db", "stop db"}, e.Lines())
}

// sent is a Listener of signals that a test sends.
type sent chan os.Signal

func (s sent) Receive() <-chan os.Signal { return s }
func (sent) Stop()                       {}

func TestARollbackThatIsCutShortNamesTheSignalOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		signals, e := make(sent, 2), &events{}
		app := digservices.New(nil, runner.NewRunner(runner.WithListenerBuilder(func() runner.Listener { return signals })))
		require.NoError(t, app.Supply(runner.NewResource("db", e.Step("start db"), e.Step("stop db", journal.Waits))))
		require.NoError(t, app.Supply(runner.NewResource("cache", e.Step("start cache", journal.Fails(errBroken)), nil)))
		for n := range 2 {
			time.AfterFunc(time.Duration(n+1)*time.Second, func() { signals <- syscall.SIGTERM })
		}
		require.EqualError(t, app.Run(t.Context()), "start \"cache\": broken\nstop \"db\": received signal terminated: context canceled")
		require.Equal(t, []string{"start db", "start cache", "stop db"}, e.Lines())
	})
}

func TestAServerThatFailsEndsTheRunWithItsCause(t *testing.T) {
	e, app := &events{}, newApp()
	require.NoError(t, app.Provide(e.newDB))
	require.NoError(t, app.Provide(func(*db) *server {
		return &server{runner.NewServer("server", func(context.Context) error { return errBroken }, nil)}
	}))
	require.EqualError(t, app.Run(t.Context()), `listen "server": broken`)
	require.Equal(t, []string{"start db", "stop db"}, e.Lines())
}

func TestJobs(t *testing.T) {
	type importer struct{ runner.Job }
	newImporter := func(e *events, run ...journal.Step) func(*db) *importer {
		return func(*db) *importer { return &importer{e.Job("import", run...)} }
	}
	for name, options := range map[string][]dig.ProvideOption{
		"plain": nil, "named": {dig.Name("main")}, "grouped": {dig.Group("jobs")}, "as an interface": {dig.As(new(handler))},
	} {
		t.Run("end the application with nil when they are done: "+name, func(t *testing.T) {
			e, app := &events{}, newApp()
			require.NoError(t, errors.Join(app.Provide(e.newDB), app.Provide(newImporter(e), options...)))
			require.NoError(t, app.Run(t.Context()))
			require.Equal(t, []string{"start db", "run import", "stop db"}, e.Lines())
		})
	}

	t.Run("that fail end it with the cause", func(t *testing.T) {
		e, app := &events{}, newApp()
		newServer := func() *server { return e.server("server") }
		require.NoError(t, errors.Join(app.Provide(e.newDB), app.Provide(newServer), app.Provide(newImporter(e, journal.Fails(errBroken)))))
		require.EqualError(t, app.Run(t.Context()), `run "import": broken`)
		require.ElementsMatch(t, []string{"start db", "listen server", "run import", "close server", "stop db"}, e.Lines())
	})

	t.Run("run again with a retrier until an attempt succeeds", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			e, app, attempts := &events{}, newApp(), 0
			flaky := newImporter(e, func(context.Context) error {
				if attempts++; attempts < 3 {
					return errBroken
				}
				return nil
			})
			everySecond := retrier.New().Backoff(backoff.NewConstantBackOff(time.Second))
			require.NoError(t, errors.Join(app.Provide(e.newDB), app.Provide(digservices.With(flaky, everySecond))))
			require.NoError(t, app.Run(t.Context()))
			require.Equal(t, []string{"start db", "run import", "run import", "run import", "stop db"}, e.Lines())
		})
	})
}

func TestShutdownOfTheRunner(t *testing.T) {
	for name, cause := range map[string]error{"nil for a graceful end": nil, "the cause": errBroken} {
		t.Run("while starting returns "+name, func(t *testing.T) {
			e, app := &events{}, newApp()
			newEnding := func(*db) *cache {
				return &cache{runner.NewResource("cache", func(ctx context.Context) error {
					app.Runner().Shutdown(cause)
					<-ctx.Done()
					return ctx.Err()
				}, nil)}
			}
			require.NoError(t, errors.Join(app.Provide(e.newDB), app.Provide(newEnding), app.Provide(e.newServer)))
			err := app.Run(t.Context())
			require.ErrorIs(t, err, cause)
			require.Equal(t, cause == nil, err == nil, err)
			require.Equal(t, []string{"start db", "stop db"}, e.Lines())
		})
	}
}

func TestNilMeansANewContainerAndRunner(t *testing.T) {
	app := digservices.New(nil, nil)
	require.NotNil(t, app.Container())
	require.Equal(t, runner.StateIdle, app.Runner().State())
}

func ExampleApp_Run() {
	container := dig.New()
	app := digservices.New(container, runner.NewRunner())
	newDatabase := func() *db {
		return &db{runner.NewResource("database",
			func(context.Context) error { fmt.Println("connected"); return nil },
			func(context.Context) error { fmt.Println("disconnected"); return nil })}
	}
	newImport := func(*db) runner.Job {
		return runner.NewJob("import", func(context.Context) error { fmt.Println("imported"); return nil })
	}
	if err := errors.Join(app.Provide(newDatabase), app.Provide(newImport)); err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	fmt.Println(app.Run(context.Background())) // until a signal comes, or here, without a Server, until the Job is done
	// Output:
	// connected
	// imported
	// disconnected
	// <nil>
}
