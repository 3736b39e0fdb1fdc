package runner_test

import (
	"context"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/runner"
)

// lastMoment is a Listener that delivers one more signal while it stops.
type lastMoment struct{ buffered }

func (l lastMoment) Stop() { l.buffered <- syscall.SIGTERM }

// TestSignalsThatWait has signals in the channel of the Listener that nobody has received. What a select takes first is
// chance, so each case runs many times.
func TestSignalsThatWait(t *testing.T) {
	const times = 50

	t.Run("decide over a context that has ended", func(t *testing.T) {
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

	t.Run("reach Observers before Finish returns", func(t *testing.T) {
		for range times {
			var j journal
			r := runner.NewRunner(
				runner.WithListenerBuilder(func() runner.Listener { return lastMoment{make(buffered, 1)} }),
				runner.WithObserver(witness{&j}))
			require.NoError(t, r.Run(t.Context(), j.resource("db")))
			finish(t, r)
			require.Contains(t, j.all(), "signal terminated")
		}
	})
}
