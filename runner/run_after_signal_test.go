package runner_test

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestRunAfterASignal(t *testing.T) {
	inBubble(t, "starts nothing until Finish has been called", func(t *testing.T) {
		var j journal
		l := newFakeListener()
		r := newRunnerFor(t, l.option())
		require.NoError(t, r.Run(t.Context(), j.resource("db")))
		l.terminate()
		requireSignalError(t, r.Run(t.Context(), j.resource("cache")), sigterm)
		require.Equal(t, []string{"start db"}, j.all())
		finish(t, r)
		require.NoError(t, r.Run(t.Context(), j.resource("cache")))
		require.Equal(t, []string{"start db", "stop db", "start cache"}, j.all())
	})
}
