package runner_test

import (
	"context"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/runner"
)

// drainer is a Runner with a drain delay of 5 s, and what it closed when.
type drainer struct {
	states   journal
	listener *fakeListener
	runner   *runner.Runner
	closed   journal // in seconds since ended
	ended    time.Time
}

func newDrainer(t *testing.T) *drainer {
	t.Helper()
	d := &drainer{listener: newFakeListener()}
	d.runner = newRunnerFor(t, d.listener.option(), runner.WithDrainDelay(5*time.Second), runner.WithObserver(stateWitness{journal: &d.states}))
	return d
}

// server returns a Server that notes when it is closed.
func (d *drainer) server(name string) runner.Server {
	return runner.NewServer(name, waits, func(context.Context) error {
		d.closed.note("%s after %v", name, time.Since(d.ended))
		return nil
	})
}

// end notes the time at which the end begins.
func (d *drainer) end(fn func()) {
	d.ended = time.Now()
	fn()
	synctest.Wait()
}

// serve lets a server serve in a Run that ctx ends.
func (d *drainer) serve(ctx context.Context, server runner.Service) (wait func() error) {
	wait = async(func() error { return d.runner.Run(ctx, server) })
	synctest.Wait()
	return wait
}

// finishesDrained requires that the Runner is ready, and that Finish drains it before
// it closes the server that is up.
func (d *drainer) finishesDrained(t *testing.T, server string) {
	t.Helper()
	require.Equal(t, runner.StateReady, d.runner.State())
	before, states := len(d.closed.all()), len(d.states.all())
	d.end(func() { finish(t, d.runner) })
	require.Equal(t, []string{server + " after 5s"}, d.closed.all()[before:])
	require.Equal(t, []string{"draining", "stopping", "stopped"}, d.states.all()[states:])
}

func TestStateOfManyRuns(t *testing.T) {
	for name, count := range map[string]int{"two": 2, "three": 3} {
		inBubble(t, "is stopping, not ready, once "+name+" Runs on one ctx have ended", func(t *testing.T) {
			var j journal
			r := newRunnerFor(t, runner.WithObserver(stateWitness{journal: &j}))
			ctx, cancel := context.WithCancel(t.Context())
			var runs []func() error
			for range count {
				runs = append(runs, async(func() error { return r.Run(ctx, runner.NewServer("api", waits, takes(time.Second))) }))
				synctest.Wait()
			}
			cancel()
			for _, wait := range runs {
				require.ErrorIs(t, wait(), context.Canceled)
			}
			require.Equal(t, runner.StateStopping, r.State())
			finish(t, r)
			require.Equal(t, []string{"stopping", "stopped"}, j.all()[2*count:])
		})

		inBubble(t, "is draining once for "+name+" Runs on one ctx", func(t *testing.T) {
			d := newDrainer(t)
			ctx, cancel := context.WithCancel(t.Context())
			var runs []func() error
			for range count {
				runs = append(runs, d.serve(ctx, d.server("api")))
			}
			d.end(cancel)
			require.Equal(t, runner.StateDraining, d.runner.State())
			for _, wait := range runs {
				require.ErrorIs(t, wait(), context.Canceled)
			}
			require.Equal(t, slices.Repeat([]string{"api after 5s"}, count), d.closed.all())
			require.Equal(t, runner.StateStopping, d.runner.State())
			finish(t, d.runner)
			require.Equal(t, []string{"draining", "stopping", "stopped"}, d.states.all()[2*count:])
		})
	}

	inBubble(t, "begins again after such an end", func(t *testing.T) {
		var j journal
		r := newRunnerFor(t, runner.WithObserver(stateWitness{journal: &j}))
		for range 2 {
			ctx, cancel := context.WithCancel(t.Context())
			one := async(func() error { return r.Run(ctx, runner.NewServer("api", waits, nil)) })
			two := async(func() error { return r.Run(ctx, runner.NewServer("web", waits, nil)) })
			synctest.Wait()
			cancel()
			require.ErrorIs(t, one(), context.Canceled)
			require.ErrorIs(t, two(), context.Canceled)
			require.NotEqual(t, runner.StateReady, r.State())
			finish(t, r)
			require.Equal(t, runner.StateStopped, r.State())
		}
	})
}

// TestStateWhileAServerServes ends something else while a server that Start has
// started serves: the Runner is ready then, and Finish drains it.
func TestStateWhileAServerServes(t *testing.T) {
	for name, others := range map[string]func(*testing.T, *drainer){
		"a Run of a server by its ctx": func(t *testing.T, d *drainer) {
			ctx, cancel := context.WithCancel(t.Context())
			wait := d.serve(ctx, d.server("web"))
			cancel()
			require.ErrorIs(t, wait(), context.Canceled)
		},
		"two Runs of servers by their ctx": func(t *testing.T, d *drainer) {
			ctx, cancel := context.WithCancel(t.Context())
			one, two := d.serve(ctx, d.server("web")), d.serve(ctx, d.server("admin"))
			cancel()
			require.ErrorIs(t, one(), context.Canceled)
			require.ErrorIs(t, two(), context.Canceled)
		},
		"a Run of a server by its failure": func(t *testing.T, d *drainer) {
			require.ErrorIs(t, d.runner.Run(t.Context(), slowServer("web", errBoom)), errBoom)
		},
		"a Run of resources by a rollback": func(t *testing.T, d *drainer) {
			db := runner.NewResource("db", nil, takes(time.Second))
			require.ErrorIs(t, d.runner.Run(t.Context(), db, runner.NewResource("bad", fails(errBoom), nil)), errBoom)
		},
		"a Start of a server by a rollback": func(t *testing.T, d *drainer) {
			bad := runner.NewResource("bad", func(context.Context) error { synctest.Wait(); return errBoom }, nil)
			require.ErrorIs(t, d.runner.Start(t.Context(), d.server("web"), bad), errBoom)
		},
		"a Run of resources by its ctx": func(t *testing.T, d *drainer) {
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			require.ErrorIs(t, d.runner.Run(ctx, runner.NewResource("slow", waits, nil)), context.DeadlineExceeded)
		},
		"a Run that starts beside its server by its ctx": func(t *testing.T, d *drainer) {
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			require.ErrorIs(t, d.runner.Run(ctx, d.server("web"), runner.NewResource("slow", waits, nil)), context.DeadlineExceeded)
		},
		"a Start of a resource by its ctx": func(t *testing.T, d *drainer) {
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			require.ErrorIs(t, d.runner.Start(ctx, runner.NewResource("slow", waits, nil)), context.DeadlineExceeded)
		},
		"a server by Stop": func(t *testing.T, d *drainer) {
			web := d.server("web")
			require.NoError(t, d.runner.Start(t.Context(), web))
			require.NoError(t, d.runner.Stop(t.Context(), web))
		},
	} {
		inBubble(t, "is ready after the end of "+name, func(t *testing.T) {
			d := newDrainer(t)
			require.NoError(t, d.runner.Start(t.Context(), d.server("api")))
			synctest.Wait()
			others(t, d)
			d.finishesDrained(t, "api")
		})

		inBubble(t, "is ready after the end of "+name+", and serves in a Run", func(t *testing.T) {
			d := newDrainer(t)
			wait := d.serve(t.Context(), d.server("api"))
			others(t, d)
			d.finishesDrained(t, "api")
			require.NoError(t, wait())
		})

		inBubble(t, "is ready after the end of "+name+", twice", func(t *testing.T) {
			d := newDrainer(t)
			require.NoError(t, d.runner.Start(t.Context(), d.server("api")))
			others(t, d)
			others(t, d)
			d.finishesDrained(t, "api")
		})
	}
}
