package runner_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-fxservices/services/runner"
	"github.com/stretchr/testify/require"
)

// drained runs a server with a drain delay of 5 s, ends it, and returns what Run
// returned and after how long.
func drained(t *testing.T, end func(*fakeListener, *runner.Runner, context.CancelFunc)) (j *journal, lasted time.Duration, err error) {
	t.Helper()
	j = &journal{}
	l := newFakeListener()
	r := newRunner(l.option(), runner.WithDrainDelay(5*time.Second), runner.WithObserver(stateWitness{journal: j}))
	ctx, cancel := context.WithCancel(t.Context())
	wait := async(func() error { return r.Run(ctx, j.server("api")) })
	synctest.Wait()
	began := time.Now()
	end(l, r, cancel)
	err = wait()
	lasted = time.Since(began)
	if j.note("finish"); r.Finish(t.Context()) != nil {
		j.note("finish failed")
	}
	return j, lasted, err
}

var drainedOnce = []string{"starting", "listen api", "ready", "draining", "stopping", "close api", "finish", "stopped"}

// arrange puts the one event of drained that has no place of its own, that the
// server listens, after the first.
func arrange(lines []string) []string {
	arranged := without(lines, "listen api")
	return append([]string{arranged[0], "listen api"}, arranged[1:]...)
}

func TestDrainDelay(t *testing.T) {
	inBubble(t, "comes after a signal and before servers close", func(t *testing.T) {
		j, lasted, err := drained(t, func(l *fakeListener, _ *runner.Runner, _ context.CancelFunc) { l.terminate() })
		require.NoError(t, err)
		require.Equal(t, 5*time.Second, lasted)
		require.Equal(t, drainedOnce, arrange(j.all()))
	})

	inBubble(t, "comes after the end of ctx", func(t *testing.T) {
		j, lasted, err := drained(t, func(_ *fakeListener, _ *runner.Runner, cancel context.CancelFunc) { cancel() })
		require.ErrorIs(t, err, context.Canceled)
		require.Equal(t, 5*time.Second, lasted)
		require.Equal(t, drainedOnce, arrange(j.all()))
	})

	inBubble(t, "comes once when Finish ends the Run", func(t *testing.T) {
		_, lasted, err := drained(t, func(_ *fakeListener, r *runner.Runner, _ context.CancelFunc) {
			require.NoError(t, r.Finish(t.Context()))
		})
		require.NoError(t, err)
		require.Equal(t, 5*time.Second, lasted)
	})

	inBubble(t, "is cut short by a second signal", func(t *testing.T) {
		_, lasted, err := drained(t, func(l *fakeListener, _ *runner.Runner, _ context.CancelFunc) {
			l.terminate()
			time.Sleep(time.Second)
			l.terminate()
		})
		requireSignalError(t, err, sigterm)
		require.Equal(t, time.Second, lasted)
	})

	inBubble(t, "is cut short by the context of Finish", func(t *testing.T) {
		_, lasted, err := drained(t, func(_ *fakeListener, r *runner.Runner, _ context.CancelFunc) {
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			require.NoError(t, r.Finish(ctx))
		})
		require.NoError(t, err)
		require.Equal(t, time.Second, lasted)
	})

	inBubble(t, "is one for all Runs", func(t *testing.T) {
		l := newFakeListener()
		r := newRunner(l.option(), runner.WithDrainDelay(5*time.Second))
		one, two := running(t, r, runner.NewServer("api", waits, nil)), running(t, r, runner.NewServer("web", waits, nil))
		began := time.Now()
		l.terminate()
		require.NoError(t, one())
		require.NoError(t, two())
		finish(t, r)
		require.Equal(t, 5*time.Second, time.Since(began))
	})

	inBubble(t, "comes before Finish stops what Start has started", func(t *testing.T) {
		var j journal
		r := newRunner(runner.WithDrainDelay(5*time.Second), runner.WithObserver(stateWitness{journal: &j}))
		require.NoError(t, r.Start(t.Context(), runner.NewServer("api", nil, j.notes("close api"))))
		began := time.Now()
		finish(t, r)
		require.Equal(t, 5*time.Second, time.Since(began))
		require.Equal(t, []string{"starting", "ready", "draining", "stopping", "close api", "stopped"}, j.all())
	})

	inBubble(t, "comes after the failure of a server", func(t *testing.T) {
		r := newRunner(runner.WithDrainDelay(5 * time.Second))
		began := time.Now()
		require.ErrorIs(t, r.Run(t.Context(), runner.NewServer("api", waits, nil),
			slowServer("bad", errBoom)), errBoom)
		require.Equal(t, 6*time.Second, time.Since(began))
		finish(t, r)
	})

	inBubble(t, "reports what fails meanwhile", func(t *testing.T) {
		l := newFakeListener()
		r := newRunner(l.option(), runner.WithDrainDelay(5*time.Second))
		wait := running(t, r, slowServer("bad", errBoom))
		l.terminate()
		requireServiceError(t, wait(), runner.OpListen, "bad", errBoom)
		finish(t, r)
	})

	inBubble(t, "never comes after a start that failed", func(t *testing.T) {
		var j journal
		r := newRunner(runner.WithDrainDelay(5*time.Second), runner.WithObserver(stateWitness{journal: &j}))
		began := time.Now()
		require.Error(t, r.Run(t.Context(), runner.NewServer("api", waits, nil), runner.NewResource("bad", fails(errBoom), nil)))
		finish(t, r)
		require.Zero(t, time.Since(began))
		require.Equal(t, []string{"starting", "stopping", "stopped"}, j.all())
	})
}
