package runner_test

import (
	"context"
	"errors"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/runner"
)

// failures are all ways in which a Listen can fail.
var failures = map[string]call{
	"returns an error":       fails(errBoom),
	"says that it is closed": fails(context.Canceled),
	"panics":                 panics(errBoom),
	"calls runtime.Goexit":   func(context.Context) error { runtime.Goexit(); return nil },
}

// failing is a Server whose Listen fails after a while.
func (j *journal) failing(name string, after time.Duration, how call, closes ...call) runner.Server {
	return runner.NewServer(name, func(ctx context.Context) error {
		time.Sleep(after)
		return how(ctx)
	}, j.notes("close "+name, closes...))
}

// requireClosedOnce requires that a server was closed once, and that Observers
// have heard of that once.
func (j *journal) requireClosedOnce(t *testing.T, name string) {
	t.Helper()
	want := []string{"before stop " + name, "close " + name, "after stop " + name}
	got := []string{}
	for _, line := range j.all() {
		if line, _, _ = strings.Cut(line, ": "); slices.Contains(want, line) {
			got = append(got, line)
		}
	}
	require.Equal(t, want, got)
}

// TestCloseOfAFailedServer lets a server fail, before or after it is up.
func TestCloseOfAFailedServer(t *testing.T) {
	moments := map[string]struct {
		after time.Duration // that it listens
		play  func(*testing.T, *journal, *runner.Runner, runner.Service) error
	}{
		"while it serves in a Run": {time.Second, func(t *testing.T, j *journal, r *runner.Runner, api runner.Service) error {
			err := r.Run(t.Context(), j.resource("db"), api)
			j.requireClosedOnce(t, "api")
			return err
		}},
		"at once, in a Run": {0, func(t *testing.T, j *journal, r *runner.Runner, api runner.Service) error {
			err := r.Run(t.Context(), api)
			j.requireClosedOnce(t, "api")
			return err
		}},
		"while others start in a Run": {time.Second, func(t *testing.T, j *journal, r *runner.Runner, api runner.Service) error {
			err := r.Run(t.Context(), j.resource("db"), api, runner.NewResource("slow", waits, nil))
			j.requireClosedOnce(t, "api")
			return err
		}},
		"while others start in a Start": {time.Second, func(t *testing.T, j *journal, r *runner.Runner, api runner.Service) error {
			err := r.Start(t.Context(), api, runner.NewResource("slow", waits, nil))
			j.requireClosedOnce(t, "api")
			return err
		}},
		"while it awaits its readiness": {time.Second, func(t *testing.T, j *journal, r *runner.Runner, api runner.Service) error {
			err := r.Start(t.Context(), checked(api, fails(errRefused)))
			j.requireClosedOnce(t, "api")
			return err
		}},
		"while its IsReady waits": {time.Second, func(t *testing.T, j *journal, r *runner.Runner, api runner.Service) error {
			err := r.Run(t.Context(), checked(api, waits))
			j.requireClosedOnce(t, "api")
			return err
		}},
		"once Start has returned": {time.Second, func(t *testing.T, j *journal, r *runner.Runner, api runner.Service) error {
			require.NoError(t, r.Start(t.Context(), api))
			return r.Wait(t.Context())
		}},
		"once Start has returned, and it is stopped": {time.Second, func(t *testing.T, j *journal, r *runner.Runner, api runner.Service) error {
			require.NoError(t, r.Start(t.Context(), api))
			err := r.Wait(t.Context())
			_ = r.Stop(t.Context(), api)
			return err
		}},
		"while another Run serves": {time.Second, func(t *testing.T, j *journal, r *runner.Runner, api runner.Service) error {
			wait := running(t, r, runner.NewServer("web", waits, nil))
			require.NoError(t, r.Start(t.Context(), api))
			return wait()
		}},
	}
	for moment, m := range moments {
		for kind, how := range failures {
			for mode, opts := range map[string][]runner.StarterOption{
				"one by one":                nil,
				"one by one, past failures": {runner.WithContinueOnStopError()},
				"at the same time":          {runner.WithConcurrency(0)},
			} {
				inBubble(t, "comes once: its Listen "+kind+" "+moment+", "+mode, func(t *testing.T) {
					var j journal
					r := newRunnerFor(t, append(opts, runner.WithObserver(witness{&j}))...)
					err := m.play(t, &j, r, runner.With(j.failing("api", m.after, how)))
					var failed *runner.ServiceError
					require.ErrorAs(t, err, &failed)
					require.Equal(t, runner.OpListen, failed.Op)
					require.Equal(t, "api", failed.Name)
					_ = r.Finish(t.Context())
					_ = r.Finish(t.Context())
					j.requireClosedOnce(t, "api")
					require.Empty(t, names(r))
				})
			}
		}
	}
}

func TestCloseOfFailedServers(t *testing.T) {
	inBubble(t, "comes once for each of two", func(t *testing.T) {
		var j journal
		r := newRunnerFor(t, runner.WithObserver(witness{&j}))
		err := r.Run(t.Context(), j.failing("api", time.Second, fails(errBoom)), j.failing("web", time.Second, fails(errOther)))
		require.ErrorIs(t, err, errBoom)
		require.ErrorIs(t, err, errOther)
		j.requireClosedOnce(t, "api")
		j.requireClosedOnce(t, "web")
		finish(t, r)
	})

	inBubble(t, "is joined where it fails", func(t *testing.T) {
		var j journal
		r := newRunnerFor(t)
		err := r.Run(t.Context(), j.failing("api", time.Second, fails(errBoom), fails(errOther)))
		require.ErrorIs(t, err, errBoom)
		require.ErrorContains(t, err, `close "api": other`)
		finish(t, r)
	})

	inBubble(t, "has a context and a stop timeout of its own", func(t *testing.T) {
		var j journal
		r := newRunnerFor(t, runner.WithStopTimeout(3*time.Second))
		fresh := func(ctx context.Context) error {
			deadline, limited := ctx.Deadline()
			require.True(t, limited)
			require.Equal(t, 3*time.Second, time.Until(deadline))
			return errors.Join(ctx.Err(), stuck(t)(ctx))
		}
		began := time.Now()
		err := r.Run(t.Context(), j.failing("api", time.Second, fails(errBoom), fresh))
		require.Equal(t, time.Second+3*time.Second+grace, time.Since(began))
		require.ErrorIs(t, err, errBoom)
		require.ErrorContains(t, err, `close "api": timed out after 3s, abandoned after 3.15s`)
	})

	inBubble(t, "comes after what depends on it", func(t *testing.T) {
		var j journal
		r := newRunnerFor(t)
		api := j.failing("api", time.Second, fails(errBoom))
		require.NoError(t, r.Start(t.Context(), api, after(j.resource("proxy"), api)))
		require.ErrorIs(t, r.Wait(t.Context()), errBoom)
		_ = r.Finish(t.Context())
		require.Equal(t, []string{"start proxy", "stop proxy", "close api"}, j.all())
	})

	inBubble(t, "is not called where it was not loaded", func(t *testing.T) {
		var j journal
		r := newRunnerFor(t, runner.WithObserver(witness{&j}))
		require.ErrorIs(t, r.Run(t.Context(), loading(j.server("api"), fails(errBoom))), errBoom)
		finish(t, r)
		require.Equal(t, []string{"before load", `after load: load "api": boom`}, j.all())
	})

	inBubble(t, "lets it be started again", func(t *testing.T) {
		var j journal
		r := newRunnerFor(t, runner.WithObserver(witness{&j}))
		api := j.failing("api", time.Second, fails(errBoom))
		for range 2 {
			require.ErrorIs(t, r.Run(t.Context(), api), errBoom)
			finish(t, r)
		}
		synctest.Wait()
		require.Len(t, slices.DeleteFunc(j.all(), func(line string) bool { return line != "close api" }), 2)
	})
}
