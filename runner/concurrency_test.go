package runner_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/runner"
)

// concurrent makes a Runner that starts any number of services at the same time.
func concurrent(opts ...runner.StarterOption) *runner.Runner {
	return newRunner(append(opts, runner.WithConcurrency(0))...)
}

// elapsed is how long fn takes.
func elapsed(fn func()) time.Duration {
	began := time.Now()
	fn()
	return time.Since(began)
}

// slow takes a second to start, and another to stop.
func (j *journal) slow(name string) runner.Resource {
	return runner.NewResource(name,
		j.notes("start "+name, takes(time.Second), j.notes("started "+name)),
		j.notes("stop "+name, takes(time.Second), j.notes("stopped "+name)))
}

func TestConcurrentStart(t *testing.T) {
	inBubble(t, "starts at the same time what does not wait for each other", func(t *testing.T) {
		var j journal
		r := concurrent()
		db, cache := j.slow("db"), j.slow("cache")
		api := after(j.slow("api"), db, cache)
		require.Equal(t, 2*time.Second, elapsed(func() { require.NoError(t, r.Run(t.Context(), api, db, cache)) }))
		require.Equal(t, []string{"start api", "started api"}, j.all()[4:])
		require.Equal(t, 2*time.Second, elapsed(func() { finish(t, r) }))
		require.Equal(t, []string{"stop api", "stopped api"}, j.all()[6:8])
		require.Len(t, j.all(), 12)
	})

	inBubble(t, "starts and stops no more than n at the same time", func(t *testing.T) {
		var j journal
		r := newRunner(runner.WithConcurrency(2))
		five := []runner.Service{j.slow("a"), j.slow("b"), j.slow("c"), j.slow("d"), j.slow("e")}
		require.Equal(t, 3*time.Second, elapsed(func() { require.NoError(t, r.Run(t.Context(), five...)) }))
		require.Equal(t, 3*time.Second, elapsed(func() { finish(t, r) }))
	})

	inBubble(t, "waits until a service is ready", func(t *testing.T) {
		var j journal
		r := concurrent()
		readyAt := time.Now().Add(time.Second)
		db := checked(j.resource("db"), func(context.Context) error {
			if time.Now().Before(readyAt) {
				return errBoom
			}
			return nil
		})
		took := elapsed(func() { require.NoError(t, r.Run(t.Context(), after(j.resource("api"), db), db, j.resource("cache"))) })
		require.GreaterOrEqual(t, took, time.Second)
		require.Equal(t, "start api", j.all()[2])
		finish(t, r)
	})

	inBubble(t, "keeps the order around a barrier", func(t *testing.T) {
		var j journal
		r := concurrent()
		barrier := runner.With(j.slow("migrations"), runner.Barrier("it changes the tables"))
		took := elapsed(func() {
			require.NoError(t, r.Run(t.Context(), j.slow("a"), j.slow("b"), barrier, j.slow("c"), j.slow("d")))
		})
		require.Equal(t, 3*time.Second, took)
		require.Equal(t, []string{"start migrations", "started migrations"}, j.all()[4:6])
		require.Equal(t, 3*time.Second, elapsed(func() { finish(t, r) }))
		require.Equal(t, []string{"stop migrations", "stopped migrations"}, j.all()[14:16])
	})

	inBubble(t, "closes the servers of a Run at the same time, but each after those that are After it", func(t *testing.T) {
		var j journal
		r := concurrent()
		db := j.slow("db")
		api := after(j.server("api", takes(time.Second)), db)
		web := after(j.server("web", takes(time.Second)), db)
		admin := after(j.server("admin", takes(time.Second)), api, db)
		ctx, cancel := context.WithCancel(t.Context())
		wait := async(func() error { return r.Run(ctx, db, api, web, admin) })
		synctest.Wait()
		time.Sleep(2 * time.Second)
		cancel()
		require.Equal(t, 2*time.Second, elapsed(func() { require.ErrorIs(t, wait(), context.Canceled) }))
		require.Equal(t, []string{"db"}, names(r))
		finish(t, r)
	})

	inBubble(t, "closes servers after what depends on them in Finish", func(t *testing.T) {
		var j journal
		r := concurrent()
		api := j.server("api")
		require.NoError(t, r.Start(t.Context(), api, after(j.stopping("proxy", takes(time.Second)), api)))
		synctest.Wait() // until api listens
		finish(t, r)
		require.Equal(t, []string{"stop proxy", "close api"}, j.all()[2:])
	})

	inBubble(t, "stops what a later Run has started before what an earlier one has", func(t *testing.T) {
		var j journal
		r := concurrent()
		require.NoError(t, r.Run(t.Context(), j.slow("db"), j.slow("cache")))
		require.NoError(t, r.Run(t.Context(), j.slow("api")))
		require.Equal(t, 2*time.Second, elapsed(func() { finish(t, r) }))
		require.Equal(t, []string{"stop api", "stopped api"}, j.all()[6:8])
	})

	inBubble(t, "stops services given to Stop along the order", func(t *testing.T) {
		var j journal
		r := concurrent()
		db, cache := j.slow("db"), j.slow("cache")
		api := after(j.slow("api"), db)
		require.NoError(t, r.Run(t.Context(), db, cache, api))
		require.Equal(t, 2*time.Second, elapsed(func() { require.NoError(t, r.Stop(t.Context(), db, cache, api)) }))
		require.Empty(t, names(r))
		finish(t, r)
	})

	inBubble(t, "refuses to stop what others are After, and stops nothing", func(t *testing.T) {
		var j journal
		r := concurrent()
		db := j.slow("db")
		cache := after(j.slow("cache"), db)
		require.NoError(t, r.Run(t.Context(), db, cache, after(j.slow("api"), cache)))
		err := r.Stop(t.Context(), cache)
		require.ErrorIs(t, err, runner.ErrNeeded)
		require.EqualError(t, err, `stop "cache": needed by "api"`)
		before := len(j.all())
		finish(t, r)
		require.Equal(t, []string{
			"stop api", "stopped api", "stop cache", "stopped cache", "stop db", "stopped db",
		}, j.all()[before:])
	})
}
