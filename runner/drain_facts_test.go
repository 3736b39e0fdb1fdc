package runner_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/runner"
)

// TestDrainWhileOthersStart brings the end while another Run has not started yet, or
// is being rolled back: what serves is drained all the same.
func TestDrainWhileOthersStart(t *testing.T) {
	others := map[string]func(*testing.T, *drainer){
		"starts": func(t *testing.T, d *drainer) {
			async(func() error { return d.runner.Run(t.Context(), runner.NewResource("slow", waits, nil)) })
		},
		"starts without heeding its context": func(t *testing.T, d *drainer) {
			async(func() error {
				return d.runner.Run(t.Context(), runner.NewResource("slow", takes(time.Second+grace/2), nil))
			})
		},
		"starts beside a server": func(t *testing.T, d *drainer) {
			async(func() error {
				return d.runner.Run(t.Context(), runner.NewServer("web", waits, nil), runner.NewResource("slow", waits, nil))
			})
		},
		"starts with Start": func(t *testing.T, d *drainer) {
			async(func() error { return d.runner.Start(t.Context(), runner.NewResource("slow", waits, nil)) })
		},
		"is being rolled back": func(t *testing.T, d *drainer) {
			db := runner.NewResource("db", nil, takes(2*time.Second))
			async(func() error { return d.runner.Run(t.Context(), db, runner.NewResource("bad", fails(errBoom), nil)) })
		},
	}
	// serving lets a server serve, in a Run or not, and returns what ends with it.
	serving := map[string]func(*testing.T, *drainer, context.Context) (wait func() error){
		"a server that Start has started": func(t *testing.T, d *drainer, ctx context.Context) func() error {
			require.NoError(t, d.runner.Start(ctx, d.server("api")))
			return func() error { return nil }
		},
		"a server of a Run": func(_ *testing.T, d *drainer, ctx context.Context) func() error {
			return d.serve(ctx, d.server("api"))
		},
	}
	for kind, serve := range serving {
		for what, other := range others {
			begin := func(t *testing.T, also ...runner.Service) (d *drainer, wait func() error, cancel context.CancelFunc) {
				t.Helper()
				d = newDrainer(t)
				ctx, cancel := context.WithCancel(t.Context())
				require.NoError(t, d.runner.Start(t.Context(), also...))
				wait = serve(t, d, ctx)
				synctest.Wait()
				other(t, d)
				time.Sleep(time.Second)
				return d, wait, cancel
			}

			inBubble(t, "keeps "+kind+" until the delay is over, after a signal, while another "+what, func(t *testing.T) {
				d, wait, cancel := begin(t)
				defer cancel()
				d.end(d.listener.terminate)
				require.NoError(t, wait())
				finish(t, d.runner)
				d.requireDrained(t)
				require.Contains(t, d.states.all(), "draining")
			})

			inBubble(t, "keeps "+kind+" until the delay is over, in Finish, while another "+what, func(t *testing.T) {
				d, wait, cancel := begin(t)
				defer cancel()
				d.end(func() { finish(t, d.runner) })
				require.NoError(t, wait())
				d.requireDrained(t)
				require.Contains(t, d.states.all(), "draining")
			})

			inBubble(t, "keeps "+kind+" until the delay is over, after a failure, while another "+what, func(t *testing.T) {
				fail := make(chan struct{})
				bad := runner.NewServer("bad", func(ctx context.Context) error { return errors.Join(until(fail)(ctx), errBoom) }, nil)
				d, wait, cancel := begin(t, bad)
				defer cancel()
				d.end(func() { close(fail) })
				_ = wait()
				_ = d.runner.Finish(t.Context())
				d.requireDrained(t)
				require.Contains(t, d.states.all(), "draining")
			})

			if kind == "a server of a Run" {
				inBubble(t, "keeps "+kind+" until the delay is over, after its ctx, while another "+what, func(t *testing.T) {
					d, wait, cancel := begin(t)
					d.end(cancel)
					require.ErrorIs(t, wait(), context.Canceled)
					d.requireDrained(t)
				})
			}
		}
	}
}

// requireDrained requires that the server was closed once the delay was over. The
// delay may begin when those have ended that had not started yet.
func (d *drainer) requireDrained(t *testing.T) {
	t.Helper()
	require.Len(t, d.closed.all(), 1)
	after, ok := strings.CutPrefix(d.closed.all()[0], "api after ")
	require.True(t, ok)
	lasted, err := time.ParseDuration(after)
	require.NoError(t, err)
	require.GreaterOrEqual(t, lasted, 5*time.Second, "it is not drained")
	require.LessOrEqual(t, lasted, 7*time.Second)
}

// TestServicesWhenStopped asks for what is started when Observers hear that a service
// has stopped: it is not listed any more.
func TestServicesWhenStopped(t *testing.T) {
	for name, stop := range map[string]func(*testing.T, *runner.Runner, runner.Service){
		"Stop":   func(t *testing.T, r *runner.Runner, s runner.Service) { require.NoError(t, r.Stop(t.Context(), s)) },
		"Finish": func(t *testing.T, r *runner.Runner, _ runner.Service) { finish(t, r) },
	} {
		for kind, service := range map[string]runner.Service{
			"a resource": runner.NewResource("db", nil, nil),
			"a server":   runner.With(runner.NewServer("db", waits, nil)),
		} {
			inBubble(t, name+" of "+kind, func(t *testing.T) {
				var listed []string
				var r *runner.Runner
				r = newRunnerFor(t, runner.WithObserver(&told{afterStop: func() { listed = names(r) }}))
				require.NoError(t, r.Start(t.Context(), runner.NewResource("first", nil, nil), service))
				stop(t, r, service)
				require.NotContains(t, listed, "db")
				finish(t, r)
				require.Empty(t, names(r))
			})
		}
	}
}
