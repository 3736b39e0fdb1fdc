package runner_test

import (
	"os"
	"slices"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/runner"
)

type buffered chan os.Signal

func (l buffered) Receive() <-chan os.Signal { return l }
func (l buffered) Stop()                     {}

// A signal that was delivered before Finish is told before anything is stopped.
func TestSignalBeforeFinishIsTold(t *testing.T) {
	for range 200 {
		j, signals := &journal{}, make(buffered, 3)
		r := runner.NewRunner(runner.WithListenerBuilder(func() runner.Listener { return signals }), runner.WithObserver(witness{j}))
		require.NoError(t, r.Start(t.Context(), j.resource("db")))
		signals <- syscall.SIGTERM
		require.NoError(t, r.Finish(t.Context()))
		told := slices.Index(j.all(), "signal terminated")
		require.GreaterOrEqual(t, told, 0, "never told")
		require.Less(t, told, slices.Index(j.all(), "before stop db"), "told late")
	}
}
