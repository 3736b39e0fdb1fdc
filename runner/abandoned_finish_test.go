package runner_test

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/runner"
)

// alone is the code of a Stop that hangs until a time, returns err then, and notes when it is called beside itself.
func (j *journal) alone(until time.Duration, err error) call {
	var running atomic.Int32
	began := time.Now()
	return func(context.Context) error {
		j.note("stop stuck")
		if running.Add(1) > 1 {
			j.note("two Stops at once")
		}
		defer running.Add(-1)
		time.Sleep(time.Until(began.Add(until)))
		return err
	}
}

// A Stop that Runner.Stop has given up is not called again while it runs.
func TestFinishAfterAnAbandonedStop(t *testing.T) {
	const stopTimeout = 10 * time.Second
	play := func(t *testing.T, hang time.Duration, late error, between time.Duration) (*journal, *runner.Runner) {
		t.Helper()
		var j journal
		r := newRunner(runner.WithStopTimeout(stopTimeout), runner.WithObserver(witness{&j}))
		stuck := runner.NewResource("stuck", nil, j.alone(hang, late))
		startUp(t, r, j.resource("db"), stuck)
		require.True(t, requireTimeout(t, r.Stop(t.Context(), stuck)).Abandoned)
		require.ErrorIs(t, r.Stop(t.Context(), stuck), runner.ErrStillRunning)
		time.Sleep(between)
		j.note("Finish")
		return &j, r
	}
	after := func(j *journal) []string {
		all := j.all()
		for i, line := range all {
			if line == "Finish" {
				return all[i+1:]
			}
		}
		return nil
	}

	guarded(t, "waits for it, and stops the others once it has returned nil", func(t *testing.T) {
		j, r := play(t, 15*time.Second, nil, 0)
		began := time.Now()
		finish(t, r)
		require.InDelta(t, (15*time.Second - stopTimeout - grace).Seconds(), time.Since(began).Seconds(), 0.01)
		require.Equal(t, []string{"before stop db", "stop db", "after stop db"}, without(after(j), "before stop stuck", "after stop stuck"))
		require.NotContains(t, after(j), "stop stuck")
		require.Empty(t, names(r))
	})

	guarded(t, "takes its error, and leaves the others", func(t *testing.T) {
		j, r := play(t, 15*time.Second, errBoom, 0)
		requireServiceError(t, r.Finish(t.Context()), runner.OpStop, "stuck", errBoom)
		require.NotContains(t, after(j), "stop stuck")
		require.NotContains(t, after(j), "stop db")
		require.Equal(t, []string{"db", "stuck"}, names(r), "a later Finish tries again")
		require.NotContains(t, j.all(), "two Stops at once")
		_ = r.Finish(t.Context())
	})

	guarded(t, "waits no longer than the stop timeout, and the grace", func(t *testing.T) {
		j, r := play(t, time.Minute, nil, 0)
		began := time.Now()
		require.True(t, requireTimeout(t, r.Finish(t.Context())).Abandoned)
		require.Equal(t, stopTimeout+grace, time.Since(began))
		require.Equal(t, []runner.ServiceState{runner.ServiceReady, runner.ServiceAbandoned}, states(r))
		require.NotContains(t, after(j), "stop stuck")
		time.Sleep(time.Minute)
		finish(t, r)
		require.Contains(t, after(j), "stop db")
		require.NotContains(t, j.all(), "two Stops at once")
	})

	guarded(t, "waits no longer than its deadline, and the grace", func(t *testing.T) {
		j, r := play(t, time.Minute, nil, 0)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		began := time.Now()
		require.Error(t, r.Finish(ctx))
		require.LessOrEqual(t, time.Since(began), time.Second+grace+50*time.Millisecond)
		require.Contains(t, after(j), "stop db", "once it is cut short, nothing is skipped")
		require.NotContains(t, j.all(), "two Stops at once")
		time.Sleep(time.Minute)
		finish(t, r)
	})

	guarded(t, "does not wait when it has returned nil", func(t *testing.T) {
		j, r := play(t, 15*time.Second, nil, time.Minute)
		require.Equal(t, []string{"db"}, names(r))
		began := time.Now()
		finish(t, r)
		require.Zero(t, time.Since(began))
		require.Equal(t, []string{"before stop db", "stop db", "after stop db"}, after(j))
	})
}
