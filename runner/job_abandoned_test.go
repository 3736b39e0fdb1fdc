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

// A Job is done while an abandoned Failed of it still runs: Services() does not show it (the same Job given again is refused
// with ErrStillRunning), though "a service that did not return is among them, as abandoned, until it does".
func TestJobThatIsDoneBesideAnAbandonedCall(t *testing.T) {
	inBubble(t, "a Job that is done stays among Services while an abandoned call of it runs", func(t *testing.T) {
		release := make(chan struct{})
		free := sync.OnceFunc(func() { close(release) })
		defer free()
		work := &hangingJob{release}
		r := newRunner()
		require.NoError(t, r.Start(t.Context(), work))
		time.Sleep(2 * time.Second)
		require.ErrorIs(t, r.Start(t.Context(), work), runner.ErrStillRunning)
		require.Len(t, r.Services(), 1)
		require.Equal(t, runner.ServiceAbandoned, r.Services()[0].State)
		free()
		synctest.Wait()
		require.Empty(t, r.Services())
		finish(t, r)
	})
}

type hangingJob struct{ release chan struct{} }

func (*hangingJob) Name() string              { return "job" }
func (*hangingJob) Run(context.Context) error { time.Sleep(time.Second); return nil }
func (j *hangingJob) Failed() <-chan error    { <-j.release; return nil }
