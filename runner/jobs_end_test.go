package runner_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/runner"
)

// work is a Job that notes its name, and then does what it has to.
type work struct {
	*journal
	name string
	does []call
}

func (w *work) Name() string                  { return w.name }
func (w *work) Run(ctx context.Context) error { return w.notes("run "+w.name, w.does...)(ctx) }

func (j *journal) job(name string, does ...call) runner.Job { return &work{j, name, does} }

// jobWitness notes which Jobs are done.
type jobWitness struct {
	nobody
	*journal
}

func (w jobWitness) JobDone(_ context.Context, job runner.Job, err error) {
	w.note("%s is done%s", job.Name(), because(err))
}

func TestJobs(t *testing.T) {
	inBubble(t, "end a Run of Jobs alone once all are done", func(t *testing.T) {
		var j journal
		r := newRunnerFor(t, runner.WithObserver(jobWitness{journal: &j}))
		began := time.Now()
		require.NoError(t, r.Run(t.Context(), j.resource("db"), j.job("short", lasts(time.Second)), j.job("long", lasts(2*time.Second))))
		require.Equal(t, 2*time.Second, time.Since(began))
		require.Equal(t, []string{"db"}, names(r), "resources stay up until Finish")
		finish(t, r)
		require.Equal(t, []string{"short is done", "long is done", "stop db"}, j.all()[3:])
	})

	inBubble(t, "end no Run while something behind them starts", func(t *testing.T) {
		var j journal
		r := newRunnerFor(t)
		require.NoError(t, r.Run(t.Context(), j.job("import", takes(0)), j.resource("db", takes(time.Second))))
		require.Equal(t, []string{"db"}, names(r))
	})

	inBubble(t, "end no Run that has a Server too", func(t *testing.T) {
		var j journal
		r := newRunnerFor(t)
		wait := running(t, r, j.job("import", takes(time.Second)), j.server("api"))
		time.Sleep(time.Minute)
		require.Equal(t, []string{"api"}, names(r))
		finish(t, r)
		require.NoError(t, wait())
	})

	inBubble(t, "end the life of the Runner if a Start has started them", func(t *testing.T) {
		var j journal
		r := newRunnerFor(t)
		require.NoError(t, r.Start(t.Context(), j.resource("db"), j.job("import", takes(time.Second))))
		began := time.Now()
		require.NoError(t, r.Wait(t.Context()))
		require.Equal(t, time.Second, time.Since(began))
	})

	inBubble(t, "that fail end their Run, and Observers hear of it", func(t *testing.T) {
		var j journal
		r := newRunnerFor(t, runner.WithObserver(jobWitness{journal: &j}))
		err := r.Run(t.Context(), j.job("import", func(context.Context) error {
			time.Sleep(time.Second)
			return errBoom
		}), j.job("other", waits))
		requireServiceError(t, err, runner.OpRun, "import", errBoom)
		synctest.Wait()
		require.Contains(t, j.all(), `import is done: run "import": boom`)
		require.Contains(t, j.all(), "other is done")
	})

	for how, returns := range map[string]time.Duration{"is done first": 100 * time.Millisecond, "is done later": 200 * time.Millisecond} {
		inBubble(t, "whose start fails are not up for services After them, though Run "+how, func(t *testing.T) {
			work := neverReadyJob{runner.NewJob("work", func(context.Context) error {
				time.Sleep(returns)
				return nil
			})}
			r := newRunner()
			ctx, cancel := context.WithTimeout(t.Context(), 150*time.Millisecond)
			defer cancel()
			starting := async(func() error { return r.Start(ctx, work) })
			synctest.Wait()
			err := r.Run(t.Context(), after(runner.NewResource("report", nil, nil), work))
			require.ErrorIs(t, err, runner.ErrNotStarted)
			require.ErrorContains(t, err, `after "work"`)
			require.ErrorIs(t, starting(), context.DeadlineExceeded)
			finish(t, r)
		})
	}

	inBubble(t, "that are done are up for services After them", func(t *testing.T) {
		var j journal
		r := newRunnerFor(t)
		migration := j.job("migration", takes(0))
		wait := running(t, r, migration, j.resource("cache", takes(time.Second)), after(j.server("api"), migration))
		time.Sleep(time.Second)
		synctest.Wait()
		require.Equal(t, []string{"run migration", "start cache", "listen api"}, j.all())
		finish(t, r)
		require.NoError(t, wait())
	})

	inBubble(t, "get a context that ends when the Runner ends", func(t *testing.T) {
		var j journal
		l := newFakeListener()
		r := newRunnerFor(t, l.option())
		wait := running(t, r, j.job("import", waits))
		l.terminate()
		require.NoError(t, wait())
		require.Empty(t, names(r))
	})
}

// neverReadyJob never becomes ready.
type neverReadyJob struct{ runner.Job }

func (neverReadyJob) IsReady(context.Context) error { return errBoom }
