package runner_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/runner"
)

func TestCloseOnceMore(t *testing.T) {
	inBubble(t, "may panic: the first has closed the server well", func(t *testing.T) {
		var j journal
		closed := make(chan struct{})
		api := runner.NewServer("api", func(context.Context) error {
			<-closed
			time.Sleep(time.Second)
			return nil
		}, func(context.Context) error {
			j.note("close")
			close(closed)
			return nil
		})
		r := newRunnerFor(t)
		wait := running(t, r, api)
		require.NoError(t, r.Finish(t.Context()))
		require.NoError(t, wait())
		require.Equal(t, []string{"close", "close"}, j.all())
	})

	inBubble(t, "has an error that the next Finish returns, if Listen was given up", func(t *testing.T) {
		release := make(chan struct{})
		closes := 0
		api := runner.NewServer("api", until(release), func(context.Context) error {
			if closes++; closes > 1 {
				return errBoom
			}
			return nil
		})
		r := newRunner(runner.WithStopTimeout(time.Second))
		require.NoError(t, r.Start(t.Context(), api))
		require.ErrorIs(t, r.Finish(t.Context()), runner.ErrStopTimeout)
		close(release)
		synctest.Wait()
		requireServiceError(t, r.Finish(t.Context()), runner.OpClose, "api", errBoom)
		finish(t, r)
	})

	for name, delay := range map[string]time.Duration{"at once": 0, "in a short time": grace} {
		inBubble(t, "does not come if Listen returns "+name, func(t *testing.T) {
			var j journal
			closed := make(chan struct{})
			api := runner.NewServer("api", func(context.Context) error {
				<-closed
				time.Sleep(delay)
				return nil
			}, func(context.Context) error {
				j.note("close")
				close(closed)
				return nil
			})
			r := newRunnerFor(t)
			require.NoError(t, r.Start(t.Context(), api))
			finish(t, r)
			require.Equal(t, []string{"close"}, j.all())
		})
	}

	inBubble(t, "does not come if a Listen that was given up fails", func(t *testing.T) {
		var j journal
		release := make(chan struct{})
		api := runner.NewServer("api", func(context.Context) error {
			<-release
			return errBoom
		}, j.notes("close"))
		r := newRunner(runner.WithStopTimeout(time.Second))
		require.NoError(t, r.Start(t.Context(), api))
		require.ErrorIs(t, r.Finish(t.Context()), runner.ErrStopTimeout)
		close(release)
		synctest.Wait()
		finish(t, r)
		require.Equal(t, []string{"close"}, j.all())
	})
}
