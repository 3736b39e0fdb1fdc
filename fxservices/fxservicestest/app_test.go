package fxservicestest_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/fx"
	"go.uber.org/fx/fxevent"
	"go.uber.org/goleak"

	"github.com/go-fxservices/services/fxservices"
	"github.com/go-fxservices/services/fxservices/fxservicestest"
	"github.com/go-fxservices/services/runner"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var errBoom = errors.New("boom")

type (
	db   struct{ *fxservicestest.FakeResource }
	api  struct{ runner.Server }
	work struct{ runner.Job }

	// store is an interface that a db has.
	store interface {
		runner.Resource
		Stops() int
	}
)

func newDB() *db { return &db{fxservicestest.Fake("db")} }

func newAPI(*db) *api {
	return &api{runner.NewServer("api", func(ctx context.Context) error {
		<-ctx.Done()
		return nil
	}, nil)}
}

func newJob(*db) *work {
	return &work{runner.NewJob("import", func(context.Context) error { return nil })}
}

// tb is a TB that records failures. FailNow ends its goroutine.
type tb struct {
	cleanups []func()
	logged   int
	failures []string
}

func (t *tb) Cleanup(f func())          { t.cleanups = append(t.cleanups, f) }
func (t *tb) Errorf(f string, a ...any) { t.failures = append(t.failures, fmt.Sprintf(f, a...)) }
func (t *tb) FailNow()                  { runtime.Goexit() }
func (t *tb) Helper()                   {}
func (t *tb) Logf(string, ...any)       { t.logged++ }

// test plays a test, with its end, and returns how it failed.
func test(body func(*tb)) *tb {
	t := &tb{}
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer func() {
			for i := len(t.cleanups) - 1; i >= 0; i-- {
				t.cleanups[i]()
			}
		}()
		body(t)
	}()
	<-done
	return t
}

func inBubble(t *testing.T, name string, f func(t *testing.T)) {
	t.Helper()
	t.Run(name, func(t *testing.T) { synctest.Test(t, f) })
}

func TestApp(t *testing.T) {
	inBubble(t, "starts and stops, and tells what happened", func(t *testing.T) {
		app := fxservicestest.New(t, fxservices.Provide(newDB, newAPI)).RequireStart()
		require.Equal(t, []string{"db", "api"}, app.Order())
		app.RequireStop()
		require.Equal(t, []string{
			"start db", "started db", "listen api", "listening api", "close api", "closed api", "stop db", "stopped db",
		}, app.Events())
	})

	inBubble(t, "tells of jobs, and ends with them", func(t *testing.T) {
		app := fxservicestest.New(t, fxservices.Provide(newDB, newJob)).RequireStart()
		synctest.Wait()
		app.RequireStop()
		require.Contains(t, app.Events(), "done import")
		require.NotContains(t, app.Events(), "end import")
	})

	inBubble(t, "is stopped at the end of the test", func(t *testing.T) {
		var app *fxservicestest.App
		played := test(func(tb *tb) { app = fxservicestest.New(tb, fxservices.Provide(newDB, newAPI)).RequireStart() })
		require.Empty(t, played.failures)
		require.Positive(t, played.logged)
		require.Equal(t, "stopped db", app.Events()[7])
	})

	inBubble(t, "can be stopped twice, and without a start", func(t *testing.T) {
		app := fxservicestest.New(t, fxservices.Provide(newDB, newAPI))
		require.Empty(t, app.RequireStop().Events())
		app.RequireStart().RequireStop().RequireStop()
		require.Len(t, app.Events(), 8)
		app.RequireStart().RequireStop()
		require.Equal(t, []string{"db", "api", "db", "api"}, app.Order())
	})

	t.Run("takes a Module of the user, wherever it stands, and listens for no signals", func(t *testing.T) {
		for _, opts := range [][]fx.Option{
			{fxservices.Module(fxservices.Concurrent())},
			{fx.Options(fx.Options(fxservices.Module(fxservices.WithRunner(runner.WithSignals(os.Interrupt)))))},
		} {
			app := fxservicestest.New(t, append(opts, fxservices.Provide(newDB, newAPI))...).RequireStart()
			require.Len(t, app.Events(), 4)
			app.RequireStop()
		}
	})

	t.Run("logs where the user says", func(t *testing.T) {
		events := 0
		played := test(func(tb *tb) {
			fxservicestest.New(tb, fx.WithLogger(func() fxevent.Logger { return counter{&events} }))
		})
		require.Zero(t, played.logged)
		require.Positive(t, events)
	})
}

type counter struct{ n *int }

func (c counter) LogEvent(fxevent.Event) { *c.n++ }

func TestAppFails(t *testing.T) {
	inBubble(t, "the test at once if it cannot be built", func(t *testing.T) {
		reached := false
		played := test(func(tb *tb) {
			fxservicestest.New(tb, fxservices.Provide(newAPI))
			reached = true
		})
		require.False(t, reached)
		require.Len(t, played.failures, 1)
		require.Contains(t, played.failures[0], "missing type: *fxservicestest_test.db")
	})

	inBubble(t, "the test at once if it does not start or stop", func(t *testing.T) {
		newFailing := func() *db { return &db{fxservicestest.Fake("db", fxservicestest.FailStart(errBoom))} }
		played := test(func(tb *tb) { fxservicestest.New(tb, fxservices.Provide(newFailing, newAPI)).RequireStart() })
		require.Equal(t, []string{`start the application: start "db": boom`}, played.failures)

		newStuck := func() *db { return &db{fxservicestest.Fake("db", fxservicestest.FailStop(errBoom))} }
		played = test(func(tb *tb) {
			fxservicestest.New(tb, fxservices.Provide(newStuck, newAPI)).RequireStart().RequireStop()
		})
		require.Equal(t, []string{`stop the application: stop "db": boom`}, played.failures)
		played = test(func(tb *tb) { fxservicestest.New(tb, fxservices.Provide(newStuck, newAPI)).RequireStart() })
		require.Equal(t, []string{`stop the application at the end of the test: stop "db": boom`}, played.failures)
	})

	inBubble(t, "the test for a service that does not stop, and its goroutine", func(t *testing.T) {
		end := make(chan struct{})
		newStuck := func() *db {
			return &db{fxservicestest.Fake("db", fxservicestest.OnStop(func(context.Context) error {
				<-end
				return nil
			}))}
		}
		played := test(func(tb *tb) { fxservicestest.New(tb, fxservices.Provide(newStuck, newAPI)).RequireStart() })
		require.Len(t, played.failures, 3)
		require.Contains(t, played.failures[0], `stop "db": timed out after 15s, abandoned after 15.15s`)
		require.Equal(t, `left behind: resource "db" is abandoned`, played.failures[1])
		require.Contains(t, played.failures[2], "services have started goroutines that have not ended:")
		require.Contains(t, played.failures[2], "fxservicestest_test.TestAppFails")
		close(end)
	})

	inBubble(t, "the test for a goroutine that a service has left behind", func(t *testing.T) {
		end := make(chan struct{})
		newLeaky := func() *db {
			return &db{fxservicestest.Fake("db", fxservicestest.OnStart(func(context.Context) error {
				go leak(end)
				return nil
			}))}
		}
		played := test(func(tb *tb) { fxservicestest.New(tb, fxservices.Provide(newLeaky, newAPI)).RequireStart() })
		require.Len(t, played.failures, 1)
		require.Contains(t, played.failures[0], "fxservicestest_test.leak")
		close(end)
	})

	inBubble(t, "nothing for a goroutine that ends soon", func(t *testing.T) {
		newSlow := func() *db {
			return &db{fxservicestest.Fake("db", fxservicestest.OnStart(func(context.Context) error {
				go time.Sleep(100 * time.Millisecond)
				return nil
			}))}
		}
		require.Empty(t, test(func(tb *tb) { fxservicestest.New(tb, fxservices.Provide(newSlow, newAPI)).RequireStart() }).failures)
	})
}

func leak(end <-chan struct{}) { <-end }

func TestEvents(t *testing.T) {
	inBubble(t, "say what failed, and why", func(t *testing.T) {
		lost := make(chan struct{})
		newLosing := func(*db) *api {
			return &api{runner.NewServer("api", func(context.Context) error {
				<-lost
				return errBoom
			}, nil)}
		}
		newFailing := func() *db { return &db{fxservicestest.Fake("db", fxservicestest.FailStop(errBoom))} }
		app := fxservicestest.New(t, fxservices.Provide(newFailing, newLosing)).RequireStart()
		close(lost)
		synctest.Wait()
		require.ErrorContains(t, app.Stop(t.Context()), "boom")
		require.Equal(t, []string{
			"start db", "started db", "listen api", "listening api", "api failed: boom", "close api", "closed api", "stop db", "stop db: boom",
		}, app.Events())
	})
}

func TestReplace(t *testing.T) {
	takesStore := func(store) *api { return newAPI(nil) }
	newReal := func() store { panic("the real one is constructed") }

	for name, opts := range map[string][]fx.Option{
		"one after the other": nil,
		"concurrently":        {fxservices.Module(fxservices.Concurrent())},
	} {
		inBubble(t, "runs the fake in the place of the real one: "+name, func(t *testing.T) {
			fake := newDB()
			app := fxservicestest.New(t, append(opts, fxservices.Provide(newReal, takesStore), fxservicestest.Replace[store](fake))...).RequireStart()
			app.RequireStop()
			require.Equal(t, []string{
				"start db", "started db", "listen api", "listening api", "close api", "closed api", "stop db", "stopped db",
			}, app.Events())
			require.Equal(t, 1, fake.Starts())
			require.Equal(t, 1, fake.Stops())
		})
	}

	inBubble(t, "runs the fake of a Server that nobody takes", func(t *testing.T) {
		newReal := func() *api { panic("the real one is constructed") }
		app := fxservicestest.New(t, fxservices.Provide(newReal), fxservicestest.Replace(newAPI(nil))).RequireStart()
		require.Equal(t, []string{"api"}, app.Order())
		app.RequireStop()
	})

	inBubble(t, "only replaces what is no service", func(t *testing.T) {
		var got string
		app := fxservicestest.New(t, fx.Provide(func() string { return "real" }), fxservicestest.Replace("fake"), fx.Populate(&got)).RequireStart()
		require.Equal(t, "fake", got)
		require.Empty(t, app.Events())
	})
}

func TestFake(t *testing.T) {
	inBubble(t, "does what its script says", func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		require.Equal(t, context.DeadlineExceeded, fxservicestest.Fake("db", fxservicestest.HangStart()).Start(ctx))
		require.Equal(t, context.DeadlineExceeded, fxservicestest.Fake("db", fxservicestest.HangStop()).Stop(ctx))
		fake := fxservicestest.Fake("db", fxservicestest.NotReady(2), fxservicestest.OnStart(nil))
		require.NoError(t, fake.Start(ctx))
		require.Error(t, fake.IsReady(ctx))
		require.Error(t, fake.IsReady(ctx))
		require.NoError(t, fake.IsReady(ctx))
		require.NoError(t, fake.Stop(ctx))
		require.Equal(t, []any{"db", 1, 1}, []any{fake.Name(), fake.Starts(), fake.Stops()})
	})
}
