package timeline_test

import (
	"bytes"
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/observers/timeline"
	"github.com/go-fxservices/services/runner"
)

// job is a Job that takes some time, and then returns err.
func job(name string, takes time.Duration, err error) runner.Job {
	return runner.NewJob(name, func(ctx context.Context) error {
		if ended := pause(ctx, takes); ended != nil {
			return ended
		}
		return err
	})
}

// leased is a Resource that can lose its lease.
type leased struct {
	runner.Resource
	lost chan error
}

func (l *leased) Failed() <-chan error { return l.lost }

func TestTimelineOfJobs(t *testing.T) {
	inBubble := func(name string, test func(t *testing.T)) {
		t.Run(name, func(t *testing.T) { synctest.Test(t, test) })
	}

	inBubble("records when a Job is done", func(t *testing.T) {
		r, tl := record()
		require.NoError(t, r.Run(t.Context(), resource("db", 10*ms), job("import", 30*ms, nil), job("report", 50*ms, nil)))
		require.NoError(t, r.Finish(t.Context()))
		s := tl.Snapshot()
		requireHistory(t, s,
			"constructed=0s started=10ms ready=10ms shutdown=60ms stopped=60ms",
			"db resource queued=0s start=0s started=10ms ready=10ms stop=60ms stopped=60ms",
			"import job queued=0s start=10ms started=10ms ready=10ms stopped=40ms after=[0]",
			"report job queued=0s start=10ms started=10ms ready=10ms stopped=60ms after=[1]",
		)
		require.Equal(t, []timeline.Step{timeline.StepStart, timeline.StepServe}, steps(s, 1))
		require.Equal(t, 30*ms, s.Spans(1)[1].Duration())
		ran, done := s.Services[1].Done()
		require.True(t, done)
		require.Equal(t, 30*ms, ran)
		_, done = s.Services[0].Done()
		require.False(t, done)
		var text bytes.Buffer
		require.NoError(t, s.WriteText(&text))
		require.Contains(t, text.String(), "import (done after 30ms)\n")
	})

	inBubble("records that a Job fails, or is stopped before it is done", func(t *testing.T) {
		r, tl := record()
		require.ErrorIs(t, r.Run(t.Context(), job("import", 30*ms, errRefused), job("report", time.Hour, nil)), errRefused)
		s := tl.Snapshot()
		require.Equal(t, []string{
			`import job queued=0s start=0s started=0s ready=0s stop=30ms stopped=30ms failed=30ms err=run "import": connection refused`,
			"report job queued=0s start=0s started=0s ready=0s stop=30ms stopped=30ms after=[0]",
		}, history(s)[1:])
		for i := range s.Services {
			_, done := s.Services[i].Done()
			require.False(t, done)
		}
		require.NoError(t, r.Finish(t.Context()))
	})

	inBubble("records a Job that is done before it is ready", func(t *testing.T) {
		r, tl := record()
		work := &checkedJob{Job: job("import", 0, nil)}
		require.NoError(t, r.Run(t.Context(), work))
		require.NoError(t, r.Run(t.Context(), work), "it is another entry")
		require.Equal(t, []string{
			"import job queued=0s start=0s started=0s ready=1ms stopped=0s",
			"import job queued=1ms start=1ms started=1ms ready=1ms stopped=1ms",
		}, history(tl.Snapshot())[1:])
		require.NoError(t, r.Finish(t.Context()))
	})

	inBubble("records what a Resource reports", func(t *testing.T) {
		r, tl := record()
		db := &leased{resource("db", 10*ms), make(chan error, 1)}
		time.AfterFunc(30*ms, func() { db.lost <- errRefused })
		require.ErrorIs(t, r.Run(t.Context(), db, runner.NewServer("api", nil, nil)), errRefused)
		require.NoError(t, r.Finish(t.Context()))
		require.Equal(t,
			`db resource queued=0s start=0s started=10ms ready=10ms stop=30ms stopped=30ms failed=30ms err=run "db": connection refused`,
			history(tl.Snapshot())[1])
	})
}

// checkedJob is a Job that is ready when it is asked for the second time.
type checkedJob struct {
	runner.Job
	asked bool
}

func (c *checkedJob) IsReady(context.Context) error {
	if !c.asked {
		c.asked = true
		return errRefused
	}
	return nil
}

func steps(s timeline.Snapshot, i int) (steps []timeline.Step) {
	for _, span := range s.Spans(i) {
		steps = append(steps, span.Step)
	}
	return steps
}
