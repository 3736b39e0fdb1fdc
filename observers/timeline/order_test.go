package timeline_test

import (
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/observers/timeline"
	"github.com/go-fxservices/services/runner"
)

// afterOf returns the names of the services that each service starts after.
func afterOf(s timeline.Snapshot) map[string][]string {
	after := map[string][]string{}
	for _, service := range s.Services {
		for _, need := range service.After {
			after[service.Name] = append(after[service.Name], s.Services[need].Name)
		}
	}
	return after
}

func TestOrder(t *testing.T) {
	t.Run("is that of the settings", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			r, tl := record(runner.WithConcurrency(0))
			db, cache := resource("db", 20*ms), resource("cache", 30*ms)
			require.NoError(t, r.Run(t.Context(),
				runner.With(resource("api", 5*ms), runner.After(db, cache, db)), db, cache))
			requireHistory(t, tl.Snapshot(),
				"constructed=0s started=35ms ready=35ms",
				"api resource queued=0s start=30ms started=35ms ready=35ms after=[1 2]",
				"db resource queued=0s start=0s started=20ms ready=20ms",
				"cache resource queued=0s start=0s started=30ms ready=30ms",
			)
			require.Equal(t, []int{2, 0}, tl.Snapshot().CriticalPath())
		})
	})

	t.Run("reaches back to an earlier Run", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			r, tl := record()
			db := resource("db", 0)
			require.NoError(t, r.Run(t.Context(), db))
			require.NoError(t, r.Run(t.Context(), runner.With(resource("api", 0), runner.After(db))))
			require.Equal(t, map[string][]string{"api": {"db"}}, afterOf(tl.Snapshot()))
		})
	})

	t.Run("makes barriers wait for everything before them, and everything else wait for them", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			r, tl := record(runner.WithConcurrency(0))
			barrier := func(name, reason string) runner.Service {
				return runner.With(resource(name, ms), runner.Barrier(reason))
			}
			a := resource("a", ms)
			require.NoError(t, r.Run(t.Context(), a, resource("b", ms), barrier("migrations", "a hook"), resource("c", ms),
				runner.With(resource("d", ms), runner.After(a)), barrier("seeds", ""), resource("e", ms)))

			s := tl.Snapshot()
			require.Equal(t, map[string][]string{
				"migrations": {"a", "b"},
				"c":          {"migrations"},
				"d":          {"a", "migrations"},
				"seeds":      {"migrations", "c", "d"},
				"e":          {"seeds"},
			}, afterOf(s))
			require.Equal(t, "a hook", s.Services[2].Barrier)
			require.Equal(t, "barrier", s.Services[5].Barrier)
			require.Empty(t, s.Services[6].Barrier)
		})
	})

	t.Run("is none where services without settings start at the same time", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			r, tl := record(runner.WithConcurrency(2))
			require.NoError(t, r.Run(t.Context(), resource("a", 4*ms), resource("b", 9*ms), resource("c", 2*ms)))
			s := tl.Snapshot()
			require.Empty(t, afterOf(s))
			require.Equal(t, 4*ms, s.Wait(2), "it waited for its turn")
			require.Equal(t, []int{1}, s.CriticalPath())
		})
	})

	t.Run("is none where one begins before another that is given first", func(t *testing.T) {
		tl := timeline.New()
		a, b := resource("a", 0), resource("b", 0)
		tl.ServicesQueued(t.Context(), []runner.Service{a, b})
		tl.BeforeStart(t.Context(), b)
		tl.AfterStart(t.Context(), b, nil)
		tl.BeforeStart(t.Context(), a)
		require.Empty(t, afterOf(tl.Snapshot()))
	})

	t.Run("leaves out dropped services", func(t *testing.T) {
		tl := timeline.New(timeline.WithLimit(2))
		r := runner.NewRunner(runner.WithSignals(), runner.WithObserver(tl))
		db, api := resource("db", 0), resource("api", 0)
		require.NoError(t, r.Run(t.Context(), db))
		require.NoError(t, r.Run(t.Context(), api))
		require.Equal(t, map[string][]string{"api": {"db"}}, afterOf(tl.Snapshot()))
		require.NoError(t, r.Stop(t.Context(), db))
		require.NoError(t, r.Run(t.Context(), resource("cache", 0)))
		s := tl.Snapshot()
		require.Len(t, s.Services, 2)
		require.Equal(t, map[string][]string{"cache": {"api"}}, afterOf(s))
		require.NoError(t, r.Finish(t.Context()))
	})
}
