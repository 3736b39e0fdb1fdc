package runner_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/runner"
)

// TestCauseOfAnotherRunner ends ctx with the error of another Runner as its cause,
// as `cancel(one.Run(ctx, service))` does. That is the end of ctx like any other.
func TestCauseOfAnotherRunner(t *testing.T) {
	causes := func(ctx context.Context) error { <-ctx.Done(); return context.Cause(ctx) }
	ways := map[string]struct {
		call     func(context.Context, *journal, *runner.Runner) error
		up       []string
		unwanted string // an event that a rollback would cause
	}{
		"a Run that starts leaves its resources up": {
			func(ctx context.Context, j *journal, r *runner.Runner) error {
				return r.Run(ctx, j.resource("db"), j.resource("slow", waits))
			}, []string{"db"}, "stop db",
		},
		"a Run that starts a service which returns the cause leaves its resources up": {
			func(ctx context.Context, j *journal, r *runner.Runner) error {
				return r.Run(ctx, j.resource("db"), j.resource("slow", causes))
			}, []string{"db"}, "stop db",
		},
		"a Run with a start timeout leaves its resources up": {
			func(ctx context.Context, j *journal, r *runner.Runner) error {
				return r.Run(ctx, j.resource("db"), runner.With(j.resource("slow", waits), runner.StartTimeout(time.Hour)))
			}, []string{"db"}, "stop db",
		},
		"a Run that awaits readiness leaves its resources up": {
			func(ctx context.Context, j *journal, r *runner.Runner) error {
				return r.Run(ctx, j.resource("db"), checked(j.resource("slow"), fails(errRefused)))
			}, []string{"db", "slow"}, "stop db",
		},
		"a Run that loads leaves its resources up": {
			func(ctx context.Context, j *journal, r *runner.Runner) error {
				return r.Run(ctx, j.resource("db"), loading(j.resource("slow"), waits))
			}, []string{"db"}, "stop db",
		},
		"a Run that starts beside a server leaves its resources up": {
			func(ctx context.Context, j *journal, r *runner.Runner) error {
				return r.Run(ctx, j.resource("db"), j.server("api"), j.resource("slow", waits))
			}, []string{"db"}, "stop db",
		},
		"a Start leaves all up": {
			func(ctx context.Context, j *journal, r *runner.Runner) error {
				return r.Start(ctx, j.resource("db"), j.server("api"), j.resource("slow", waits))
			}, []string{"db", "api"}, "stop db",
		},
		"a Run that serves leaves its resources up": {
			func(ctx context.Context, j *journal, r *runner.Runner) error {
				return r.Run(ctx, j.resource("db"), j.server("api"))
			}, []string{"db"}, "stop db",
		},
		"a Wait changes nothing": {
			func(ctx context.Context, j *journal, r *runner.Runner) error {
				if err := r.Start(context.WithoutCancel(ctx), j.resource("db"), j.server("api")); err != nil {
					return err
				}
				return r.Wait(ctx)
			}, []string{"db", "api"}, "close api",
		},
	}
	for name, way := range ways {
		for kind, cause := range otherErrors() {
			inBubble(t, name+", after "+kind, func(t *testing.T) {
				var j journal
				r := newRunnerFor(t)
				ctx, cancel := context.WithCancelCause(t.Context())
				time.AfterFunc(time.Second, func() { cancel(cause) })
				err := way.call(ctx, &j, r)
				require.ErrorIs(t, err, context.Canceled, "the end of ctx is what it returns")
				require.ErrorIs(t, err, cause)
				require.Equal(t, way.up, names(r))
				require.NotContains(t, j.all(), way.unwanted)
				require.NoError(t, r.Run(t.Context(), j.resource("next")), "the Runner goes on")
				finish(t, r)
			})
		}
	}
}

// TestCauseOfAnotherRunnerForReal has the two Runners, and one that is its own
// other.
func TestCauseOfAnotherRunnerForReal(t *testing.T) {
	for name, other := range map[string]func(r *runner.Runner) *runner.Runner{
		"of another Runner": func(*runner.Runner) *runner.Runner { return newRunner() },
		"of the same one":   func(r *runner.Runner) *runner.Runner { return r },
	} {
		for _, concurrency := range []int{1, 0} {
			inBubble(t, "the failed Run "+name+" is the cause of ctx, not a failure of this Run", func(t *testing.T) {
				var j journal
				r := newRunnerFor(t, runner.WithConcurrency(concurrency))
				one := other(r)
				finishAfter(t, one)
				ctx, cancel := context.WithCancelCause(t.Context())
				wait := async(func() error { return r.Run(ctx, j.resource("db"), j.server("api"), j.resource("slow", waits)) })
				synctest.Wait()
				cancel(one.Run(t.Context(), runner.NewResource("a", fails(errBoom), nil)))
				err := wait()
				require.ErrorIs(t, err, context.Canceled)
				require.ErrorIs(t, err, errBoom)
				require.ErrorContains(t, err, `start "a": boom`)
				require.Equal(t, []string{"db"}, names(r))
				finish(t, r)
			})
		}
	}
}
