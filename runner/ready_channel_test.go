package runner_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

func isOpen(ready <-chan struct{}) bool {
	select {
	case <-ready:
		return false
	default:
		return true
	}
}

func TestReadyChannel(t *testing.T) {
	inBubble(t, "is open before anything was asked for, and while it starts, and closed once all is up", func(t *testing.T) {
		var j journal
		r := newRunnerFor(t)
		ready := r.Ready()
		require.True(t, isOpen(ready))
		wait := running(t, r, j.server("api"), j.resource("db", takes(time.Second)))
		require.True(t, isOpen(ready))
		time.Sleep(time.Second)
		synctest.Wait()
		require.False(t, isOpen(ready))
		finish(t, r)
		require.NoError(t, wait())
	})

	inBubble(t, "is closed if it is asked for once all is up", func(t *testing.T) {
		var j journal
		r := newRunnerFor(t)
		require.NoError(t, r.Start(t.Context(), j.server("api")))
		require.False(t, isOpen(r.Ready()))
	})

	inBubble(t, "is a new one after Finish", func(t *testing.T) {
		var j journal
		r := newRunnerFor(t)
		require.NoError(t, r.Start(t.Context(), j.server("api")))
		require.False(t, isOpen(r.Ready()))
		finish(t, r)
		ready := r.Ready()
		require.True(t, isOpen(ready))
		require.NoError(t, r.Start(t.Context(), j.server("web")))
		require.False(t, isOpen(ready))
	})
}
