package runner_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/runner"
)

// reportWitness notes the failures that services report, and the ends of Jobs.
type reportWitness struct{ jobWitness }

func (w reportWitness) ServiceFailed(ctx context.Context, s runner.Service, err error) {
	w.note("service %s failed%s", s.Name(), because(err))
}

func (w reportWitness) ServerFailed(ctx context.Context, s runner.Server, err error) {
	w.note("server %s failed%s", s.Name(), because(err))
}

func reportsTo(j *journal) runner.StarterOption {
	return runner.WithObserver(reportWitness{jobWitness{journal: j}})
}

func TestReportedFailureIsTold(t *testing.T) {
	inBubble(t, "of a Resource once, with the service as it was given", func(t *testing.T) {
		var j journal
		failures := make(chan error, 2)
		lease := reportsOn(j.resource("lease"), failures)
		var given runner.Service
		r := newRunnerFor(t, reportsTo(&j), runner.WithObserver(failedWitness{keep: func(s runner.Service) { given = s }}))
		wait := running(t, r, lease, j.server("api"))
		failures <- errBoom
		failures <- errOther
		require.EqualError(t, wait(), `run "lease": boom`)
		require.Equal(t, []string{"start lease", "listen api", `service lease failed: run "lease": boom`, "close api"}, j.all())
		require.Same(t, lease, given)
		finish(t, r)
		require.Equal(t, "stop lease", j.all()[4])
	})

	inBubble(t, "of a Job, whose end is told with the failure", func(t *testing.T) {
		var j journal
		failures := make(chan error, 1)
		r := newRunnerFor(t, reportsTo(&j))
		wait := running(t, r, reportsOn(j.job("import", waits), failures))
		failures <- errBoom
		require.EqualError(t, wait(), `run "import": boom`)
		synctest.Wait()
		require.Equal(t, []string{"run import", `service import failed: run "import": boom`, `import is done: run "import": boom`}, j.all())
	})

	inBubble(t, "of a Job with an error of Run beside it", func(t *testing.T) {
		var j journal
		failures := make(chan error, 1)
		r := newRunnerFor(t, reportsTo(&j))
		wait := running(t, r, reportsOn(j.job("import", untilEnd, fails(errOther)), failures))
		failures <- errBoom
		err := wait()
		require.ErrorIs(t, err, errBoom)
		require.ErrorIs(t, err, errOther)
		synctest.Wait()
		require.Equal(t, `import is done: run "import": other`, j.all()[2])
	})
}

// failedWitness is an Observer that keeps a service that has failed.
type failedWitness struct {
	nobody
	keep func(runner.Service)
}

func (t failedWitness) ServiceFailed(_ context.Context, s runner.Service, _ error) { t.keep(s) }

func TestReportedFailureWhileStarting(t *testing.T) {
	inBubble(t, "ends the start of the services behind it, and is what Run returns", func(t *testing.T) {
		var j journal
		failures := make(chan error)
		r := newRunnerFor(t, reportsTo(&j))
		time.AfterFunc(time.Second, func() { failures <- errBoom })
		began := time.Now()
		err := r.Run(t.Context(), reportsOn(j.resource("lease"), failures), j.resource("slow", waits))
		require.Equal(t, time.Second, time.Since(began))
		requireServiceError(t, err, runner.OpRun, "lease", errBoom)
		require.Equal(t, []string{"start lease", "start slow", `service lease failed: run "lease": boom`, "stop lease"}, j.all())
	})

	inBubble(t, "is not lost where the services behind it start all the same", func(t *testing.T) {
		var j journal
		failures := make(chan error, 1)
		r := newRunnerFor(t)
		err := r.Run(t.Context(), reportsOn(j.resource("lease"), failures), j.resource("db", func(context.Context) error {
			failures <- errBoom
			time.Sleep(100 * time.Millisecond)
			return nil
		}))
		requireServiceError(t, err, runner.OpRun, "lease", errBoom)
		require.Equal(t, []string{"start lease", "start db", "stop db", "stop lease"}, j.all())
	})
}

func TestReportedFailureAfterARun(t *testing.T) {
	inBubble(t, "of Resources ends the next Run", func(t *testing.T) {
		var j journal
		failures := make(chan error, 1)
		r := newRunnerFor(t)
		require.NoError(t, r.Run(t.Context(), reportsOn(j.resource("lease"), failures)))
		wait := running(t, r, j.server("api"))
		failures <- errBoom
		requireServiceError(t, wait(), runner.OpRun, "lease", errBoom)
		requireServiceError(t, r.Run(t.Context(), j.server("web")), runner.OpRun, "lease", errBoom)
		require.Equal(t, []string{"start lease", "listen api", "close api"}, j.all())
		finish(t, r)
	})

	inBubble(t, "of Resources that is about to return nil ends the next Run", func(t *testing.T) {
		var j journal
		failures := make(chan error)
		ready := &acting{event: "StateChanged to ready", act: func() {
			failures <- errBoom
			time.Sleep(time.Millisecond) // until it has taken effect
		}}
		r := newRunnerFor(t, runner.WithObserver(ready))
		require.NoError(t, r.Run(t.Context(), reportsOn(j.resource("lease"), failures)))
		requireServiceError(t, r.Run(t.Context(), j.server("api")), runner.OpRun, "lease", errBoom)
		require.Equal(t, []string{"start lease"}, j.all())
	})

	inBubble(t, "is joined to the result of Run while that drains", func(t *testing.T) {
		var j journal
		failures := make(chan error, 1)
		l := newFakeListener()
		r := newRunnerFor(t, l.option(), runner.WithDrainDelay(time.Second))
		wait := running(t, r, reportsOn(j.resource("lease"), failures), j.server("api"))
		l.terminate()
		failures <- errBoom
		requireServiceError(t, wait(), runner.OpRun, "lease", errBoom)
		finish(t, r)
	})

	inBubble(t, "that a signal has ended is joined to the result of Finish", func(t *testing.T) {
		var j journal
		failures := make(chan error, 1)
		l := newFakeListener()
		r := newRunnerFor(t, l.option())
		wait := running(t, r, reportsOn(j.resource("lease"), failures), j.server("api"))
		l.terminate()
		require.NoError(t, wait())
		failures <- errBoom
		synctest.Wait()
		requireServiceError(t, r.Finish(t.Context()), runner.OpRun, "lease", errBoom)
		finish(t, r)
	})
}

func TestFailureReporterIsAsked(t *testing.T) {
	inBubble(t, "once each time that it starts, behind any wrapper, once Observers know that it has", func(t *testing.T) {
		var j journal
		asked := &reporting{j.resource("lease"), func() <-chan error { j.note("failed lease"); return nil }}
		r := newRunnerFor(t, runner.WithObserver(witness{&j}))
		for range 2 {
			require.NoError(t, r.Start(t.Context(), runner.With(asked), j.resource("db")))
			finish(t, r)
		}
		once := []string{
			"before start lease", "start lease", "after start lease", "failed lease", "before start db", "start db", "after start db",
			"before stop db", "stop db", "after stop db", "before stop lease", "stop lease", "after stop lease",
		}
		require.Equal(t, append(once, once...), j.all())
	})

	inBubble(t, "not if it does not start, and not once it is done", func(t *testing.T) {
		var j journal
		ask := func() <-chan error { j.note("asked"); return nil }
		r := newRunnerFor(t)
		require.ErrorIs(t, r.Run(t.Context(), &reporting{j.resource("lease", fails(errBoom)), ask}), errBoom)
		done := checked(&reporting{j.job("import"), ask}, takes(time.Second))
		require.NoError(t, r.Run(t.Context(), done))
		require.Equal(t, []string{"start lease", "run import"}, j.all())
	})

	inBubble(t, "and a nil error that it reports says nothing: what it reports after that counts", func(t *testing.T) {
		var j journal
		failures := make(chan error)
		r := newRunnerFor(t)
		wait := running(t, r, reportsOn(j.server("api"), failures))
		failures <- nil
		failures <- nil
		synctest.Wait()
		require.Equal(t, runner.StateReady, r.State())
		failures <- errBoom
		requireServiceError(t, wait(), runner.OpListen, "api", errBoom)
	})

	inBubble(t, "and never blocks while it is up, however much it reports", func(t *testing.T) {
		var j journal
		failures := make(chan error)
		r := newRunnerFor(t)
		require.NoError(t, r.Start(t.Context(), reportsOn(j.resource("lease"), failures)))
		for range 100 {
			failures <- errBoom
		}
		requireServiceError(t, r.Wait(t.Context()), runner.OpRun, "lease", errBoom)
		finish(t, r)
	})

	inBubble(t, "with a Failed that does not return keeps the next service waiting for 150 ms", func(t *testing.T) {
		var j journal
		r := newRunnerFor(t)
		release := make(chan struct{})
		defer close(release)
		began := time.Now()
		require.NoError(t, r.Start(t.Context(), &reporting{j.resource("lease"), func() <-chan error { <-release; return nil }}))
		require.Equal(t, 150*time.Millisecond, time.Since(began))
	})

	inBubble(t, "and what it reports after a restart counts, and nothing of the time before", func(t *testing.T) {
		var j journal
		first, second := make(chan error, 1), make(chan error, 1)
		channels := []chan error{first, second}
		lease := &reporting{j.resource("lease"), func() <-chan error {
			failures := channels[0]
			channels = channels[1:]
			return failures
		}}
		r := newRunnerFor(t)
		require.NoError(t, r.Start(t.Context(), lease))
		finish(t, r)
		wait := running(t, r, lease, j.server("api"))
		first <- errOther
		synctest.Wait()
		require.Equal(t, runner.StateReady, r.State())
		second <- errBoom
		requireServiceError(t, wait(), runner.OpRun, "lease", errBoom)
	})
}
