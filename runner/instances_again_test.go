package runner_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/runner"
)

// TestInstanceCanBeStartedAgain is about the moment at which an instance is free again.
func TestInstanceCanBeStartedAgain(t *testing.T) {
	inBubble(t, "if its Run did not get to it", func(t *testing.T) {
		var j journal
		r := newRunnerFor(t)
		db, cache := j.resource("db", fails(errBoom)), j.resource("cache")
		require.ErrorIs(t, r.Run(t.Context(), db, cache), errBoom)
		require.NoError(t, r.Run(t.Context(), cache))
	})

	inBubble(t, "if its Run was refused for something that is not started", func(t *testing.T) {
		var j journal
		r := newRunnerFor(t)
		db, cache := j.resource("db"), j.resource("cache")
		require.ErrorIs(t, r.Run(t.Context(), cache, after(j.resource("api"), db)), runner.ErrNotStarted)
		require.NoError(t, r.Run(t.Context(), cache))
	})

	inBubble(t, "only once Observers have heard of its stop, though its Run is over by then", func(t *testing.T) {
		var j journal
		r := newRunnerFor(t, runner.WithObserver(&told{afterStop: func() { time.Sleep(2 * time.Second) }}))
		db := j.resource("db")
		start := async(func() error { return r.Start(t.Context(), db, j.resource("cache", takes(time.Second))) })
		synctest.Wait()
		stop := async(func() error { return r.Stop(t.Context(), db) })
		require.NoError(t, start())
		synctest.Wait()
		require.ErrorIs(t, r.Start(t.Context(), db), runner.ErrAlreadyStarted)
		require.NoError(t, stop())
		require.NoError(t, r.Start(t.Context(), db))
	})

	inBubble(t, "only once Observers have heard of its failed start, though the abandoned call has returned by then", func(t *testing.T) {
		r := newRunnerFor(t, runner.WithObserver(&told{afterStart: func() { time.Sleep(100 * time.Millisecond) }}))
		db := runner.With(runner.NewResource("db", func(context.Context) error {
			time.Sleep(time.Second + grace + 50*time.Millisecond)
			return errBoom
		}, nil), runner.StartTimeout(time.Second))
		start := async(func() error { return r.Start(t.Context(), db) })
		time.Sleep(time.Second + grace + 75*time.Millisecond)
		require.ErrorIs(t, r.Start(t.Context(), db), runner.ErrAlreadyStarted)
		require.ErrorIs(t, start(), runner.ErrStartTimeout)
		require.ErrorIs(t, r.Start(t.Context(), db), runner.ErrStartTimeout)
		time.Sleep(time.Second)
	})
}

func TestStopOfEqualServices(t *testing.T) {
	t.Run("stops as many as it is given", func(t *testing.T) {
		var j journal
		r := newRunner()
		same := noting{&j, "db"}
		require.NoError(t, r.Run(t.Context(), same, same, same))
		require.NoError(t, r.Stop(t.Context(), same, same))
		require.Equal(t, []string{"db"}, names(r))
		finish(t, r)
		require.Equal(t, []string{"stop db", "stop db", "stop db"}, j.all()[3:])
	})

	t.Run("stops one that is given twice once", func(t *testing.T) {
		var j journal
		r := newRunner()
		db := j.resource("db")
		require.NoError(t, r.Run(t.Context(), j.resource("cache"), db))
		require.NoError(t, r.Stop(t.Context(), db, db))
		require.Equal(t, []string{"cache"}, names(r))
		finish(t, r)
		require.Equal(t, []string{"stop db", "stop cache"}, j.all()[2:])
	})
}

// TestAfterWhatIsAboutToStop lets a service wait for another Run, while Stop is on its way to what the service names.
func TestAfterWhatIsAboutToStop(t *testing.T) {
	for kind, dependent := range dependents {
		inBubble(t, kind+" that waits is refused", func(t *testing.T) {
			a := newAcrossRuns(t)
			a.db = a.resource("db")
			cache := a.stopping("cache", takes(10*time.Second))
			first := running(t, a.runner, a.db, cache, a.resource("rest", takes(5*time.Second)))
			wait := async(func() error { return a.runner.Start(t.Context(), dependent(a)) })
			synctest.Wait()
			stop := async(func() error { return a.runner.Stop(t.Context(), a.db, cache) })
			require.NoError(t, first())
			require.ErrorIs(t, wait(), runner.ErrNotStarted)
			a.requireNotCalled(t)
			require.NoError(t, stop())
		})

		inBubble(t, kind+" that waits is refused where the rollback has not got to what it names", func(t *testing.T) {
			a := newAcrossRuns(t)
			a.db = a.resource("db")
			cache := a.stopping("cache", takes(10*time.Second))
			first := running(t, a.runner, a.db, cache, a.resource("rest", takes(5*time.Second), fails(errBoom)))
			wait := async(func() error { return a.runner.Start(t.Context(), dependent(a)) })
			require.ErrorIs(t, wait(), runner.ErrNotStarted)
			a.requireNotCalled(t)
			require.ErrorIs(t, first(), errBoom)
		})

		inBubble(t, kind+" starts if the Stop has failed before it got there", func(t *testing.T) {
			a := newAcrossRuns(t)
			a.db = a.resource("db")
			cache := a.stopping("cache", fails(errBoom))
			require.NoError(t, a.runner.Run(t.Context(), a.db, cache))
			require.ErrorIs(t, a.runner.Stop(t.Context(), a.db, cache), errBoom)
			require.NoError(t, a.runner.Start(t.Context(), dependent(a)))
			require.Contains(t, a.all(), "start api")
		})
	}
}
