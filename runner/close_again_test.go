package runner_test

import (
	"context"
	"testing"
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
}
