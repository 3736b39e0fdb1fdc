package runner_test

import (
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"
)

// TestSignalIsNamedOnce reads the errors of calls that a signal has cut short.
func TestSignalIsNamedOnce(t *testing.T) {
	inBubble(t, "by a start that is abandoned", func(t *testing.T) {
		var j journal
		l := newFakeListener()
		r := newRunnerFor(t, l.option())
		wait := running(t, r, j.resource("db", stuck(t)))
		l.terminate()
		require.EqualError(t, wait(), `start "db": received signal terminated, abandoned after 150ms`)
	})

	inBubble(t, "by a stop that is abandoned", func(t *testing.T) {
		var j journal
		l := newFakeListener()
		r := newRunner(l.option())
		require.NoError(t, r.Run(t.Context(), j.stopping("db", stuck(t))))
		l.terminate()
		finished := async(func() error { return r.Finish(t.Context()) })
		synctest.Wait()
		l.terminate()
		require.EqualError(t, finished(), `stop "db": received signal terminated, abandoned after 150ms`)
	})
}
