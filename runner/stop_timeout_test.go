package runner_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/runner"
)

func TestStopTimeout(t *testing.T) {
	inBubble(t, "is 15 s by default", func(t *testing.T) {
		r := newRunner()
		require.NoError(t, r.Run(t.Context(), runner.NewResource("db", nil, func(ctx context.Context) error {
			deadline, _ := ctx.Deadline()
			require.Equal(t, 15*time.Second, time.Until(deadline))
			<-ctx.Done()
			require.Equal(t, runner.ErrStopTimeout, context.Cause(ctx))
			return ctx.Err()
		})))
		began := time.Now()
		err := r.Finish(t.Context())
		require.Equal(t, 15*time.Second, time.Since(began))
		require.EqualError(t, err, `stop "db": timed out after 15s: context deadline exceeded`)
		require.ErrorIs(t, err, runner.ErrStopTimeout)
		require.False(t, requireTimeout(t, err).Abandoned)
		require.Equal(t, []string{"db"}, names(r))
		require.Error(t, r.Finish(t.Context()), "a later Finish tries again")
	})

	inBubble(t, "does not matter to a Stop that returns nil after it", func(t *testing.T) {
		r := newRunner(runner.WithStopTimeout(time.Second))
		require.NoError(t, r.Run(t.Context(), runner.NewResource("db", nil, untilEnd)))
		finish(t, r)
		require.Empty(t, names(r))
	})

	inBubble(t, "is that of each service", func(t *testing.T) {
		var j journal
		r := newRunner(runner.WithStopTimeout(2 * time.Second))
		slowly := takes(1900 * time.Millisecond)
		require.NoError(t, r.Run(t.Context(), j.stopping("a", slowly), j.stopping("b", slowly), j.stopping("c", slowly)))
		finish(t, r)
		require.Equal(t, []string{"stop c", "stop b", "stop a"}, j.all()[3:])
	})

	inBubble(t, "of 0 or less means none", func(t *testing.T) {
		r := newRunner(runner.WithStopTimeout(0))
		require.NoError(t, r.Run(t.Context(), runner.NewResource("db", nil, takes(time.Hour))))
		finish(t, r)
	})
}

func TestStopAbandons(t *testing.T) {
	inBubble(t, "by name, with elapsed time and stack", func(t *testing.T) {
		var j journal
		r := newRunner(runner.WithContinueOnStopError(), runner.WithObserver(witness{&j}))
		require.NoError(t, r.Run(t.Context(), runner.NewResource("stuck db", nil, stuck(t))))
		err := r.Finish(t.Context())
		require.EqualError(t, err, `stop "stuck db": timed out after 15s, abandoned after 15.15s`)
		require.ErrorIs(t, err, runner.ErrStopTimeout)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		timeout := requireTimeout(t, err)
		require.True(t, timeout.Abandoned)
		require.Equal(t, 15*time.Second+grace, timeout.Elapsed)
		require.Contains(t, string(timeout.Stack), "helpers_test.go")
		require.Equal(t, []string{
			"before stop stuck db", `after stop stuck db: stop "stuck db": timed out after 15s, abandoned after 15.15s`,
		}, j.all()[2:])
	})

	inBubble(t, "without starving the others", func(t *testing.T) {
		var j journal
		r := newRunner(runner.WithContinueOnStopError(), runner.WithStopTimeout(2*time.Second))
		slowly := takes(1900 * time.Millisecond)
		require.NoError(t, r.Run(t.Context(),
			j.stopping("a", slowly), j.stopping("b", stuck(t)), j.stopping("c", stuck(t)), j.stopping("d", slowly)))
		err := r.Finish(t.Context())
		require.Equal(t, []string{"stop d", "stop c", "stop b", "stop a"}, j.all()[4:])
		require.EqualError(t, err, `stop "c": timed out after 2s, abandoned after 2.15s`+"\n"+
			`stop "b": timed out after 2s, abandoned after 2.15s`)
	})

	inBubble(t, "a Close and its Listen", func(t *testing.T) {
		r := newRunner(runner.WithStopTimeout(time.Second))
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Second, cancel)
		err := r.Run(ctx, runner.NewServer("api", stuck(t), stuck(t)))
		require.ErrorIs(t, err, context.Canceled)
		require.ErrorContains(t, err, `close "api": timed out after 1s, abandoned after 1.15s`)
		require.ErrorContains(t, err, `listen "api": timed out after 1s, abandoned after 1.15s`)
		require.Contains(t, string(requireTimeout(t, err).Stack), "helpers_test.go")
		require.Equal(t, []runner.ServiceState{runner.ServiceAbandoned}, states(r), "until its calls have returned")
		finish(t, r)
	})

	inBubble(t, "a Close whose Listen has returned", func(t *testing.T) {
		r := newRunner(runner.WithStopTimeout(time.Second))
		require.NoError(t, r.Start(t.Context(), runner.NewServer("api", nil, stuck(t))))
		require.EqualError(t, r.Finish(t.Context()), `close "api": timed out after 1s, abandoned after 1.15s`)
	})

	inBubble(t, "a Listen that does not return though closed", func(t *testing.T) {
		var j journal
		r := newRunner(runner.WithStopTimeout(2*time.Second), runner.WithObserver(witness{&j}))
		require.NoError(t, r.Start(t.Context(), runner.NewServer("api", stuck(t), takes(1500*time.Millisecond))))
		began := time.Now()
		err := r.Finish(t.Context())
		require.Equal(t, 2*time.Second+grace, time.Since(began), "Close and Listen share one budget")
		require.EqualError(t, err, `listen "api": timed out after 2s, abandoned after 2.15s`)
		require.Contains(t, string(requireTimeout(t, err).Stack), "helpers_test.go")
		require.Equal(t, []string{"before stop api", "after stop api: " + err.Error()}, j.all()[2:])
	})

	inBubble(t, "the servers of a run at the same time", func(t *testing.T) {
		r := newRunner(runner.WithStopTimeout(2 * time.Second))
		ctx, cancel := context.WithCancel(t.Context())
		cancelled := time.Now().Add(time.Second)
		time.AfterFunc(time.Second, cancel)
		err := r.Run(ctx, runner.NewServer("api", stuck(t), nil), runner.NewServer("web", stuck(t), nil))
		require.Equal(t, 2*time.Second+grace, time.Since(cancelled))
		require.ErrorContains(t, err, `listen "api": timed out after 2s`)
		require.ErrorContains(t, err, `listen "web": timed out after 2s`)
		finish(t, r)
	})
}
