package runner_test

import (
	"context"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/runner"
)

// hesitant is a service that is not ready by itself.
type hesitant struct {
	*journal
	ready atomic.Bool
	asked atomic.Int32
}

func (h *hesitant) isReady(context.Context) error {
	h.asked.Add(1)
	if h.ready.Load() {
		return nil
	}
	return errRefused
}

// unready are services of all kinds that await their readiness, named db.
var unready = map[string]func(h *hesitant) runner.Service{
	"a resource":              func(h *hesitant) runner.Service { return checked(h.resource("db"), h.isReady) },
	"a resource in a wrapper": func(h *hesitant) runner.Service { return runner.With(checked(h.resource("db"), h.isReady)) },
	"a resource with a start timeout": func(h *hesitant) runner.Service {
		return runner.With(checked(h.resource("db"), h.isReady), runner.StartTimeout(time.Hour))
	},
	"a resource whose IsReady waits for its context": func(h *hesitant) runner.Service {
		return checked(h.resource("db"), func(ctx context.Context) error {
			if h.isReady(ctx) == nil {
				return nil
			}
			return waits(ctx)
		})
	},
	"a server": func(h *hesitant) runner.Service {
		return checked(runner.NewServer("db", waits, h.notes("stop db")), h.isReady)
	},
	"a server that serves in the background": func(h *hesitant) runner.Service {
		return checked(runner.NewServer("db", nil, h.notes("stop db")), h.isReady)
	},
}

// starts are the two methods that start, and how services start.
var starts = map[string]struct {
	call func(*runner.Runner, context.Context, ...runner.Service) error
	opts []runner.StarterOption
}{
	"Run":                           {(*runner.Runner).Run, nil},
	"Start":                         {(*runner.Runner).Start, nil},
	"Start of all at the same time": {(*runner.Runner).Start, []runner.StarterOption{runner.WithConcurrency(0)}},
	"Run of two at the same time":   {(*runner.Runner).Run, []runner.StarterOption{runner.WithConcurrency(2)}},
}

// TestStopWhileStarting stops a service that awaits its readiness.
func TestStopWhileStarting(t *testing.T) {
	for method, start := range starts {
		for kind, build := range unready {
			for later, ready := range map[string]bool{"never": false, "later": true} {
				inBubble(t, "fails the "+method+": "+kind+" that becomes ready "+later, func(t *testing.T) {
					h := &hesitant{journal: &journal{}}
					r := newRunnerFor(t, append(start.opts, runner.WithObserver(witness{h.journal}))...)
					first, db := h.resource("first"), build(h)
					wait := async(func() error {
						return start.call(r, t.Context(), first, after(db, first), after(h.resource("next"), db), after(h.server("last"), db))
					})
					time.Sleep(time.Second)

					require.NoError(t, returns(t, time.Second, async(func() error { return r.Stop(t.Context(), db) })))
					h.ready.Store(ready)
					asked := h.asked.Load()
					err := returns(t, time.Second, wait)
					var failed *runner.ServiceError
					require.ErrorAs(t, err, &failed, "it counts as a failed start")
					require.Equal(t, runner.OpReady, failed.Op)
					require.Equal(t, "db", failed.Name)
					require.Equal(t, asked, h.asked.Load(), "it is not asked any more")
					require.Empty(t, names(r), "the rest is rolled back")

					finish(t, r)
					h.requireToldOnce(t)
				})
			}
		}
	}
}

// requireToldOnce requires that Observers have heard of one start that failed and
// of one stop, and that nothing behind the service was called.
func (h *hesitant) requireToldOnce(t *testing.T) {
	t.Helper()
	var ofDB []string
	for _, line := range h.all() {
		line, _, _ = strings.Cut(line, ": ")
		if strings.HasSuffix(line, "start db") || strings.HasSuffix(line, "stop db") {
			ofDB = append(ofDB, line)
		}
		require.NotContains(t, line, "next")
		require.NotContains(t, line, "last")
	}
	require.ElementsMatch(t, []string{"before start db", "after start db", "before stop db", "stop db", "after stop db"},
		without(ofDB, "start db"))
	require.NotContains(t, h.all(), "after start db", "without an error it would be up")
}

func TestStopWhileStartingTogether(t *testing.T) {
	inBubble(t, "fails the start though two stop it", func(t *testing.T) {
		h := &hesitant{journal: &journal{}}
		r := newRunnerFor(t, runner.WithObserver(witness{h.journal}))
		db := checked(h.stopping("db", takes(5*time.Second)), h.isReady)
		wait := running(t, r, db)
		one := async(func() error { return r.Stop(t.Context(), db) })
		two := async(func() error { return r.Stop(t.Context(), db) })
		require.NoError(t, returns(t, 6*time.Second, one))
		require.NoError(t, returns(t, 6*time.Second, two))
		require.ErrorContains(t, returns(t, time.Second, wait), `ready "db": `)
		h.requireToldOnce(t)
	})

	inBubble(t, "waits for the stop before it rolls back what that needs", func(t *testing.T) {
		h := &hesitant{journal: &journal{}}
		r := newRunnerFor(t)
		first := h.resource("first")
		db := after(checked(h.stopping("db", takes(5*time.Second), h.notes("db stopped")), h.isReady), first)
		wait := running(t, r, first, db)
		require.NoError(t, r.Stop(t.Context(), db))
		require.Error(t, returns(t, time.Second, wait))
		require.Equal(t, []string{"start first", "start db", "stop db", "db stopped", "stop first"}, h.all())
	})

	inBubble(t, "fails no other start", func(t *testing.T) {
		h := &hesitant{journal: &journal{}}
		r := newRunnerFor(t)
		db := checked(h.resource("db"), h.isReady)
		wait := running(t, r, db)
		other := running(t, r, h.resource("other", lasts(5*time.Second)))
		require.NoError(t, r.Stop(t.Context(), db))
		require.Error(t, returns(t, time.Second, wait))
		require.NoError(t, other())
		require.Equal(t, []string{"other"}, names(r))
		finish(t, r)
	})

	inBubble(t, "lets it be started again once that start has failed", func(t *testing.T) {
		h := &hesitant{journal: &journal{}}
		r := newRunnerFor(t)
		db := checked(h.resource("db"), h.isReady)
		wait := running(t, r, db)
		require.NoError(t, r.Stop(t.Context(), db))
		require.Error(t, returns(t, time.Second, wait))
		synctest.Wait()
		h.ready.Store(true)
		require.NoError(t, r.Run(t.Context(), db))
		require.Equal(t, []string{"db"}, names(r))
		finish(t, r)
		require.Equal(t, []string{"start db", "stop db", "start db", "stop db"}, h.all())
	})
}
