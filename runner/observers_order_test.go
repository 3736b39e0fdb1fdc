package runner_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/runner"
)

func TestObserverThatReturnsLate(t *testing.T) {
	inBubble(t, "leaves the others to hear of the event in order", func(t *testing.T) {
		var j journal
		hears := func(name string, d time.Duration) runner.StarterOption {
			return runner.WithObserver(&told{beforeStart: func() {
				time.Sleep(d)
				j.note("%s", name)
			}})
		}
		r := newRunnerFor(t, hears("first", 6*time.Second), hears("second", 3*time.Second), hears("third", 0))
		require.NoError(t, r.Start(t.Context(), j.resource("db")))
		require.Equal(t, []string{"first", "second", "third", "start db"}, j.all())
		var failed *runner.ObserverError
		require.ErrorAs(t, r.Finish(t.Context()), &failed, "for the first had no more than 5 s")
	})
}
