package runner_test

import (
	"context"
	"runtime"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/runner"
)

// TestSignalsThatWait has signals in the channel of the Listener that nobody has received. What a select takes first is
// chance, so it runs many times.
func TestSignalsThatWait(t *testing.T) {
	const times = 50

	t.Run("decide over a context that has ended", func(t *testing.T) {
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1)) // the goroutine that receives is not faster
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		for range times {
			signals := make(buffered, 1)
			signals <- syscall.SIGTERM
			r := runner.NewRunner(runner.WithListenerBuilder(func() runner.Listener { return signals }))
			requireSignalError(t, r.Run(ctx, (&journal{}).resource("db")), sigterm)
			finish(t, r)
		}
	})
}

func TestSignalReachesObservers(t *testing.T) {
	inBubble(t, "at once", func(t *testing.T) {
		l := newFakeListener()
		var heard time.Time
		r := newRunnerFor(t, l.option(), runner.WithObserver(&told{signal: func() { heard = time.Now() }}))
		require.NoError(t, r.Run(t.Context(), (&journal{}).resource("db")))
		came := time.Now()
		l.terminate()
		finish(t, r)
		require.Equal(t, came, heard)
	})
}
