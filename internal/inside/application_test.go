package inside_test

import (
	"context"
	"os"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/fx"
	"go.uber.org/fx/fxevent"

	"github.com/go-fxservices/services/internal/inside"
)

// application returns an application of fx, and what it keeps to itself.
func application(t *testing.T, opts ...fx.Option) (*fx.App, *inside.Application) {
	t.Helper()
	var s fx.Shutdowner
	app := fx.New(fx.NopLogger, fx.Options(opts...), fx.Populate(&s))
	require.NoError(t, app.Err())
	a, err := inside.OfShutdowner(s)
	require.NoError(t, err)
	return app, a
}

func TestApplication(t *testing.T) {
	t.Run("knows the timeouts and the logger", func(t *testing.T) {
		_, a := application(t, fx.StartTimeout(time.Minute), fx.StopTimeout(time.Hour))
		require.Equal(t, time.Minute, a.StartTimeout())
		require.Equal(t, time.Hour, a.StopTimeout())
		require.Equal(t, fxevent.NopLogger, a.Log())
	})

	t.Run("knows whether it is being started", func(t *testing.T) {
		var app *fx.App
		var a *inside.Application
		var states []bool
		note := func() { states = append(states, a.IsStarting()) }
		app, a = application(t, fx.Invoke(func(lc fx.Lifecycle) {
			lc.Append(fx.StartStopHook(note, note))
			lc.Append(fx.StartHook(func(ctx context.Context) {
				require.NoError(t, app.Stop(ctx))
				note()
			}))
		}))
		note()
		require.NoError(t, app.Start(t.Context()))
		note()
		require.Equal(t, []bool{false, true, false, false, false}, states, "before, the first hook, its stop, after the stop, at the end")
	})

	t.Run("tells those who wait, now or later, of one signal", func(t *testing.T) {
		app, a := application(t)
		a.ListenWith(func(chan<- os.Signal, ...os.Signal) {}, func(chan<- os.Signal) {})
		now := app.Wait()
		require.False(t, a.HasTold())
		a.Tell(syscall.SIGINT)
		a.Tell(syscall.SIGTERM)
		require.True(t, a.HasTold())
		want := fx.ShutdownSignal{Signal: syscall.SIGINT}
		require.Equal(t, want, <-now)
		require.Equal(t, want, <-app.Wait())
		a.Forget()
		require.False(t, a.HasTold())
		require.Empty(t, now)
		require.Empty(t, app.Wait())
		require.NoError(t, app.Stop(t.Context()))
	})

	t.Run("forgets a signal that has come and that it has not told of", func(t *testing.T) {
		app, a := application(t)
		listens := make(chan chan<- os.Signal, 1)
		a.ListenWith(func(to chan<- os.Signal, _ ...os.Signal) { listens <- to }, func(chan<- os.Signal) {})
		wait := app.Wait()
		to := <-listens
		to <- syscall.SIGINT
		require.Equal(t, fx.ShutdownSignal{Signal: syscall.SIGINT}, <-wait)
		to <- syscall.SIGTERM
		a.Forget()
		require.Empty(t, to)
		require.NoError(t, app.Stop(t.Context()))
	})

	t.Run("that is nil knows nothing", func(t *testing.T) {
		var a *inside.Application
		require.True(t, a.IsStarting())
		require.False(t, a.HasTold())
	})
}

type noShutdowner struct{}

func (*noShutdowner) Shutdown(...fx.ShutdownOption) error { return nil }

func TestOfShutdownerRefuses(t *testing.T) {
	_, err := inside.OfShutdowner(&noShutdowner{})
	require.ErrorContains(t, err, "this version of fx cannot be read: ")
	_, err = inside.OfShutdowner(nil)
	require.ErrorContains(t, err, "this version of fx cannot be read: ")
}
