package runner_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/runner"
)

// slowly is a Resource that takes 5 s to stop.
func (j *journal) slowly(name string) runner.Resource {
	return j.stopping(name, lasts(5*time.Second), j.notes("stopped "+name))
}

// goers bring a database to where it is being stopped, or is about to be. They
// return before that is over.
var goers = map[string]func(*testing.T, *acrossRuns){
	"is rolled back, after something else": func(t *testing.T, a *acrossRuns) {
		async(func() error {
			return a.runner.Run(t.Context(), a.db, a.slowly("rest"), runner.NewResource("bad", fails(errBoom), nil))
		})
	},
	"is rolled back": func(t *testing.T, a *acrossRuns) {
		async(func() error { return a.runner.Run(t.Context(), a.db, runner.NewResource("bad", fails(errBoom), nil)) })
	},
	"stops": func(t *testing.T, a *acrossRuns) {
		require.NoError(t, a.runner.Run(t.Context(), a.db))
		async(func() error { return a.runner.Stop(context.WithoutCancel(t.Context()), a.db) })
	},
	"stops, after something else": func(t *testing.T, a *acrossRuns) {
		rest := a.slowly("rest")
		require.NoError(t, a.runner.Run(t.Context(), a.db, rest))
		async(func() error { return a.runner.Stop(context.WithoutCancel(t.Context()), a.db, rest) })
	},
	"stops, after a server of the Run": func(t *testing.T, a *acrossRuns) {
		rest := runner.NewServer("rest", waits, lasts(5*time.Second))
		require.NoError(t, a.runner.Start(t.Context(), a.db, rest))
		async(func() error { return a.runner.Stop(context.WithoutCancel(t.Context()), rest, a.db) })
	},
	"stops, after what depends on it": func(t *testing.T, a *acrossRuns) {
		rest := after(a.slowly("rest"), a.db)
		require.NoError(t, a.runner.Run(t.Context(), a.db))
		require.NoError(t, a.runner.Run(t.Context(), rest))
		async(func() error { return a.runner.Stop(context.WithoutCancel(t.Context()), rest, a.db) })
	},
	"has started late": func(t *testing.T, a *acrossRuns) {
		a.db = runner.With(runner.NewResource("db", takes(time.Minute), lasts(5*time.Second)), runner.StartTimeout(time.Second))
		require.ErrorIs(t, a.runner.Run(t.Context(), a.db), runner.ErrStartTimeout)
		time.Sleep(time.Minute - time.Second - grace)
	},
}

// TestAfterWhatIsStopped starts a service while the one it is after is being
// stopped.
func TestAfterWhatIsStopped(t *testing.T) {
	for how, goes := range goers {
		for kind, dependent := range dependents {
			inBubble(t, kind+" is refused while what it names "+how, func(t *testing.T) {
				a := newAcrossRuns(t)
				a.db = a.slowly("db")
				goes(t, a)
				synctest.Wait()
				time.Sleep(time.Second)
				err := a.runner.Start(t.Context(), a.resource("before"), dependent(a))
				require.ErrorIs(t, err, runner.ErrNotStarted)
				require.ErrorContains(t, err, `"api"`)
				require.ErrorContains(t, err, `"db"`)
				require.NotContains(t, a.all(), "start before", "nothing at all was called")
				a.requireNotCalled(t)
				time.Sleep(time.Minute)
				require.Empty(t, names(a.runner))
			})
		}
	}

	for kind, dependent := range dependents {
		inBubble(t, kind+" that waits is refused once what it names is stopped", func(t *testing.T) {
			a := newAcrossRuns(t)
			a.db = a.resource("db")
			first := running(t, a.runner, a.db, a.resource("rest", lasts(5*time.Second)))
			wait := async(func() error { return a.runner.Start(t.Context(), dependent(a)) })
			synctest.Wait()
			require.NoError(t, a.runner.Stop(t.Context(), a.db))
			require.ErrorIs(t, returns(t, 10*time.Second, wait), runner.ErrNotStarted)
			a.requireNotCalled(t)
			_ = first()
			finish(t, a.runner)
		})
	}
}
