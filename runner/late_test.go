package runner_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/runner"
)

func TestLateStart(t *testing.T) {
	inBubble(t, "that returns nil is stopped at once", func(t *testing.T) {
		var j journal
		r := newRunner(runner.WithStartTimeout(time.Second), runner.WithObserver(witness{&j}))
		require.Error(t, r.Run(t.Context(), j.resource("db", takes(time.Minute))))
		before := len(j.all())
		require.Equal(t, []runner.ServiceState{runner.ServiceAbandoned}, states(r))
		time.Sleep(time.Minute)
		require.Equal(t, []string{"before stop db", "stop db", "after stop db"}, j.all()[before:])
		require.Empty(t, names(r))
	})

	inBubble(t, "that returns nil after Finish is stopped at once", func(t *testing.T) {
		var j journal
		r := newRunner(runner.WithStartTimeout(time.Second))
		require.Error(t, r.Run(t.Context(), j.resource("db", takes(time.Minute))))
		finish(t, r)
		time.Sleep(time.Minute)
		require.Equal(t, []string{"start db", "stop db"}, j.all())
	})

	inBubble(t, "that returns nil is stopped once though Finish comes meanwhile", func(t *testing.T) {
		var j journal
		r := newRunner(runner.WithStartTimeout(time.Second))
		db := runner.NewResource("db", takes(time.Minute), j.notes("stop db", takes(5*time.Second)))
		require.Error(t, r.Run(t.Context(), db))
		time.Sleep(time.Minute)
		finish(t, r)
		require.Equal(t, runner.StateStopped, r.State())
		time.Sleep(time.Minute)
		require.Equal(t, []string{"stop db"}, j.all())
	})

	inBubble(t, "that returns an error is not stopped", func(t *testing.T) {
		var j journal
		r := newRunner(runner.WithStartTimeout(time.Second))
		require.Error(t, r.Run(t.Context(), j.resource("db", takes(time.Minute), fails(errBoom))))
		time.Sleep(time.Minute)
		require.Equal(t, []string{"start db"}, j.all())
		finish(t, r)
	})

	inBubble(t, "that panics is not stopped", func(t *testing.T) {
		var j journal
		r := newRunner(runner.WithStartTimeout(time.Second))
		require.Error(t, r.Run(t.Context(), j.resource("db", takes(time.Minute), panics("late"))))
		time.Sleep(time.Minute)
		require.Equal(t, []string{"start db"}, j.all())
		finish(t, r)
	})

	inBubble(t, "keeps its instance from being started until it returns", func(t *testing.T) {
		r := newRunner(runner.WithStartTimeout(time.Second))
		first := true
		db := runner.NewResource("db", func(ctx context.Context) error {
			if first {
				first = false
				return takes(time.Minute)(ctx)
			}
			return nil
		}, nil)
		require.Error(t, r.Run(t.Context(), db))
		require.ErrorIs(t, r.Run(t.Context(), db), runner.ErrStillRunning)
		time.Sleep(time.Minute)
		require.NoError(t, r.Run(t.Context(), db))
		finish(t, r)
	})
}

func TestLateLoad(t *testing.T) {
	inBubble(t, "keeps its instance from being started until it returns", func(t *testing.T) {
		var j journal
		r := newRunner(runner.WithStartTimeout(time.Second))
		release := make(chan struct{})
		db := loading(j.resource("db"), until(release))
		require.ErrorIs(t, r.Run(t.Context(), db), runner.ErrStartTimeout)
		require.ErrorIs(t, r.Run(t.Context(), db), runner.ErrStillRunning)
		close(release)
		synctest.Wait()
		require.NoError(t, r.Run(t.Context(), db))
		finish(t, r)
		require.Equal(t, []string{"start db", "stop db"}, j.all())
	})
}

func TestLateStop(t *testing.T) {
	inBubble(t, "is waited for by the next Finish, and counts if it returns nil", func(t *testing.T) {
		var j journal
		r := newRunner()
		require.NoError(t, r.Run(t.Context(), j.resource("cache"), j.stopping("db", takes(20*time.Second), j.notes("db stopped"))))
		require.ErrorIs(t, r.Finish(t.Context()), runner.ErrStopTimeout)
		require.Equal(t, []runner.ServiceState{runner.ServiceReady, runner.ServiceAbandoned}, states(r))
		finish(t, r)
		require.Equal(t, []string{"stop db", "db stopped", "stop cache"}, j.all()[2:])
	})

	inBubble(t, "counts if it has returned nil before the next Finish", func(t *testing.T) {
		var j journal
		r := newRunner()
		require.NoError(t, r.Run(t.Context(), j.stopping("db", takes(20*time.Second))))
		require.ErrorIs(t, r.Finish(t.Context()), runner.ErrStopTimeout)
		time.Sleep(time.Minute)
		finish(t, r)
		require.Equal(t, []string{"start db", "stop db"}, j.all())
	})

	inBubble(t, "is abandoned again if it still does not return", func(t *testing.T) {
		var j journal
		r := newRunner()
		release := make(chan struct{})
		require.NoError(t, r.Run(t.Context(), j.stopping("db", until(release))))
		for range 3 {
			require.True(t, requireTimeout(t, r.Finish(t.Context())).Abandoned)
		}
		close(release)
		finish(t, r)
		require.Equal(t, []string{"start db", "stop db"}, j.all(), "never two Stops at once")
	})

	inBubble(t, "is called again if it has failed", func(t *testing.T) {
		var j journal
		r := newRunner()
		first := true
		require.NoError(t, r.Run(t.Context(), j.stopping("db", func(ctx context.Context) error {
			if first {
				first = false
				time.Sleep(20 * time.Second)
				return errBoom
			}
			return nil
		})))
		require.ErrorIs(t, r.Finish(t.Context()), runner.ErrStopTimeout)
		time.Sleep(time.Minute)
		finish(t, r)
		require.Equal(t, []string{"start db", "stop db", "stop db"}, j.all())
	})

	inBubble(t, "whose error comes during the next Finish is that of this one", func(t *testing.T) {
		r := newRunner()
		first := true
		require.NoError(t, r.Run(t.Context(), runner.NewResource("db", nil, func(context.Context) error {
			if !first {
				return nil
			}
			first = false
			time.Sleep(20 * time.Second)
			return errBoom
		})))
		require.ErrorIs(t, r.Finish(t.Context()), runner.ErrStopTimeout)
		requireServiceError(t, r.Finish(t.Context()), runner.OpStop, "db", errBoom)
		finish(t, r)
	})

	inBubble(t, "keeps its instance from being started until it returns", func(t *testing.T) {
		var j journal
		r := newRunner(runner.WithContinueOnStopError())
		release := make(chan struct{})
		db := j.stopping("db", until(release))
		require.NoError(t, r.Run(t.Context(), db))
		require.Error(t, r.Finish(t.Context()))
		require.ErrorIs(t, r.Run(t.Context(), db), runner.ErrStillRunning)
		close(release)
		synctest.Wait()
		require.NoError(t, r.Run(t.Context(), db))
		finish(t, r)
	})
}

func TestLateClose(t *testing.T) {
	inBubble(t, "keeps its instance from being started while Listen runs", func(t *testing.T) {
		r := newRunner(runner.WithStopTimeout(time.Second))
		release := make(chan struct{})
		api := runner.NewServer("api", until(release), waits)
		require.NoError(t, r.Start(t.Context(), api))
		err := r.Finish(t.Context())
		require.ErrorContains(t, err, `close "api": timed out after 1s: context deadline exceeded`)
		require.ErrorContains(t, err, `listen "api": timed out after 1s, abandoned after 1.15s`)
		require.ErrorIs(t, r.Run(t.Context(), api), runner.ErrStillRunning)
		close(release)
		synctest.Wait()
		require.ErrorIs(t, r.Run(t.Context(), api), runner.ErrStillRunning, "it is being closed once more")
		time.Sleep(time.Minute)
		require.NoError(t, r.Start(t.Context(), api))
		require.False(t, requireTimeout(t, r.Finish(t.Context())).Abandoned)
	})
}

func TestAbandonedElsewhere(t *testing.T) {
	inBubble(t, "is an error like any other", func(t *testing.T) {
		inner, outer := newRunner(), newRunner(runner.WithContinueOnStopError())
		require.NoError(t, inner.Run(t.Context(), runner.NewResource("inner", nil, stuck(t))))
		db := runner.NewResource("outer", nil, func(context.Context) error {
			ctx, cancel := context.WithTimeout(context.Background(), time.Second)
			defer cancel()
			return inner.Finish(ctx)
		})
		require.NoError(t, outer.Run(t.Context(), db))
		require.True(t, requireTimeout(t, outer.Finish(t.Context())).Abandoned)
		require.NoError(t, outer.Run(t.Context(), db), "its own Stop has returned")
		require.Error(t, outer.Finish(t.Context()))
	})
}

// states returns those of the services that r has started.
func states(r *runner.Runner) []runner.ServiceState {
	var all []runner.ServiceState
	for _, status := range r.Services() {
		all = append(all, status.State)
	}
	return all
}
