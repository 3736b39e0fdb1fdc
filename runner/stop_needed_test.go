package runner_test

import (
	"context"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/runner"
)

// needing bring services after a database to where they need it, and return the
// names of those.
var needing = map[string]func(*testing.T, *acrossRuns) []string{
	"a resource of the same Run": func(t *testing.T, a *acrossRuns) []string {
		require.NoError(t, a.runner.Run(t.Context(), a.db, after(a.resource("repo"), a.db)))
		return []string{"repo"}
	},
	"a resource given before it": func(t *testing.T, a *acrossRuns) []string {
		require.NoError(t, a.runner.Run(t.Context(), after(a.resource("repo"), a.db), a.db))
		return []string{"repo"}
	},
	"a resource of another Run, in wrappers": func(t *testing.T, a *acrossRuns) []string {
		require.NoError(t, a.runner.Run(t.Context(), runner.With(a.db)))
		require.NoError(t, a.runner.Run(t.Context(), runner.With(checked(after(a.resource("repo"), runner.With(a.db)), fails(nil)))))
		return []string{"repo"}
	},
	"a server": func(t *testing.T, a *acrossRuns) []string {
		require.NoError(t, a.runner.Run(t.Context(), a.db))
		require.NoError(t, a.runner.Start(t.Context(), after(a.server("repo"), a.db)))
		return []string{"repo"}
	},
	"a server of a Run": func(t *testing.T, a *acrossRuns) []string {
		running(t, a.runner, a.db, after(a.server("repo"), a.db))
		return []string{"repo"}
	},
	"two": func(t *testing.T, a *acrossRuns) []string {
		require.NoError(t, a.runner.Run(t.Context(), a.db, after(a.resource("repo"), a.db), a.resource("other")))
		require.NoError(t, a.runner.Start(t.Context(), after(a.server("api"), a.db)))
		return []string{"repo", "api"}
	},
	"a chain": func(t *testing.T, a *acrossRuns) []string {
		repo := after(a.resource("repo"), a.db)
		require.NoError(t, a.runner.Run(t.Context(), a.db, repo, after(a.resource("api"), repo)))
		return []string{"repo"}
	},
	"one that loads": func(t *testing.T, a *acrossRuns) []string {
		require.NoError(t, a.runner.Run(t.Context(), a.db))
		running(t, a.runner, after(loading(a.resource("repo"), lasts(time.Minute)), a.db))
		return []string{"repo"}
	},
	"one that starts": func(t *testing.T, a *acrossRuns) []string {
		require.NoError(t, a.runner.Run(t.Context(), a.db))
		running(t, a.runner, after(a.resource("repo", lasts(time.Minute)), a.db))
		return []string{"repo"}
	},
	"one that awaits its readiness": func(t *testing.T, a *acrossRuns) []string {
		running(t, a.runner, a.db, after(checked(a.resource("repo"), lasts(time.Minute)), a.db))
		return []string{"repo"}
	},
}

// TestStopOfWhatOthersNeed stops a database that services which are up, or on their
// way, are after: that is an error, and nothing is stopped.
func TestStopOfWhatOthersNeed(t *testing.T) {
	for kind, need := range needing {
		for mode, concurrency := range map[string]int{"one by one": 1, "at the same time": 0} {
			inBubble(t, "is refused: "+kind+", "+mode, func(t *testing.T) {
				a := newAcrossRuns(t, runner.WithConcurrency(concurrency))
				a.db = a.resource("db")
				dependents := need(t, a)
				synctest.Wait()
				up := names(a.runner)
				free := a.resource("free")
				require.NoError(t, a.runner.Run(t.Context(), free))
				for _, services := range [][]runner.Service{{a.db}, {runner.With(a.db)}, {free, a.db}, {a.db, a.db, free}} {
					err := a.runner.Stop(t.Context(), services...)
					require.Error(t, err)
					require.ErrorContains(t, err, `"db"`)
					for _, dependent := range dependents {
						require.ErrorContains(t, err, `"`+dependent+`"`)
					}
					require.NotContains(t, err.Error(), `"other"`)
				}
				require.Equal(t, append(up, "free"), names(a.runner), "nothing is stopped")
				for _, line := range a.all() {
					require.NotRegexp(t, "^(stop|close) ", line)
				}
			})
		}
	}

	inBubble(t, "is refused until they are stopped", func(t *testing.T) {
		a := newAcrossRuns(t)
		a.db = a.resource("db")
		repo := after(a.resource("repo"), a.db)
		api := after(a.server("api"), repo)
		require.NoError(t, a.runner.Start(t.Context(), a.db, repo, api))
		require.ErrorContains(t, a.runner.Stop(t.Context(), a.db), `"repo"`)
		require.ErrorContains(t, a.runner.Stop(t.Context(), repo), `"api"`)
		require.ErrorContains(t, a.runner.Stop(t.Context(), a.db, repo), `"api"`)
		require.NoError(t, a.runner.Stop(t.Context(), api))
		require.NoError(t, a.runner.Stop(t.Context(), repo))
		require.NoError(t, a.runner.Stop(t.Context(), a.db))
		require.Empty(t, names(a.runner))
		finish(t, a.runner)
	})

	inBubble(t, "is fine together with them, whatever the order", func(t *testing.T) {
		a := newAcrossRuns(t)
		a.db = a.resource("db")
		repo := after(a.resource("repo"), a.db)
		for _, services := range [][]runner.Service{{a.db, repo}, {repo, a.db}} {
			require.NoError(t, a.runner.Run(t.Context(), a.db, repo))
			before := len(a.all())
			require.NoError(t, a.runner.Stop(t.Context(), services...))
			require.Equal(t, []string{"stop repo", "stop db"}, a.all()[before:])
		}
		finish(t, a.runner)
	})

	inBubble(t, "is fine once their start has failed", func(t *testing.T) {
		a := newAcrossRuns(t)
		a.db = a.resource("db")
		require.NoError(t, a.runner.Run(t.Context(), a.db))
		require.ErrorIs(t, a.runner.Run(t.Context(), after(a.resource("repo", fails(errBoom)), a.db)), errBoom)
		require.NoError(t, a.runner.Stop(t.Context(), a.db))
		finish(t, a.runner)
	})
}

// TestAfterInOneMoment lets a service start at the very moment at which the one it
// is after stops: either the start or the stop is refused.
func TestAfterInOneMoment(t *testing.T) {
	// check requires that the database is not stopped under the api.
	check := func(t *testing.T, j *journal, start, stop error) {
		t.Helper()
		if start == nil {
			require.ErrorContains(t, stop, `"api"`, "the api runs without its database")
			require.NotContains(t, j.all(), "stop db")
			return
		}
		require.ErrorIs(t, start, runner.ErrNotStarted)
		require.NoError(t, stop)
		require.NotContains(t, j.all(), "start api")
	}

	inBubble(t, "while the Listener is built", func(t *testing.T) {
		var j journal
		var slow atomic.Bool
		release := make(chan struct{})
		r := newRunnerFor(t, runner.WithListenerBuilder(func() runner.Listener {
			if slow.Swap(false) {
				<-release
			}
			return nil
		}))
		fail := true
		db := j.resource("db")
		last := runner.NewResource("last", nil, func(context.Context) error {
			if fail {
				return errBoom
			}
			return nil
		})
		require.NoError(t, r.Run(t.Context(), db, last))
		require.ErrorIs(t, r.Finish(t.Context()), errBoom)
		fail = false
		slow.Store(true)
		start := async(func() error { return r.Run(t.Context(), after(j.resource("api"), db)) })
		synctest.Wait()
		stop := async(func() error { return r.Stop(t.Context(), db) })
		synctest.Wait()
		close(release)
		check(t, &j, start(), stop())
	})

	onProcessors(t, "by chance", func(t *testing.T) {
		for range 200 {
			var j journal
			r := newRunner()
			db := j.resource("db")
			require.NoError(t, r.Run(t.Context(), db))
			start := async(func() error { return r.Run(t.Context(), after(j.resource("api"), db)) })
			stop := async(func() error { return r.Stop(t.Context(), db) })
			check(t, &j, start(), stop())
			finish(t, r)
		}
	})
}
