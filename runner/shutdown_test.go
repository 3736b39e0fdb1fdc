package runner_test

import (
	"context"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/runner"
)

func TestShutdown(t *testing.T) {
	inBubble(t, "ends a Run that serves, which returns the cause and leaves resources up", func(t *testing.T) {
		var j journal
		r := newRunnerFor(t)
		wait := running(t, r, j.resource("db"), j.server("api"))
		r.Shutdown(errBoom)
		require.ErrorIs(t, wait(), errBoom)
		require.Equal(t, []string{"db"}, names(r))
	})

	inBubble(t, "ends a Run that serves gracefully without a cause", func(t *testing.T) {
		var j journal
		r := newRunnerFor(t)
		wait := running(t, r, j.server("api"))
		r.Shutdown(nil)
		require.NoError(t, wait())
	})

	inBubble(t, "ends a start, which returns the cause", func(t *testing.T) {
		var j journal
		r := newRunnerFor(t)
		wait := running(t, r, j.resource("db"), j.resource("slow", waits))
		r.Shutdown(errBoom)
		require.ErrorIs(t, wait(), errBoom)
		require.Equal(t, []string{"db"}, names(r))
	})

	for name, start := range starts {
		inBubble(t, "without a cause ends the start of resources with an error: "+name, func(t *testing.T) {
			var j journal
			r := newRunnerFor(t, start.opts...)
			wait := async(func() error { return start.call(r, t.Context(), j.resource("slow", waits)) })
			synctest.Wait()
			r.Shutdown(nil)
			require.ErrorIs(t, wait(), runner.ErrShutdown)
		})
	}

	inBubble(t, "without a cause is the cause of the contexts that it ends", func(t *testing.T) {
		var j journal
		var cause error
		r := newRunnerFor(t)
		wait := running(t, r, j.resource("slow", func(ctx context.Context) error {
			<-ctx.Done()
			cause = context.Cause(ctx)
			return ctx.Err()
		}))
		r.Shutdown(nil)
		require.ErrorIs(t, wait(), runner.ErrShutdown)
		require.Equal(t, runner.ErrShutdown, cause)
	})

	inBubble(t, "counts once: the first cause does", func(t *testing.T) {
		var j journal
		r := newRunnerFor(t)
		wait := running(t, r, j.server("api"))
		r.Shutdown(errBoom)
		r.Shutdown(errOther)
		err := wait()
		require.ErrorIs(t, err, errBoom)
		require.NotErrorIs(t, err, errOther)
	})

	inBubble(t, "changes nothing after a signal", func(t *testing.T) {
		l := newFakeListener()
		var j journal
		r := newRunnerFor(t, l.option())
		wait := running(t, r, j.server("api"))
		l.terminate()
		r.Shutdown(errBoom)
		require.NoError(t, wait())
	})

	inBubble(t, "lets Wait return the cause", func(t *testing.T) {
		var j journal
		r := newRunnerFor(t)
		require.NoError(t, r.Start(t.Context(), j.server("api")))
		r.Shutdown(errBoom)
		require.ErrorIs(t, r.Wait(t.Context()), errBoom)
	})

	inBubble(t, "before the first Run ends that one, by the first cause, and no later one", func(t *testing.T) {
		var j journal
		r := newRunnerFor(t)
		r.Shutdown(errBoom)
		r.Shutdown(errOther)
		err := r.Run(t.Context(), j.resource("db"))
		require.ErrorIs(t, err, errBoom)
		require.NotErrorIs(t, err, errOther)
		require.Empty(t, j.all())
		finish(t, r)
		require.NoError(t, r.Run(t.Context(), j.resource("db")))
	})
}
