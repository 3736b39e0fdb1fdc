package runner_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/runner"
)

// stopMethods are the two methods whose context says nothing but its deadline.
var stopMethods = map[string]func(*runner.Runner, context.Context, ...runner.Service) error{
	"Finish": func(r *runner.Runner, ctx context.Context, _ ...runner.Service) error { return r.Finish(ctx) },
	"Stop":   func(r *runner.Runner, ctx context.Context, s ...runner.Service) error { return r.Stop(ctx, s...) },
}

// patient is a Resource that takes a minute to stop, unless its context ends.
func patient(j *journal, name string) runner.Resource {
	return j.stopping(name, lasts(time.Minute))
}

// TestStopContextOfCaller cancels the context that Finish and Stop were called with.
func TestStopContextOfCaller(t *testing.T) {
	for method, stop := range stopMethods {
		// begin starts two resources that take a minute each to stop.
		begin := func(t *testing.T, opts ...runner.StarterOption) (*journal, *runner.Runner, []runner.Service) {
			t.Helper()
			j := &journal{}
			r := newRunnerFor(t, append(opts, runner.WithStopTimeout(time.Hour))...)
			services := []runner.Service{patient(j, "db"), runner.With(patient(j, "cache"))}
			require.NoError(t, r.Run(t.Context(), services...))
			return j, r, services
		}

		for moment, delay := range map[string]time.Duration{"before": 0, "while the first stops": time.Second, "while the second stops": 90 * time.Second} {
			inBubble(t, method+" lets everything stop in its own time though it is cancelled "+moment, func(t *testing.T) {
				j, r, services := begin(t)
				ctx, cancel := context.WithCancelCause(t.Context())
				if delay == 0 {
					cancel(errBoom)
				} else {
					time.AfterFunc(delay, func() { cancel(errBoom) })
				}
				began := time.Now()
				require.NoError(t, stop(r, ctx, services...))
				require.Equal(t, 2*time.Minute, time.Since(began))
				require.Equal(t, []string{"stop cache", "stop db"}, j.all()[2:])
				finish(t, r)
			})

			inBubble(t, method+" keeps the deadline of a context that is cancelled "+moment, func(t *testing.T) {
				j, r, services := begin(t)
				ctx, cancel := context.WithTimeout(t.Context(), 100*time.Second)
				defer cancel()
				if delay == 0 {
					cancel()
				} else {
					time.AfterFunc(delay, cancel)
				}
				began := time.Now()
				require.ErrorIs(t, stop(r, ctx, services...), runner.ErrStopTimeout)
				require.Equal(t, 100*time.Second, time.Since(began))
				require.Equal(t, []string{"stop cache", "stop db"}, j.all()[2:])
				_ = r.Finish(t.Context())
			})
		}

		inBubble(t, method+" lets a server close in its own time though it is cancelled", func(t *testing.T) {
			j := &journal{}
			r := newRunnerFor(t, runner.WithStopTimeout(time.Hour))
			closes := patient(j, "api")
			api := runner.NewServer("api", waits, closes.Stop)
			require.NoError(t, r.Start(t.Context(), api))
			ctx, cancel := context.WithCancel(t.Context())
			time.AfterFunc(time.Second, cancel)
			began := time.Now()
			require.NoError(t, stop(r, ctx, api))
			require.Equal(t, time.Minute, time.Since(began))
			finish(t, r)
		})

		inBubble(t, method+" is cut short by a second signal though it is cancelled", func(t *testing.T) {
			l := newFakeListener()
			_, r, services := begin(t, l.option())
			ctx, cancel := context.WithCancel(t.Context())
			cancel()
			wait := async(func() error { return stop(r, ctx, services...) })
			time.Sleep(time.Second)
			began := time.Now()
			l.send(sigterm, sigterm)
			requireSignalError(t, wait(), sigterm)
			require.LessOrEqual(t, time.Since(began), grace)
			_ = r.Finish(t.Context())
		})
	}
}

func TestFinishBesideAnother(t *testing.T) {
	inBubble(t, "waits for it though its context is cancelled", func(t *testing.T) {
		for _, delay := range []time.Duration{-1, time.Second} {
			var j journal
			r := newRunnerFor(t, runner.WithStopTimeout(time.Hour))
			require.NoError(t, r.Run(t.Context(), patient(&j, "db")))
			first := async(func() error { return r.Finish(t.Context()) })
			synctest.Wait()
			ctx, cancel := context.WithCancel(t.Context())
			time.AfterFunc(delay, cancel)
			began := time.Now()
			require.NoError(t, r.Finish(ctx))
			require.Equal(t, time.Minute, time.Since(began))
			require.NoError(t, first())
			require.Equal(t, []string{"start db", "stop db"}, j.all())
		}
	})

	inBubble(t, "waits for a Run that closes though its context is cancelled", func(t *testing.T) {
		var j journal
		r := newRunnerFor(t, runner.WithStopTimeout(time.Hour))
		wait := running(t, r, runner.NewServer("api", waits, patient(&j, "api").Stop))
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Second, cancel)
		began := time.Now()
		require.NoError(t, r.Finish(ctx))
		require.Equal(t, time.Minute, time.Since(began))
		require.NoError(t, wait())
	})
}
