//go:build unix

package fxservices_test

import (
	"os"
	"os/signal"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/fx"

	"github.com/go-fxservices/services/fxservices"
	"github.com/go-fxservices/services/observers"
)

// receive receives from a channel of fx.
func receive[T any](t *testing.T, c <-chan T) T {
	t.Helper()
	select {
	case v := <-c:
		return v
	case <-time.After(10 * time.Second):
		require.FailNow(t, "nothing came")
		panic("not reached")
	}
}

// TestSignalsOfFx sends real signals, in a process of its own.
func TestSignalsOfFx(t *testing.T) {
	if !isAlone(t) {
		printed, status := alone(t)
		require.Zero(t, status.ExitStatus(), printed)
		return
	}
	signal.Notify(make(chan os.Signal, 1), syscall.SIGINT) // so that one too many ends nothing
	heard := make(chan os.Signal, 1)
	start := func(t *testing.T, opts ...fx.Option) *fx.App {
		t.Helper()
		app := fx.New(fx.NopLogger, fx.Supply(&journal{}), fx.Options(opts...), fxservices.Module(), fxservices.Provide(NewAPI),
			fxservices.Observe(&observers.Funcs{OnSignalReceived: func(sig os.Signal) { heard <- sig }}))
		require.NoError(t, app.Start(t.Context()))
		return app
	}
	interrupt := func(t *testing.T) {
		t.Helper()
		kill(t, syscall.SIGINT)
		receive(t, heard)
	}
	want := fx.ShutdownSignal{Signal: syscall.SIGINT}

	t.Run("reach those who wait already, as the signals they were", func(t *testing.T) {
		for range 20 { // fx would tell of it again at some time
			app := start(t)
			done, wait := app.Done(), app.Wait()
			kill(t, syscall.SIGINT)
			require.Equal(t, syscall.SIGINT, receive(t, done))
			require.Equal(t, want, receive(t, wait))
			receive(t, heard)
			require.NoError(t, app.Stop(t.Context()))
			require.Empty(t, done, "it came once")
			require.Empty(t, wait, "it came once")
		}
	})

	t.Run("reach those who wait afterwards", func(t *testing.T) {
		app := start(t)
		interrupt(t)
		require.Equal(t, want, receive(t, app.Wait()))
		require.NoError(t, app.Stop(t.Context()))
	})

	t.Run("do not end the next run", func(t *testing.T) {
		for _, end := range slices.Repeat([]func(*testing.T, *fx.App, fx.Shutdowner){
			func(t *testing.T, app *fx.App, _ fx.Shutdowner) {
				interrupt(t)
				require.Equal(t, want, receive(t, app.Wait()))
			},
			func(t *testing.T, _ *fx.App, _ fx.Shutdowner) { interrupt(t) },
			func(t *testing.T, _ *fx.App, down fx.Shutdowner) {
				require.NoError(t, down.Shutdown(fx.ExitCode(20)))
			},
			func(*testing.T, *fx.App, fx.Shutdowner) {},
		}, 20) { // fx would tell of it at some time
			var down fx.Shutdowner
			app := start(t, fx.Populate(&down))
			end(t, app, down)
			require.NoError(t, app.Stop(t.Context()))
			require.NoError(t, down.Shutdown(), "too late for that run")
			require.NoError(t, app.Start(t.Context()))
			wait := app.Wait()
			require.Empty(t, wait)
			require.NoError(t, down.Shutdown())
			require.Equal(t, fx.ShutdownSignal{Signal: syscall.SIGTERM}, receive(t, wait))
			require.NoError(t, app.Stop(t.Context()))
			require.Empty(t, wait, "it came once")
		}
	})

	t.Run("reach those who wait before the start, as in plain fx", func(t *testing.T) {
		app := fx.New(fx.NopLogger, fx.Supply(&journal{}), fxservices.Module(), fxservices.Provide(NewAPI))
		wait := app.Wait()
		kill(t, syscall.SIGINT)
		require.Equal(t, want, receive(t, wait))
	})

	t.Run("reach those who wait after a start that failed, as in plain fx", func(t *testing.T) {
		app := fx.New(fx.NopLogger, fx.Supply(&journal{}), fxservices.Module(), cacheThat(fails(errBoom), nothing))
		wait := app.Wait()
		require.ErrorIs(t, app.Start(t.Context()), errBoom)
		kill(t, syscall.SIGINT)
		require.Equal(t, want, receive(t, wait))
	})

	t.Run("are not made up for a stop", func(t *testing.T) {
		app := start(t)
		wait := app.Wait()
		require.NoError(t, app.Stop(t.Context()))
		require.Empty(t, wait)
	})
}
