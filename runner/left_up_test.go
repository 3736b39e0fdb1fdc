package runner_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/runner"
)

// leftUp starts a server that fails when told to, and has Finish fail before it gets to that server, n times.
func leftUp(t *testing.T, r *runner.Runner, n int, with func(runner.Service) runner.Service) (fail func()) {
	t.Helper()
	failing := make(chan struct{})
	api := with(runner.NewServer("api", func(ctx context.Context) error {
		select {
		case <-failing:
			return errBoom
		case <-ctx.Done():
			return nil
		}
	}, nil))
	startUp(t, r, api, runner.NewResource("bad", nil, func(context.Context) error {
		if n--; n >= 0 {
			return errOther
		}
		return nil
	}))
	for range n {
		requireServiceError(t, r.Finish(t.Context()), runner.OpStop, "bad", errOther)
	}
	require.Equal(t, []string{"api", "bad"}, names(r))
	return func() {
		close(failing)
		synctest.Wait()
	}
}

// A server that a failed Finish has left up belongs to what the Runner does next.
func TestFailureOfAServerThatFinishHasLeftUp(t *testing.T) {
	failed := func(t *testing.T, err error) {
		t.Helper()
		requireServiceError(t, err, runner.OpListen, "api", errBoom)
	}
	for how, with := range map[string]func(runner.Service) runner.Service{
		"":                        func(s runner.Service) runner.Service { return s },
		", behind a wrapper":      func(s runner.Service) runner.Service { return runner.With(s) },
		", after two that failed": func(s runner.Service) runner.Service { return s },
	} {
		finishes := 1
		if how == ", after two that failed" {
			finishes = 2
		}
		guarded(t, "ends Wait"+how, func(t *testing.T) {
			r := newRunner()
			fail := leftUp(t, r, finishes, with)
			require.NoError(t, r.Run(t.Context(), runner.NewResource("db", nil, nil)))
			wait := async(func() error { return r.Wait(t.Context()) })
			synctest.Wait()
			fail()
			failed(t, returnsIn(t, time.Minute, wait))
			_ = r.Finish(t.Context())
			require.Empty(t, names(r))
		})

		guarded(t, "ends a Run that serves, and closes its servers"+how, func(t *testing.T) {
			var j journal
			r := newRunner()
			fail := leftUp(t, r, finishes, with)
			wait := running(t, r, j.server("web"))
			fail()
			failed(t, returnsIn(t, time.Minute, wait))
			require.Equal(t, []string{"listen web", "close web"}, j.all())
			_ = r.Finish(t.Context())
			require.Empty(t, names(r))
		})

		guarded(t, "ends each of two Runs, and Wait"+how, func(t *testing.T) {
			var j journal
			r := newRunner()
			fail := leftUp(t, r, finishes, with)
			one, two := running(t, r, j.server("web")), running(t, r, j.server("mail"))
			wait := async(func() error { return r.Wait(t.Context()) })
			synctest.Wait()
			fail()
			for _, returned := range []func() error{one, two, wait} {
				failed(t, returnsIn(t, time.Minute, returned))
			}
			_ = r.Finish(t.Context())
		})

		guarded(t, "ends a Run that starts"+how, func(t *testing.T) {
			r := newRunner()
			fail := leftUp(t, r, finishes, with)
			wait := running(t, r, runner.NewResource("slow", waits, nil))
			fail()
			failed(t, returnsIn(t, time.Minute, wait))
			_ = r.Finish(t.Context())
		})

		guarded(t, "is told to Observers once"+how, func(t *testing.T) {
			var j journal
			r := newRunner(runner.WithObserver(failureWitness{journal: &j}))
			fail := leftUp(t, r, finishes, with)
			wait := running(t, r, runner.NewServer("web", untilEnd, nil))
			fail()
			failed(t, returnsIn(t, time.Minute, wait))
			require.Equal(t, []string{`server api failed: listen "api": boom`}, j.all())
			_ = r.Finish(t.Context())
		})
	}
}
