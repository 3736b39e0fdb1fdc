package runner_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/runner"
)

func TestServerThatFailsBeforeItIsReady(t *testing.T) {
	inBubble(t, "is told with its failure, not with the end of the start", func(t *testing.T) {
		var j journal
		r := newRunner(runner.WithObserver(witness{&j}))
		api := runner.NewServer("api", func(context.Context) error { time.Sleep(time.Second); return errOther }, nil)
		require.EqualError(t, r.Run(t.Context(), checked(api, fails(errBoom))), `listen "api": other`)
		require.Equal(t, []string{"before start api", `after start api: listen "api": other`, "before stop api", "after stop api"}, j.all())
		finish(t, r)
	})
}
