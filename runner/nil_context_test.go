package runner_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/runner"
)

// methods are those of a Runner that take a context.
var methods = map[string]func(r *runner.Runner, ctx context.Context, s runner.Service) error{
	"Run":    func(r *runner.Runner, ctx context.Context, s runner.Service) error { return r.Run(ctx, s) },
	"Start":  func(r *runner.Runner, ctx context.Context, s runner.Service) error { return r.Start(ctx, s) },
	"Wait":   func(r *runner.Runner, ctx context.Context, _ runner.Service) error { return r.Wait(ctx) },
	"Finish": func(r *runner.Runner, ctx context.Context, _ runner.Service) error { return r.Finish(ctx) },
	"Stop":   func(r *runner.Runner, ctx context.Context, s runner.Service) error { return r.Stop(ctx, s) },
}

func TestNilContext(t *testing.T) {
	for method, call := range methods {
		for when, up := range map[string]bool{"before anything is started": false, "while something is": true} {
			guarded(t, "is an error of "+method+" "+when+", and nothing happens", func(t *testing.T) {
				var j journal
				r := newRunner(runner.WithObserver(witness{&j}))
				db := j.resource("db")
				started := []string{}
				if up {
					startUp(t, r, db, j.server("api"))
					started = names(r)
				}
				before, state := j.all(), r.State()
				err := returnsIn(t, time.Minute, func() error {
					return recovering(func() error { return call(r, nil, db) })
				})
				require.ErrorContains(t, err, "nil context")
				require.NotErrorIs(t, err, errPanicked)
				require.Equal(t, before, j.all())
				require.Equal(t, state, r.State())
				require.Equal(t, started, names(r))
				require.NoError(t, returnsIn(t, time.Minute, func() error { return r.Finish(t.Context()) }))
				require.NoError(t, r.Run(t.Context(), db), "the Runner can be used")
				finish(t, r)
			})
		}
	}

	guarded(t, "is an error of each of many Runs", func(t *testing.T) {
		var j journal
		r := newRunner()
		for range 3 {
			err := recovering(func() error { return r.Run(nil, j.resource("db"), j.server("api")) }) //nolint:staticcheck // that is the test
			require.ErrorContains(t, err, "nil context")
		}
		require.Empty(t, j.all())
		require.NoError(t, returnsIn(t, time.Minute, func() error { return r.Finish(t.Context()) }))
	})
}

// brokenContext is a context of which nothing can be asked.
type brokenContext struct{ context.Context }

// A Run that panics because of its caller is over, like any other.
func TestFinishAfterARunThatPanicked(t *testing.T) {
	for name, ctx := range map[string]context.Context{
		"of a nil pointer":             (*brokenContext)(nil),
		"of a context that wraps none": brokenContext{},
	} {
		for _, method := range []string{"Run", "Start"} {
			guarded(t, method+" "+name, func(t *testing.T) {
				var j journal
				r := newRunner()
				db := j.resource("db")
				require.Error(t, recovering(func() error { return methods[method](r, ctx, db) }))
				synctest.Wait()
				require.NoError(t, returnsIn(t, time.Minute, func() error { return r.Finish(t.Context()) }))
				require.NoError(t, r.Run(t.Context(), db), "it is not started")
				finish(t, r)
				require.Equal(t, []string{"start db", "stop db"}, j.all())
			})
		}
	}
}
