package runner_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/runner"
)

// A Listen that was given up returns nil: the server can be started again before the second Close of the old Listen has been
// called, or has returned (returned calls endCall before closeAgain). That Close then closes the new Listen.
func TestRestartBeforeTheSecondClose(t *testing.T) {
	inBubble(t, "a server cannot be started again before its second Close has returned", func(t *testing.T) {
		release := make(chan struct{})
		closes := 0
		second := takes(time.Second)
		api := runner.NewServer("api", until(release), func(ctx context.Context) error {
			if closes++; closes == 2 {
				return second(ctx)
			}
			return nil
		})
		r := newRunner(runner.WithStopTimeout(time.Second))
		require.NoError(t, r.Start(t.Context(), api))
		require.ErrorIs(t, r.Finish(t.Context()), runner.ErrStopTimeout)
		close(release)
		synctest.Wait() // the second Close runs
		require.Equal(t, 2, closes)
		err := r.Start(t.Context(), api)
		time.Sleep(time.Minute)
		finish(t, r)
		require.ErrorIs(t, err, runner.ErrStillRunning)
	})
}
