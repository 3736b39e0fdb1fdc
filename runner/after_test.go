package runner_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/internal/layers"
	"github.com/go-fxservices/services/runner"
)

func after(s runner.Service, needs ...runner.Service) runner.Service {
	return runner.With(s, runner.After(needs...))
}

func TestAfter(t *testing.T) {
	t.Run("changes the order of a start, and of the stop", func(t *testing.T) {
		var j journal
		r := newRunner()
		db, cache, queue := j.resource("db"), j.resource("cache"), j.resource("queue")
		require.NoError(t, r.Run(t.Context(), after(db, cache), queue, cache))
		finish(t, r)
		require.Equal(t, []string{
			"start queue", "start cache", "start db",
			"stop db", "stop cache", "stop queue",
		}, j.all())
	})

	t.Run("adds up over wrappers", func(t *testing.T) {
		var j journal
		db, cache := j.resource("db"), j.resource("cache")
		api := after(checked(after(j.resource("api"), cache), fails(nil)), db)
		require.Equal(t, []runner.Service{db, cache}, layers.DependenciesOf(api))
		r := newRunner()
		require.NoError(t, r.Run(t.Context(), api, db, cache))
		finish(t, r)
		require.Equal(t, []string{"start db", "start cache", "start api"}, j.all()[:3])
	})

	t.Run("is content with what an earlier Run has started", func(t *testing.T) {
		var j journal
		r := newRunner()
		db := j.resource("db")
		require.NoError(t, r.Run(t.Context(), db))
		require.NoError(t, r.Run(t.Context(), after(j.resource("api"), runner.With(db))))
		finish(t, r)
		require.Equal(t, []string{"start db", "start api", "stop api", "stop db"}, j.all())
	})

	t.Run("waits for all that are equal where instances cannot be told apart", func(t *testing.T) {
		var j journal
		r := newRunner()
		require.NoError(t, r.Run(t.Context(), after(j.resource("api"), noting{&j, "db"}), noting{&j, "db"}, noting{&j, "db"}))
		finish(t, r)
		require.Equal(t, []string{"start db", "start db", "start api"}, j.all()[:3])
	})

	t.Run("finds services without a size, wrapped or not", func(t *testing.T) {
		r := newRunner(runner.WithConcurrency(0))
		empty := &emptyResource{}
		require.NoError(t, r.Run(t.Context(), after((&journal{}).resource("db"), runner.With(empty)), after(empty, valueResource{}), valueResource{}))
		finish(t, r)
	})

	t.Run("is an error for a service that is neither given nor started", func(t *testing.T) {
		var j journal
		r := newRunner()
		err := r.Run(t.Context(), j.resource("db"), after(j.resource("api"), j.resource("cache")))
		require.ErrorIs(t, err, runner.ErrNotStarted)
		require.EqualError(t, err, `service 2, "api": after "cache": not started`)
		require.ErrorIs(t, r.Run(t.Context(), after(j.resource("api"), nil)), runner.ErrNotStarted)
		require.Empty(t, j.all())
	})

	t.Run("is an error that names them for services that wait for each other", func(t *testing.T) {
		var j journal
		r := newRunner()
		a, b, c, d := j.resource("a"), j.resource("b"), j.resource("c"), j.resource("d")
		err := r.Run(t.Context(), after(a, b), after(b, c), after(c, d, b), d)
		require.ErrorIs(t, err, runner.ErrCycle)
		require.EqualError(t, err, `dependency cycle: "b" after "c" after "b"`)
		require.EqualError(t, r.Run(t.Context(), after(a, a)), `dependency cycle: "a" after "a"`)
		require.Empty(t, j.all())
		require.NoError(t, r.Run(t.Context(), a), "what was refused can be started")
		finish(t, r)
	})

	t.Run("is an error where it leads over a barrier", func(t *testing.T) {
		var j journal
		a, c := j.resource("a"), j.resource("c")
		barrier := runner.With(j.resource("b"), runner.Barrier("migrations"))
		err := newRunner().Run(t.Context(), after(a, c), barrier, c)
		require.EqualError(t, err, `dependency cycle: "a" after "c" after "b" after "a"`)
	})

	t.Run("is readable", func(t *testing.T) {
		var j journal
		db := j.resource("db")
		require.Nil(t, layers.DependenciesOf[runner.Service](db))
		require.Nil(t, layers.DependenciesOf[runner.Service](nil))
		_, ok := layers.BarrierOf[runner.Service](db)
		require.False(t, ok)
		reason, ok := layers.BarrierOf(checked(runner.With(db, runner.Barrier("migrations")), nil))
		require.True(t, ok)
		require.Equal(t, "migrations", reason)
		wrapped := runner.With(after(db, noting{&j, "cache"}), runner.Barrier(""))
		require.Equal(t, []runner.Service{noting{&j, "cache"}}, layers.DependenciesOf(wrapped))
		_, ok = layers.BarrierOf(wrapped)
		require.True(t, ok, "without a reason too")
	})
}
