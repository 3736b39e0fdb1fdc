package runner_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-fxservices/services/runner"
	"github.com/stretchr/testify/require"
)

func TestState(t *testing.T) {
	inBubble(t, "goes from idle to stopped", func(t *testing.T) {
		var j journal
		l := newFakeListener()
		r := newRunner(l.option(), runner.WithObserver(stateWitness{journal: &j}))
		require.Equal(t, runner.StateIdle, r.State())
		wait := running(t, r, runner.NewResource("db", nil, nil), runner.NewServer("api", waits, nil))
		require.Equal(t, runner.StateReady, r.State())
		l.terminate()
		require.NoError(t, wait())
		require.Equal(t, runner.StateStopping, r.State())
		finish(t, r)
		require.Equal(t, runner.StateStopped, r.State())
		require.Equal(t, []string{"starting", "ready", "stopping", "stopped"}, j.all())
	})

	inBubble(t, "is starting while any Run starts", func(t *testing.T) {
		var j journal
		r := newRunner(runner.WithObserver(stateWitness{journal: &j}))
		one := running(t, r, runner.NewResource("db", takes(2*time.Second), nil))
		two := running(t, r, runner.NewResource("cache", takes(time.Second), nil))
		require.NoError(t, two())
		require.Equal(t, runner.StateStarting, r.State())
		require.NoError(t, one())
		require.Equal(t, runner.StateReady, r.State())
		require.Equal(t, []string{"starting", "ready"}, j.all())
		finish(t, r)
	})

	t.Run("is stopping after a start that failed", func(t *testing.T) {
		var j journal
		r := newRunner(runner.WithObserver(stateWitness{journal: &j}))
		require.Error(t, r.Run(t.Context(), runner.NewResource("db", nil, nil), runner.NewResource("bad", fails(errBoom), nil)))
		finish(t, r)
		require.Equal(t, []string{"starting", "stopping", "stopped"}, j.all())
	})

	t.Run("is ready again after a rollback that left others up", func(t *testing.T) {
		var j journal
		r := newRunner(runner.WithObserver(stateWitness{journal: &j}))
		require.NoError(t, r.Run(t.Context(), runner.NewResource("db", nil, nil)))
		require.Error(t, r.Run(t.Context(), runner.NewResource("bad", fails(errBoom), nil)))
		require.Equal(t, runner.StateReady, r.State())
		finish(t, r)
		require.Equal(t, []string{"starting", "ready", "starting", "stopping", "ready", "stopping", "stopped"}, j.all())
	})

	inBubble(t, "is ready again when one of several Runs has ended", func(t *testing.T) {
		var j journal
		r := newRunner(runner.WithObserver(stateWitness{journal: &j}))
		api := running(t, r, runner.NewServer("api", waits, nil))
		ctx, cancel := context.WithCancel(t.Context())
		job := async(func() error { return r.Run(ctx, runner.NewServer("job", waits, nil)) })
		synctest.Wait()
		cancel()
		require.ErrorIs(t, job(), context.Canceled)
		require.Equal(t, runner.StateReady, r.State())
		finish(t, r)
		require.NoError(t, api())
		require.Equal(t, []string{
			"starting", "ready", "starting", "ready", "stopping", "ready", "stopping", "stopped",
		}, j.all())
	})

	t.Run("begins again after Finish", func(t *testing.T) {
		var j journal
		r := newRunner(runner.WithObserver(stateWitness{journal: &j}))
		for range 2 {
			require.NoError(t, r.Run(t.Context(), runner.NewResource("db", nil, nil)))
			finish(t, r)
		}
		require.Equal(t, []string{
			"starting", "ready", "stopping", "stopped", "starting", "ready", "stopping", "stopped",
		}, j.all())
	})

	inBubble(t, "is told in order though changes come from many goroutines", func(t *testing.T) {
		var j journal
		slowly := &slowStates{witness: stateWitness{journal: &j}}
		r := newRunner(runner.WithObserver(slowly))
		wait := async(func() error { return r.Run(t.Context(), runner.NewResource("db", nil, nil)) })
		synctest.Wait() // it is being told of starting
		require.Error(t, r.Run(t.Context(), runner.NewResource("bad", fails(errBoom), nil)))
		require.Equal(t, runner.StateStarting, r.State())
		require.Empty(t, j.all())
		require.NoError(t, wait())
		finish(t, r)
		require.Equal(t, []string{"starting", "stopping", "starting", "ready", "stopping", "stopped"}, j.all())
		require.False(t, slowly.overlapped)
	})

	t.Run("has a name", func(t *testing.T) {
		require.Equal(t, "draining", runner.StateDraining.String())
		require.Equal(t, "unknown", runner.State(-1).String())
		require.Equal(t, "unknown", runner.State(99).String())
		require.Equal(t, "abandoned", runner.ServiceAbandoned.String())
		require.Equal(t, "unknown", runner.ServiceState(99).String())
		require.Equal(t, "unknown", runner.ServiceState(-1).String())
	})
}

// slowStates takes its time to be told of a state.
type slowStates struct {
	nobody
	witness             stateWitness
	telling, overlapped bool
}

func (s *slowStates) StateChanged(ctx context.Context, state runner.State) {
	s.overlapped = s.overlapped || s.telling
	s.telling = true
	time.Sleep(time.Second)
	s.witness.StateChanged(ctx, state)
	s.telling = false
}

func TestServiceStates(t *testing.T) {
	inBubble(t, "follow the life of each service", func(t *testing.T) {
		r := newRunner(runner.WithContinueOnStopError())
		slowly := runner.NewResource("slowly", takes(time.Second), takes(time.Second))
		start := async(func() error { return r.Start(t.Context(), runner.NewServer("api", waits, nil), slowly) })
		synctest.Wait()
		require.Equal(t, []runner.ServiceState{runner.ServiceReady}, states(r))
		require.NoError(t, start())
		require.Equal(t, []runner.ServiceState{runner.ServiceReady, runner.ServiceReady}, states(r))
		stop := async(func() error { return r.Finish(t.Context()) })
		synctest.Wait()
		require.Equal(t, []runner.ServiceState{runner.ServiceReady, runner.ServiceStopping}, states(r))
		require.NoError(t, stop())
		require.Empty(t, states(r))
	})

	inBubble(t, "tell what each service is", func(t *testing.T) {
		r := newRunner()
		db, api := runner.NewResource("db", nil, nil), runner.NewServer("api", waits, nil)
		require.NoError(t, r.Start(t.Context(), db, api))
		require.Equal(t, []runner.Status{
			{Service: db, Name: "db", Kind: runner.KindResource, State: runner.ServiceReady},
			{Service: api, Name: "api", Kind: runner.KindServer, State: runner.ServiceReady},
		}, r.Services())
		finish(t, r)
	})

	inBubble(t, "tell of a server that failed", func(t *testing.T) {
		r := newRunner()
		require.NoError(t, r.Start(t.Context(), runner.NewServer("api", fails(errBoom), nil)))
		synctest.Wait()
		require.Equal(t, []runner.ServiceState{runner.ServiceFailed}, states(r))
		finish(t, r)
	})
}
