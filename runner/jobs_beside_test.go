package runner_test

import (
	"context"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/runner"
)

func TestJobThatFails(t *testing.T) {
	for name, test := range map[string]struct {
		fails call
		text  string
	}{
		"returns an error":    {fails(errBoom), `run "import": boom`},
		"panics":              {panics("no rows"), `run "import": panic: no rows`},
		"exits its goroutine": {exits, `run "import": panic: runtime.Goexit was called`},
		"returns what says only that something is closed": {fails(context.Canceled), `run "import": context canceled`},
	} {
		inBubble(t, "ends its Run, Servers and other Jobs included: it "+name, func(t *testing.T) {
			var j journal
			r := newRunnerFor(t, runner.WithObserver(jobWitness{journal: &j}))
			err := r.Run(t.Context(), j.resource("db"), j.server("api"),
				j.job("import", func(ctx context.Context) error { time.Sleep(time.Second); return test.fails(ctx) }),
				j.job("other", waits))
			require.EqualError(t, err, test.text)
			require.Equal(t, []string{"db"}, names(r), "resources stay up until Finish")
			synctest.Wait()
			require.Subset(t, j.all(), []string{"import is done: " + test.text, "other is done", "close api"})
			finish(t, r)
		})
	}

	inBubble(t, "while something behind it starts ends the start, which is rolled back", func(t *testing.T) {
		var j journal
		r := newRunnerFor(t)
		err := r.Run(t.Context(), j.resource("db"), j.job("import", takes(time.Second), fails(errBoom)), j.resource("slow", waits))
		requireServiceError(t, err, runner.OpRun, "import", errBoom)
		require.Equal(t, []string{"start db", "run import", "start slow", "stop db"}, j.all())
		require.Empty(t, names(r))
	})

	inBubble(t, "in a Start is the error of Wait", func(t *testing.T) {
		var j journal
		r := newRunnerFor(t)
		require.NoError(t, r.Start(t.Context(), j.server("api"), j.job("import", takes(time.Second), fails(errBoom))))
		requireServiceError(t, r.Wait(t.Context()), runner.OpRun, "import", errBoom)
	})
}

func TestJobThatWasAskedToReturn(t *testing.T) {
	for name, returns := range map[string]call{"nil": untilEnd, "the error of its context": waits, "the cause of its context": lasts(time.Hour)} {
		inBubble(t, "and returns "+name+" has not failed", func(t *testing.T) {
			var j journal
			l := newFakeListener()
			r := newRunnerFor(t, l.option(), runner.WithObserver(jobWitness{journal: &j}))
			wait := running(t, r, j.job("import", returns))
			l.terminate()
			require.NoError(t, wait())
			synctest.Wait()
			require.Equal(t, []string{"run import", "import is done"}, j.all())
		})
	}

	inBubble(t, "and returns another error joins it to the result of Run", func(t *testing.T) {
		var j journal
		l := newFakeListener()
		r := newRunnerFor(t, l.option(), runner.WithObserver(jobWitness{journal: &j}))
		wait := running(t, r, j.job("import", untilEnd, fails(errBoom)))
		l.terminate()
		requireServiceError(t, wait(), runner.OpRun, "import", errBoom)
		synctest.Wait()
		require.Equal(t, []string{"run import", `import is done: run "import": boom`}, j.all())
	})

	inBubble(t, "and does not is abandoned by name, with its stack", func(t *testing.T) {
		var j journal
		r := newRunnerFor(t, runner.WithStopTimeout(5*time.Second))
		ctx, cancel := context.WithCancel(t.Context())
		release := make(chan struct{})
		wait := async(func() error { return r.Run(ctx, j.job("import", until(release)), j.job("other", waits)) })
		synctest.Wait()
		began := time.Now()
		cancel()
		err := wait()
		require.Equal(t, 5*time.Second+150*time.Millisecond, time.Since(began))
		requireServiceError(t, err, runner.OpRun, "import", runner.ErrStopTimeout)
		require.ErrorIs(t, err, context.Canceled)
		require.ErrorContains(t, err, `run "import": timed out after 5s, abandoned after 5.15s`)
		var timeout *runner.TimeoutError
		require.ErrorAs(t, err, &timeout)
		require.Contains(t, string(timeout.Stack), "(*work).Run")
		require.Equal(t, []string{"import"}, names(r), "it is shown until it returns")
		close(release)
		synctest.Wait()
		require.Empty(t, names(r))
	})

	inBubble(t, "has a stop timeout of its own", func(t *testing.T) {
		var j journal
		r := newRunner()
		require.NoError(t, r.Start(t.Context(), runner.With(j.job("import", stuck(t)), runner.StopTimeout(time.Second))))
		began := time.Now()
		require.ErrorIs(t, r.Finish(t.Context()), runner.ErrStopTimeout)
		require.Equal(t, time.Second+150*time.Millisecond, time.Since(began))
	})
}

func TestJobWithCapabilities(t *testing.T) {
	inBubble(t, "loads first, and the next service starts once it is ready", func(t *testing.T) {
		var j journal
		r := newRunnerFor(t, runner.WithObserver(witness{&j}))
		var ready atomic.Bool
		work := checked(loading(j.job("import", func(ctx context.Context) error {
			time.Sleep(time.Second)
			ready.Store(true)
			return untilEnd(ctx)
		}), j.notes("load import")), func(context.Context) error {
			if !ready.Load() {
				return errBoom
			}
			return nil
		})
		wait := running(t, r, work, j.resource("db"))
		time.Sleep(2 * time.Second)
		require.Equal(t, []string{
			"before load", "load import", "after load", "before start import", "run import",
			"after start import", "before start db", "start db", "after start db",
		}, j.all())
		finish(t, r)
		require.NoError(t, wait())
	})

	inBubble(t, "does not run if it does not load", func(t *testing.T) {
		var j journal
		r := newRunnerFor(t)
		requireServiceError(t, r.Run(t.Context(), loading(j.job("import"), fails(errBoom))), runner.OpLoad, "import", errBoom)
		require.Empty(t, j.all())
	})

	inBubble(t, "is ended if it does not become ready in time", func(t *testing.T) {
		var j journal
		r := newRunnerFor(t, runner.WithStartTimeout(time.Second))
		err := r.Run(t.Context(), checked(j.job("import", waits), fails(errBoom)))
		requireServiceError(t, err, runner.OpReady, "import", runner.ErrStartTimeout)
		require.Empty(t, names(r))
	})
}

func TestJobsInOrder(t *testing.T) {
	inBubble(t, "start after what they are After, and end before it", func(t *testing.T) {
		var j journal
		db, cache := j.resource("db"), j.resource("cache")
		r := newRunnerFor(t, runner.WithConcurrency(0), runner.WithObserver(witness{&j}))
		wait := running(t, r, after(j.job("import", untilEnd), db, cache), db, cache)
		all := j.all()
		require.Less(t, slices.Index(all, "after start db"), slices.Index(all, "run import"))
		require.Less(t, slices.Index(all, "after start cache"), slices.Index(all, "run import"))
		require.NoError(t, r.Finish(t.Context()))
		require.NoError(t, wait())
		all = j.all()
		require.Less(t, slices.Index(all, "after stop import"), slices.Index(all, "stop db"))
	})

	inBubble(t, "run at the same time", func(t *testing.T) {
		var j journal
		for _, concurrency := range []int{0, 1, 2} {
			r := newRunnerFor(t, runner.WithConcurrency(concurrency))
			began := time.Now()
			require.NoError(t, r.Run(t.Context(),
				j.job("one", takes(time.Second)), j.job("two", takes(time.Second)), j.job("three", takes(time.Second))))
			require.Equal(t, time.Second, time.Since(began))
		}
	})

	inBubble(t, "are needed as long as they run: what they are After does not stop before them", func(t *testing.T) {
		var j journal
		r := newRunnerFor(t)
		db := j.resource("db")
		require.NoError(t, r.Start(t.Context(), db, after(j.job("import", takes(time.Second)), db), j.server("api")))
		require.ErrorIs(t, r.Stop(t.Context(), db), runner.ErrNeeded)
		time.Sleep(2 * time.Second)
		require.NoError(t, r.Stop(t.Context(), db))
	})

	inBubble(t, "of an earlier Run that are done are not up", func(t *testing.T) {
		var j journal
		r := newRunnerFor(t)
		work := j.job("import")
		require.NoError(t, r.Run(t.Context(), work))
		require.ErrorIs(t, r.Run(t.Context(), after(j.resource("db"), work)), runner.ErrNotStarted)
	})
}

func TestJobGivenAgain(t *testing.T) {
	inBubble(t, "in one Run, or while it runs, is refused", func(t *testing.T) {
		var j journal
		r := newRunnerFor(t)
		work := j.job("import", untilEnd)
		require.ErrorIs(t, r.Run(t.Context(), work, work), runner.ErrAlreadyStarted)
		require.NoError(t, r.Start(t.Context(), work))
		require.ErrorIs(t, r.Run(t.Context(), work), runner.ErrAlreadyStarted)
		require.Equal(t, []string{"run import"}, j.all())
	})

	inBubble(t, "once it is done, or has failed, or was stopped, runs again", func(t *testing.T) {
		var j journal
		r := newRunnerFor(t)
		results := []error{nil, errBoom, nil}
		work := j.job("import", func(context.Context) error {
			err := results[0]
			results = results[1:]
			return err
		})
		require.NoError(t, r.Run(t.Context(), work))
		require.ErrorIs(t, r.Run(t.Context(), work), errBoom)
		require.NoError(t, r.Run(t.Context(), work))

		stopped := j.job("stopped", untilEnd)
		require.NoError(t, r.Start(t.Context(), stopped))
		synctest.Wait()
		require.NoError(t, r.Stop(t.Context(), stopped))
		require.NoError(t, r.Start(t.Context(), stopped))
		require.Equal(t, []string{"run import", "run import", "run import", "run stopped"}, j.all()[:4])
	})

	inBubble(t, "after Finish runs again", func(t *testing.T) {
		var j journal
		r := newRunnerFor(t)
		work := j.job("import")
		for range 3 {
			require.NoError(t, r.Start(t.Context(), j.resource("db"), work))
			require.NoError(t, r.Wait(t.Context()))
			finish(t, r)
		}
		require.Equal(t, slices.Repeat([]string{"start db", "run import", "stop db"}, 3), j.all())
	})
}

func TestJobsAndTheDrainDelay(t *testing.T) {
	inBubble(t, "nothing is drained once all Jobs are done", func(t *testing.T) {
		var j journal
		r := newRunnerFor(t, runner.WithDrainDelay(time.Minute))
		began := time.Now()
		require.NoError(t, r.Run(t.Context(), j.resource("db"), j.job("import", takes(time.Second))))
		finish(t, r)
		require.NoError(t, r.Start(t.Context(), j.resource("db"), j.job("import", takes(time.Second))))
		require.NoError(t, r.Wait(t.Context()))
		finish(t, r)
		require.Equal(t, 2*time.Second, time.Since(began))
	})

	inBubble(t, "a Job goes on during the drain, and may be done in it", func(t *testing.T) {
		var j journal
		l := newFakeListener()
		r := newRunnerFor(t, l.option(), runner.WithDrainDelay(time.Minute), runner.WithObserver(jobWitness{journal: &j}))
		wait := running(t, r, j.job("import", takes(time.Second)), j.server("api"))
		l.terminate()
		require.NoError(t, wait())
		require.Equal(t, []string{"import is done", "close api"}, j.all()[2:])
	})
}
