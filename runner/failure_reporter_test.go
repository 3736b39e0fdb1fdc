package runner_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/runner"
)

// reporting makes s a FailureReporter.
type reporting struct {
	runner.Service
	failed func() <-chan error
}

func (r *reporting) Failed() <-chan error   { return r.failed() }
func (r *reporting) Unwrap() runner.Service { return r.Service }

func reportsOn(s runner.Service, failures chan error) runner.Service {
	return &reporting{s, func() <-chan error { return failures }}
}

func TestFailureReporter(t *testing.T) {
	inBubble(t, "that is a server in the background ends its Run, and is closed once", func(t *testing.T) {
		var j journal
		failures := make(chan error, 1)
		r := newRunnerFor(t, runner.WithObserver(failureWitness{journal: &j}))
		api := reportsOn(runner.NewServer("api", nil, j.notes("close api")), failures)
		wait := running(t, r, api)
		failures <- errBoom
		requireServiceError(t, wait(), runner.OpListen, "api", errBoom)
		require.Equal(t, []string{`server api failed: listen "api": boom`, "close api"}, j.all())
		finish(t, r)
	})

	inBubble(t, "that is a resource ends its Run, and stays up until Finish", func(t *testing.T) {
		var j journal
		failures := make(chan error, 1)
		r := newRunnerFor(t)
		wait := running(t, r, reportsOn(j.resource("lease"), failures), j.server("api"))
		failures <- errBoom
		requireServiceError(t, wait(), runner.OpRun, "lease", errBoom)
		require.Equal(t, []string{"lease"}, names(r))
		finish(t, r)
		require.Equal(t, "stop lease", j.all()[len(j.all())-1])
	})

	inBubble(t, "that a Start has started ends the life of the Runner", func(t *testing.T) {
		var j journal
		failures := make(chan error, 1)
		r := newRunnerFor(t)
		require.NoError(t, r.Start(t.Context(), reportsOn(j.resource("lease"), failures)))
		failures <- errBoom
		requireServiceError(t, r.Wait(t.Context()), runner.OpRun, "lease", errBoom)
	})

	for name, report := range map[string]func(chan error){
		"nil":             func(failures chan error) { failures <- nil },
		"the end of them": func(failures chan error) { close(failures) },
	} {
		inBubble(t, "that reports "+name+" goes on", func(t *testing.T) {
			var j journal
			failures := make(chan error, 1)
			r := newRunnerFor(t)
			wait := running(t, r, reportsOn(j.server("api"), failures))
			report(failures)
			synctest.Wait()
			require.Equal(t, runner.StateReady, r.State())
			finish(t, r)
			require.NoError(t, wait())
		})
	}

	inBubble(t, "that reports what stopping it does has not failed", func(t *testing.T) {
		var j journal
		failures := make(chan error, 1)
		lease := runner.NewResource("lease", nil, func(context.Context) error {
			failures <- errBoom
			time.Sleep(time.Second)
			return nil
		})
		r := newRunnerFor(t)
		require.NoError(t, r.Start(t.Context(), reportsOn(lease, failures), j.resource("db")))
		require.NoError(t, r.Stop(t.Context(), lease))
		require.Equal(t, runner.StateReady, r.State())
		require.NoError(t, r.Finish(t.Context()))
	})

	inBubble(t, "whose Failed panics has failed", func(t *testing.T) {
		var j journal
		r := newRunnerFor(t)
		lease := &reporting{j.resource("lease"), func() <-chan error { panic("boom") }}
		err := r.Run(t.Context(), lease, j.server("api"))
		var panicked *runner.PanicError
		require.ErrorAs(t, err, &panicked)
		require.Equal(t, "boom", panicked.Value)
	})

	inBubble(t, "whose Failed does not return is up all the same, and cannot be started again until it has", func(t *testing.T) {
		var j journal
		release := make(chan struct{})
		r := newRunnerFor(t)
		lease := &reporting{j.resource("lease"), func() <-chan error { <-release; return nil }}
		began := time.Now()
		require.NoError(t, r.Start(t.Context(), lease))
		require.Less(t, time.Since(began), time.Second)
		finish(t, r)
		require.ErrorIs(t, r.Start(t.Context(), lease), runner.ErrStillRunning)
		close(release)
		synctest.Wait()
		require.NoError(t, r.Start(t.Context(), lease))
	})
}
