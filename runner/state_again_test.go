package runner_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/runner"
)

func TestStateAfterARunThatServed(t *testing.T) {
	inBubble(t, "is ready again once resources are up in another Run", func(t *testing.T) {
		var j journal
		r := newRunnerFor(t)
		ctx, cancel := context.WithCancel(t.Context())
		wait := async(func() error { return r.Run(ctx, j.server("api")) })
		synctest.Wait()
		cancel()
		require.ErrorIs(t, wait(), context.Canceled)
		require.Equal(t, runner.StateStopping, r.State())
		require.NoError(t, r.Run(t.Context(), j.resource("db")))
		require.Equal(t, runner.StateReady, r.State())
	})
}

func TestDrainOnceInALife(t *testing.T) {
	inBubble(t, "lets Finish close at once what a Run has drained", func(t *testing.T) {
		d := newDrainer(t)
		require.NoError(t, d.runner.Start(t.Context(), d.server("web")))
		wait := d.serve(t.Context(), d.server("api"))
		d.ended = time.Now()
		d.listener.terminate()
		require.NoError(t, wait())
		finish(t, d.runner)
		require.Equal(t, []string{"api after 5s", "web after 5s"}, d.closed.all())
	})
}
