package retrier_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cenkalti/backoff/v4"
	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/retrier"
	"github.com/go-fxservices/services/runner"
)

// job returns a Job whose Run does the given steps in turn, and then returns nil.
func (e *events) job(steps ...func(context.Context) error) runner.Job {
	return runner.NewJob("import", func(ctx context.Context) error {
		e.add("run import")
		if len(steps) == 0 {
			return nil
		}
		step := steps[0]
		steps = steps[1:]
		return step(ctx)
	})
}

// waits returns the error of its context once that has ended.
func waits(ctx context.Context) error {
	<-ctx.Done()
	return ctx.Err()
}

// eachSecond makes attempts with a pause of one second.
func eachSecond() *retrier.Builder {
	return retrier.New().Backoff(backoff.NewConstantBackOff(time.Second))
}

func TestJob(t *testing.T) {
	inBubble(t, "runs again until an attempt succeeds, with the pauses of the backoff", func(t *testing.T) {
		var log events
		pauses := &fixed{events: &log, pauses: []time.Duration{time.Second, time.Minute}}
		work := retrier.New().Backoff(pauses).Reporter(told{&log}).BuildJob(log.job(fails, fails))
		began := time.Now()
		require.NoError(t, work.Run(t.Context()))
		require.Equal(t, time.Minute+time.Second, time.Since(began))
		require.Equal(t, []string{
			"attempt 1 of import", "run import", "reset", "next 1s", "attempt 1 of import: connection refused, next in 1s",
			"attempt 2 of import", "run import", "next 1m0s", "attempt 2 of import: connection refused, next in 1m0s",
			"attempt 3 of import", "run import",
		}, log.all())
	})

	inBubble(t, "runs again with a fresh backoff each time", func(t *testing.T) {
		var log events
		work := retrier.New().BackoffFunc(func() backoff.BackOff {
			return backoff.WithMaxRetries(backoff.NewConstantBackOff(time.Second), 1)
		}).BuildJob(log.job(fails, inBackground, fails, inBackground))
		require.NoError(t, work.Run(t.Context()))
		require.NoError(t, work.Run(t.Context()))
		require.Len(t, log.all(), 4)
	})

	t.Run("ends where the backoff stops, or its pause is invalid, with the last failure", func(t *testing.T) {
		var log events
		err := retrier.New().Backoff(&backoff.StopBackOff{}).BuildJob(log.job(fails)).Run(t.Context())
		require.EqualError(t, err, "gave up after 1 attempt: connection refused")
		require.ErrorIs(t, err, retrier.ErrGaveUp)
		require.ErrorIs(t, err, errRefused)
		err = retrier.New().Backoff(backoff.NewConstantBackOff(-2)).BuildJob(log.job(fails)).Run(t.Context())
		require.ErrorIs(t, err, retrier.ErrInvalidPause)
	})

	t.Run("ends at a permanent failure", func(t *testing.T) {
		var log events
		err := eachSecond().BuildJob(log.job(func(context.Context) error { return backoff.Permanent(errRefused) })).Run(t.Context())
		require.EqualError(t, err, "connection refused")
		require.Equal(t, []string{"run import"}, log.all())
	})

	inBubble(t, "ends at once where its context ends in a pause, with the last failure", func(t *testing.T) {
		var log events
		ctx, cancel := context.WithCancelCause(t.Context())
		work := retrier.New().Backoff(backoff.NewConstantBackOff(time.Hour)).BuildJob(log.job(fails))
		time.AfterFunc(time.Minute, func() { cancel(errLate) })
		began := time.Now()
		err := work.Run(ctx)
		require.Equal(t, time.Minute, time.Since(began))
		require.ErrorIs(t, err, context.Canceled)
		require.ErrorIs(t, err, errLate)
		require.ErrorIs(t, err, errRefused)
	})

	inBubble(t, "returns the error of an attempt that the end of its context interrupts", func(t *testing.T) {
		var log events
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Minute, cancel)
		require.Equal(t, context.Canceled, eachSecond().BuildJob(log.job(fails, waits)).Run(ctx))
	})

	t.Run("makes no attempt where its context has ended", func(t *testing.T) {
		var log events
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		require.EqualError(t, eachSecond().BuildJob(log.job()).Run(ctx), "context canceled before the first attempt")
		require.Empty(t, log.all())
	})

	t.Run("takes no nil job, and no nil context", func(t *testing.T) {
		for _, none := range []runner.Job{nil, (*retrier.Job)(nil)} {
			work := retrier.New().BuildJob(none)
			require.Empty(t, work.Name())
			require.Nil(t, work.Unwrap())
			require.ErrorIs(t, work.Run(t.Context()), runner.ErrInvalidServiceType)
		}
		var log events
		require.EqualError(t, retrier.New().BuildJob(log.job()).Run(nil), "nil context") //nolint:staticcheck // it is what is tested
	})
}

var errLate = errors.New("too late")

// loadingJob is a Job with capabilities.
type loadingJob struct {
	runner.Job
	log *events
}

func (l *loadingJob) Load(context.Context) error      { l.log.add("load import"); return nil }
func (l *loadingJob) IsHealthy(context.Context) error { return nil }

// JobDone makes observer a JobObserver.
func (o observer) JobDone(_ context.Context, j runner.Job, err error) {
	o.add("done %s: %v", j.Name(), err)
}

func TestJobOfARunner(t *testing.T) {
	inBubble(t, "is loaded once, is up during a pause, and is done once", func(t *testing.T) {
		var log events
		r := runner.NewRunner(runner.WithSignals(), runner.WithObserver(observer{&log}))
		work := eachSecond().BuildJob(&loadingJob{log.job(failsAfter(time.Second), fails), &log})
		_, healthy := runner.As[runner.HealthChecker](work)
		require.True(t, healthy)
		began := time.Now()
		require.NoError(t, r.Run(t.Context(), work))
		require.Equal(t, 3*time.Second, time.Since(began))
		require.NoError(t, r.Finish(t.Context()))
		require.Equal(t, []string{
			"loading", "load import", "loaded", "starting import", "attempt 1 of import", "run import",
			"attempt 1 of import: connection refused, next in 1s",
			"attempt 2 of import", "run import", "attempt 2 of import: connection refused, next in 1s",
			"attempt 3 of import", "run import", "done import: <nil>",
		}, slices.DeleteFunc(log.all(), func(line string) bool { return line == "started import: <nil>" }), "it comes at any time")
	})

	inBubble(t, "fails with the last failure where the retrier gives up", func(t *testing.T) {
		var log events
		r := runner.NewRunner(runner.WithSignals())
		work := retrier.New().Backoff(backoff.WithMaxRetries(&backoff.ZeroBackOff{}, 2)).BuildJob(log.job(fails, fails, fails, fails))
		require.EqualError(t, r.Run(t.Context(), work), `run "import": gave up after 3 attempts: connection refused`)
		require.NoError(t, r.Finish(t.Context()))
	})

	inBubble(t, "lets the Runner recover a panic, and does not run again", func(t *testing.T) {
		var log events
		r := runner.NewRunner(runner.WithSignals())
		require.EqualError(t, r.Run(t.Context(), eachSecond().BuildJob(log.job(panics))), `run "import": panic: boom`)
		require.NoError(t, r.Finish(t.Context()))
		require.Equal(t, []string{"run import"}, log.all())
	})

	inBubble(t, "is stopped without an error during an attempt, and runs again after that", func(t *testing.T) {
		var log events
		r := runner.NewRunner(runner.WithSignals())
		work := eachSecond().BuildJob(log.job(fails, waits))
		require.NoError(t, r.Start(t.Context(), work))
		time.Sleep(time.Minute)
		require.NoError(t, r.Finish(t.Context()))
		require.NoError(t, r.Run(t.Context(), work))
		require.Equal(t, []string{"run import", "run import", "run import"}, log.all())
		require.NoError(t, r.Finish(t.Context()))
	})

	inBubble(t, "is stopped at once during a pause, and says why it was to run again", func(t *testing.T) {
		var log events
		r := runner.NewRunner(runner.WithSignals())
		work := retrier.New().Backoff(backoff.NewConstantBackOff(time.Hour)).BuildJob(log.job(fails))
		require.NoError(t, r.Start(t.Context(), work))
		synctest.Wait()
		began := time.Now()
		require.EqualError(t, r.Finish(t.Context()), `run "import": context canceled after 1 attempt: connection refused`)
		require.Zero(t, time.Since(began))
	})
}
