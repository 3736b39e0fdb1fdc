package runner_test

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/runner"
)

// A Job of a Start returns after another service of that Start was stopped: endIfDone, hasServers look at a unit that is nil
// by then, and the process ends with a nil dereference.
func TestJobAfterAStop(t *testing.T) {
	inBubble(t, "a Job may be done after another service of its Start was stopped", func(t *testing.T) {
		var j journal
		done := make(chan struct{})
		db, work := j.resource("db"), job(func(context.Context) error { <-done; return nil })
		r := newRunner()
		require.NoError(t, r.Start(t.Context(), db, &work))
		require.NoError(t, r.Stop(t.Context(), db))
		close(done)
		synctest.Wait()
		require.NoError(t, r.Wait(t.Context()))
		finish(t, r)
	})
}

// A Job is done while its IsReady runs, which is then abandoned: abandon puts the unit into the list again (facts.left+1),
// and retire does nothing as the unit is retired already. The Runner is stopping for ever.
func TestJobThatIsDoneBeforeItIsReady(t *testing.T) {
	inBubble(t, "nothing is left of a Job that was done before an abandoned IsReady returns", func(t *testing.T) {
		release := make(chan struct{})
		free := sync.OnceFunc(func() { close(release) })
		defer free()
		work := job(func(context.Context) error { return nil })
		r := newRunner()
		ctx, cancel := context.WithCancel(t.Context())
		wait := async(func() error { return r.Run(ctx, checked(&work, until(release))) })
		synctest.Wait()
		cancel()
		require.ErrorIs(t, wait(), context.Canceled)
		finish(t, r)
		require.Equal(t, runner.StateStopped, r.State())
		free()
		synctest.Wait()
		require.Empty(t, r.Services())
		require.Equal(t, runner.StateStopped, r.State())
	})
}

// The Jobs of one Start that are done end the life of the whole Runner (endIfDone: life.finish(byJobs)):
// later Runs and Starts return nil and start nothing, and Servers of other Runs are closed.
func TestJobsOfAStart(t *testing.T) {
	inBubble(t, "a Start after the Jobs of another Start are done starts its services, or says that it does not", func(t *testing.T) {
		var j journal
		work := job(func(context.Context) error { return nil })
		r := newRunner()
		require.NoError(t, r.Start(t.Context(), &work))
		synctest.Wait()
		err := r.Start(t.Context(), j.resource("db"))
		require.True(t, err != nil || len(j.all()) == 1, "nil, and nothing has started")
		finish(t, r)
	})

	inBubble(t, "a Server of another Run goes on when the Jobs of a Start are done", func(t *testing.T) {
		var j journal
		work := job(func(context.Context) error { time.Sleep(time.Second); return nil })
		r := newRunner()
		wait := running(t, r, j.server("api"))
		require.NoError(t, r.Start(t.Context(), &work))
		time.Sleep(2 * time.Second)
		require.Equal(t, []string{"listen api"}, j.all())
		require.Equal(t, runner.StateReady, r.State())
		finish(t, r)
		require.NoError(t, wait())
	})

	inBubble(t, "the start of another Run goes on when the Jobs of a Start are done", func(t *testing.T) {
		var j journal
		work := job(func(context.Context) error { return nil })
		r := newRunner()
		starting := async(func() error { return r.Run(t.Context(), j.resource("db", takes(time.Second))) })
		synctest.Wait()
		require.NoError(t, r.Start(t.Context(), &work))
		require.NoError(t, starting())
		finish(t, r)
	})
}

// Nobody waits for the JobDone of a Job of a Start: Finish returns, with the state stopped, while Observers are being told,
// and a panic of theirs then reaches nobody.
func TestJobDoneIsToldInTime(t *testing.T) {
	inBubble(t, "Finish returns once Observers have been told that a Job is done", func(t *testing.T) {
		var j journal
		work := job(func(context.Context) error { return nil })
		r := newRunner(runner.WithObserver(slowJobDone{journal: &j}))
		require.NoError(t, r.Start(t.Context(), &work))
		finish(t, r)
		j.note("finished")
		time.Sleep(time.Second)
		require.Equal(t, []string{"job done", "finished"}, j.all())
	})
}

type slowJobDone struct {
	nobody
	*journal
}

func (s slowJobDone) JobDone(context.Context, runner.Job, error) {
	time.Sleep(10 * time.Millisecond)
	s.note("job done")
}

// job is a Job that does what it is.
type job func(context.Context) error

func (j *job) Name() string                  { return "job" }
func (j *job) Run(ctx context.Context) error { return (*j)(ctx) }
