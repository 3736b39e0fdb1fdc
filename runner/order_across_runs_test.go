package runner_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/runner"
)

// acrossRuns is a Runner with a Run that starts a database and something else, and
// one that starts a service after the database.
type acrossRuns struct {
	journal
	listener *fakeListener
	runner   *runner.Runner
	db       runner.Service
	first    func() error // the Run of the database
}

func newAcrossRuns(t *testing.T, opts ...runner.StarterOption) *acrossRuns {
	t.Helper()
	a := &acrossRuns{listener: newFakeListener()}
	a.runner = newRunnerFor(t, append(opts, a.listener.option())...)
	return a
}

// startFirst begins to start the database, which takes 1 s, and then rest.
func startFirst(t *testing.T, rest func(*acrossRuns) runner.Service, opts ...runner.StarterOption) *acrossRuns {
	t.Helper()
	a := newAcrossRuns(t, opts...)
	a.db = a.resource("db", lasts(time.Second), a.notes("started db"))
	a.first = async(func() error { return a.runner.Start(t.Context(), a.db, after(rest(a), a.db)) })
	synctest.Wait()
	return a
}

// restThat is what follows the database: it takes 5 s, and then does the rest.
func restThat(then ...call) func(*acrossRuns) runner.Service {
	return func(a *acrossRuns) runner.Service {
		return a.resource("rest", append([]call{lasts(5 * time.Second), a.notes("started rest")}, then...)...)
	}
}

// dependents are services after the database, of all kinds.
var dependents = map[string]func(a *acrossRuns) runner.Service{
	"a resource":              func(a *acrossRuns) runner.Service { return after(a.resource("api"), a.db) },
	"a resource in a wrapper": func(a *acrossRuns) runner.Service { return runner.With(after(a.resource("api"), runner.With(a.db))) },
	"one that loads": func(a *acrossRuns) runner.Service {
		return after(loading(a.resource("api"), a.notes("start api")), a.db)
	},
	"a server": func(a *acrossRuns) runner.Service {
		return after(runner.NewServer("api", a.notes("start api", waits), a.notes("stop api")), a.db)
	},
}

// requireNotCalled requires that nothing of the service was called.
func (a *acrossRuns) requireNotCalled(t *testing.T) {
	t.Helper()
	require.NotContains(t, a.all(), "start api")
	require.NotContains(t, a.all(), "stop api")
}

// TestAfterWhatStartsElsewhere starts a service while the one it is after is
// starting in another Run.
func TestAfterWhatStartsElsewhere(t *testing.T) {
	for kind, dependent := range dependents {
		for moment, delay := range map[string]time.Duration{"starts": 0, "is up, but not the rest": 2 * time.Second} {
			for mode, concurrency := range map[string]int{"one by one": 1, "at the same time": 0} {
				inBubble(t, kind+" waits until the other Run has started, "+mode+", when what it names "+moment, func(t *testing.T) {
					a := startFirst(t, restThat(), runner.WithConcurrency(concurrency))
					time.Sleep(delay)
					require.NoError(t, a.runner.Start(t.Context(), dependent(a)))
					require.NoError(t, a.first())
					synctest.Wait()
					require.Equal(t, []string{"start db", "started db", "start rest", "started rest", "start api"}, a.all()[:5])
					finish(t, a.runner)
					require.Equal(t, []string{"stop api", "stop rest", "stop db"}, a.all()[len(a.all())-3:])
				})

				inBubble(t, kind+" is refused where the other Run fails, "+mode+", when what it names "+moment, func(t *testing.T) {
					a := startFirst(t, restThat(fails(errBoom)), runner.WithConcurrency(concurrency))
					time.Sleep(delay)
					err := a.runner.Start(t.Context(), a.resource("before"), dependent(a))
					require.ErrorIs(t, err, runner.ErrNotStarted)
					a.requireNotCalled(t)
					require.ErrorIs(t, a.first(), errBoom)
					require.Empty(t, names(a.runner))
				})
			}

			for name, end := range map[string]struct {
				by   func(*testing.T, *acrossRuns, context.CancelFunc)
				want func(*testing.T, error)
			}{
				"its ctx": {
					func(_ *testing.T, _ *acrossRuns, cancel context.CancelFunc) { cancel() },
					func(t *testing.T, err error) {
						require.ErrorIs(t, err, context.Canceled)
						require.NotErrorIs(t, err, runner.ErrNotStarted)
					},
				},
				"a signal": {
					func(_ *testing.T, a *acrossRuns, _ context.CancelFunc) { a.listener.terminate() },
					func(t *testing.T, err error) { requireSignalError(t, err, sigterm) },
				},
				"Finish": {
					func(t *testing.T, a *acrossRuns, _ context.CancelFunc) { finish(t, a.runner) },
					func(t *testing.T, err error) { require.ErrorIs(t, err, runner.ErrFinishing) },
				},
			} {
				inBubble(t, kind+" waits no longer after "+name+", when what it names "+moment, func(t *testing.T) {
					a := startFirst(t, restThat())
					time.Sleep(delay)
					ctx, cancel := context.WithCancel(t.Context())
					defer cancel()
					wait := async(func() error { return a.runner.Start(ctx, a.resource("before"), dependent(a)) })
					time.Sleep(500 * time.Millisecond)
					end.by(t, a, cancel)
					end.want(t, returns(t, time.Second, wait))
					a.requireNotCalled(t)
				})
			}
		}
	}
}
