//go:build unix

package digservices_test

import (
	"context"
	"os"
	"os/signal"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/fxservices/digservices"
	"github.com/go-fxservices/services/runner"
)

// signaling returns an App whose server is constructed while the process gets a signal.
func signaling(t *testing.T, e *events, opts ...runner.StarterOption) *digservices.App {
	t.Helper()
	received := make(chan os.Signal, 1) // keeps the signal from ending the test, too
	signal.Notify(received, syscall.SIGUSR1)
	t.Cleanup(func() { signal.Stop(received) })
	app := digservices.New(nil, runner.NewRunner(opts...))
	require.NoError(t, app.Supply(e.Resource("db")))
	require.NoError(t, app.Provide(func() *server {
		require.NoError(t, syscall.Kill(syscall.Getpid(), syscall.SIGUSR1))
		<-received
		return e.server("server")
	}))
	return app
}

func TestSignalWhileBuilding(t *testing.T) {
	t.Run("starts nothing", func(t *testing.T) {
		e := &events{}
		app := signaling(t, e, runner.WithSignals(syscall.SIGUSR1))
		err := app.Run(t.Context())
		var signaled *runner.SignalError
		require.ErrorAs(t, err, &signaled)
		require.Equal(t, syscall.SIGUSR1, signaled.Signal)
		require.Empty(t, e.Lines())
	})

	t.Run("is nothing to a Runner that does not listen for it", func(t *testing.T) {
		e := &events{}
		app := signaling(t, e, runner.WithSignals())
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		require.ErrorIs(t, app.Run(ctx), context.DeadlineExceeded)
		require.Equal(t, []string{"start db", "listen server", "close server", "stop db"}, e.Lines())
	})
}

func TestSignalWhileServing(t *testing.T) {
	e := &events{}
	app := digservices.New(nil, runner.NewRunner(runner.WithSignals(syscall.SIGUSR1)))
	require.NoError(t, app.Provide(func() *server { return e.server("server") }))
	for range 2 {
		ready := app.Runner().Ready()
		go func() {
			<-ready
			_ = syscall.Kill(syscall.Getpid(), syscall.SIGUSR1)
		}()
		require.NoError(t, app.Run(t.Context()))
	}
	require.Equal(t, []string{"close server", "close server", "listen server", "listen server"}, e.Sorted())
}

func TestDrain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := &events{}
		app := digservices.New(nil, runner.NewRunner(runner.WithSignals(), runner.WithDrainDelay(5*time.Second)))
		began := time.Now()
		require.NoError(t, app.Provide(func() *server {
			return &server{runner.NewServer("server", nil, func(context.Context) error {
				e.Note("closed after %v", time.Since(began))
				return nil
			})}
		}))
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		require.ErrorIs(t, app.Run(ctx), context.DeadlineExceeded)
		require.Equal(t, []string{"closed after 6s"}, e.Lines())
	})
}
