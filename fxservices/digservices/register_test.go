package digservices_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/dig"

	"github.com/go-fxservices/services/fxservices/digservices"
	"github.com/go-fxservices/services/internal/testing/journal"
	"github.com/go-fxservices/services/runner"
)

// run runs the app until it is ready, and returns what happened.
func run(t *testing.T, e *events, app *digservices.App) (lines []string) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		require.ErrorIs(t, runUntilReady(t, app), context.Canceled)
		lines = e.Lines()
	})
	return lines
}

func TestSupply(t *testing.T) {
	lives := []string{"start db", "listen server", "close server", "stop db"}

	t.Run("provides a service under its own type, before all that needs it", func(t *testing.T) {
		for _, concurrent := range []bool{false, true} {
			e, app := &events{}, newApp()
			if concurrent {
				app.Concurrent()
			}
			supplied := &db{e.Resource("db")}
			require.NoError(t, app.Provide(func(got *db) *server {
				require.Same(t, supplied, got)
				return e.server("server")
			}))
			require.NoError(t, app.Supply(runner.With(supplied, runner.StopTimeout(time.Second))))
			require.Equal(t, lives, run(t, e, app))
		}
	})

	t.Run("does not provide services that share their types", func(t *testing.T) {
		e, app := &events{}, newApp()
		require.NoError(t, app.Supply(e.Resource("db"), e.Server("server", journal.UntilEnd)))
		require.Equal(t, lives, run(t, e, app))
		require.Error(t, app.Invoke(func(runner.Resource) {}))
	})

	t.Run("refuses what is no service, and a type that the container has", func(t *testing.T) {
		app := newApp()
		require.EqualError(t, app.Supply(runner.NewResource("db", nil, nil), nil), "digservices.Supply: service 2, <nil>: "+runner.ErrInvalidServiceType.Error())
		require.NoError(t, app.Supply(&db{}))
		require.ErrorContains(t, app.Supply(&db{}), "digservices.Supply: service 1, *digservices_test.db: ")
	})
}

func TestRegister(t *testing.T) {
	for _, concurrent := range []bool{false, true} {
		e, app := &events{}, newApp()
		if concurrent {
			app.Concurrent()
		}
		require.NoError(t, app.Container().Provide(func() *db { return &db{e.Resource("db")} }))
		require.NoError(t, app.Invoke(func(d *db) error { return errors.Join(app.Register(d), app.Register(d), app.Register((*db)(nil))) }))
		require.NoError(t, app.Provide(func(*db) *server { return e.server("server") }))
		require.Equal(t, []string{"start db", "listen server", "close server", "stop db"}, run(t, e, app))
	}
	require.EqualError(t, newApp().Register(&notOne{}), "digservices.Register: *digservices_test.notOne: "+runner.ErrInvalidServiceType.Error())
}

// notOne is a Service that is neither a Resource nor a Server.
type notOne struct{}

func (*notOne) Name() string { return "none" }

// told notes what has started.
type told struct {
	journal.Silent
	*events
	name string
}

func (o *told) AfterStart(_ context.Context, s runner.Service, _ error) {
	o.Note("%s: started %s", o.name, s.Name())
}

func TestObserve(t *testing.T) {
	t.Run("gives events to Observers, and to those that the container makes, in their order", func(t *testing.T) {
		e, app := &events{}, newApp()
		require.NoError(t, app.Observe(&told{events: e, name: "one"}, func(c *config) *told { return &told{events: e, name: c.name} }))
		require.NoError(t, app.Observe(func() (runner.Observer, error) { return &told{events: e, name: "three"}, nil }, (*told)(nil)))
		require.NoError(t, app.Container().Provide(newConfig))
		require.NoError(t, app.Supply(e.Resource("db")))
		require.Equal(t, []string{"start db", "one: started db", "c: started db", "three: started db", "stop db"}, run(t, e, app))
		lines := run(t, e, app)[5:]
		require.Equal(t, []string{"start db", "one: started db", "c: started db", "three: started db", "stop db"}, lines, "once in the next Run, too")
	})

	t.Run("refuses what is no Observer, and says where it is", func(t *testing.T) {
		app := newApp()
		require.EqualError(t, app.Observe(nil), "digservices.Observe: argument 1: must be an Observer or a constructor of one, got nil")
		require.ErrorContains(t, app.Observe(newConfig), "digservices_test.newConfig")
		require.ErrorContains(t, app.Observe(newConfig), "must return one runner.Observer")
		require.NoError(t, app.Observe(func(*config) (*told, error) { return nil, errBroken }))
		require.ErrorContains(t, app.Run(t.Context()), "register_test.go:")
	})
}

func TestGroupsThatAreFlattened(t *testing.T) {
	e, app := &events{}, newApp()
	servers := func() []*server { return []*server{e.server("server")} }
	require.NoError(t, app.Provide(servers, dig.Group("all,flatten")))
	dbs := func() []*db { return []*db{{e.Resource("db")}} }
	require.NoError(t, app.Provide(dbs, dig.Group("dbs,flatten")))
	require.NoError(t, app.Invoke(func(in struct {
		dig.In
		DBs []*db `group:"dbs"`
	}) {
		require.Len(t, in.DBs, 1)
	}))
	require.Equal(t, []string{"start db", "listen server", "close server", "stop db"}, run(t, e, app))
}
