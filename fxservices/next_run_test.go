package fxservices_test

import (
	"context"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/fx"

	"github.com/go-fxservices/services/fxservices"
)

// requireGoesOn fails if the run of an application that has just begun has ended already, and then stops the application.
func requireGoesOn(t *testing.T, app *fx.App) {
	t.Helper()
	wait := app.Wait()
	synctest.Wait()
	ended := len(wait) > 0
	require.NoError(t, app.Stop(t.Context()))
	require.False(t, ended)
}

// once is f the first time, and nothing after that.
func once(f call) call {
	called := false
	return func(ctx context.Context) error {
		if called {
			return nil
		}
		called = true
		return f(ctx)
	}
}

func TestNextRunGoesOn(t *testing.T) {
	inBubble(t, "after a second signal, which cut the stop of the last one short", func(t *testing.T) {
		signals := newListener()
		app := fx.New(fx.NopLogger, fx.Supply(&journal{}), fxservices.Module(signals.heard()), cacheThat(nothing, once(waits)))
		require.NoError(t, app.Start(t.Context()))
		wait := app.Wait()
		time.AfterFunc(time.Second, func() { signals <- syscall.SIGTERM })
		time.AfterFunc(2*time.Second, func() { signals <- syscall.SIGINT })
		require.Equal(t, fx.ShutdownSignal{Signal: syscall.SIGTERM}, <-wait)
		require.ErrorContains(t, app.Stop(t.Context()), "received signal interrupt")
		require.NoError(t, app.Start(t.Context()))
		requireGoesOn(t, app)
		require.Empty(t, wait, "it came once")
	})

	inBubble(t, "after a start that failed beside a Shutdown", func(t *testing.T) {
		app := (&journal{}).build(t, fx.Invoke(func(lc fx.Lifecycle, down fx.Shutdowner) {
			lc.Append(fx.Hook{OnStart: once(func(context.Context) error {
				require.NoError(t, down.Shutdown(fx.ExitCode(20)))
				return errBoom
			})})
		}))
		require.ErrorIs(t, app.Start(t.Context()), errBoom)
		require.NoError(t, app.Start(t.Context()))
		requireGoesOn(t, app)
	})

	inBubble(t, "after a signal that ended the start of the last one, and hears of its own", func(t *testing.T) {
		signals := newListener()
		app := fx.New(fx.NopLogger, fx.Supply(&journal{}), fxservices.Module(signals.heard()), cacheThat(once(waits), nothing))
		for _, sig := range []syscall.Signal{syscall.SIGTERM, syscall.SIGINT} {
			time.AfterFunc(time.Second, func() { signals <- sig })
			wait := app.Wait()
			err := app.Start(t.Context())
			require.Equal(t, sig == syscall.SIGTERM, err != nil)
			require.Equal(t, fx.ShutdownSignal{Signal: sig}, <-wait)
		}
		require.NoError(t, app.Stop(t.Context()))
	})
}

// TestShutdownWhileBuilding calls Shutdown from a goroutine of a constructor, for the race detector.
func TestShutdownWhileBuilding(t *testing.T) {
	for range 20 {
		early := fx.Invoke(func(down fx.Shutdowner) { go func() { _ = down.Shutdown(fx.ExitCode(3)) }() })
		app := (&journal{}).application(early, module(), fxservices.Provide(NewAPI))
		require.NoError(t, app.Start(t.Context()))
		require.Equal(t, 3, (<-app.Wait()).ExitCode)
		require.NoError(t, app.Stop(t.Context()))
	}
}
