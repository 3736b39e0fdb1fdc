package fxservices_test

import (
	"context"
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/fx"

	"github.com/go-fxservices/services/fxservices"
	"github.com/go-fxservices/services/runner"
)

// Functions of hooks.
func openPool(context.Context) error  { return nil }
func closePool(context.Context) error { return errBoom }
func warmUp()                         { panic("cold") }
func coolDown() error                 { return errBoom }

const (
	testPackage  = "github.com/go-fxservices/services/fxservices_test."
	stepsPackage = "github.com/go-fxservices/services/internal/testing/journal."
)

// hooked returns an application with hooks.
func hooked(t *testing.T, hooks ...fx.Hook) (*journal, *fx.App) {
	t.Helper()
	j := &journal{}
	return j, j.build(t, fxservices.Provide(NewDB), fx.Invoke(func(lc fx.Lifecycle, _ *DB) {
		for _, hook := range hooks {
			lc.Append(hook)
		}
	}))
}

func TestHooks(t *testing.T) {
	t.Run("that panic at start are errors with a stack, and the rest is stopped", func(t *testing.T) {
		j, app := hooked(t, fx.Hook{OnStart: panics("oops")})
		err := app.Start(t.Context())
		require.ErrorContains(t, err, `panic: oops`)
		var panicked *runner.PanicError
		require.ErrorAs(t, err, &panicked)
		require.Contains(t, string(panicked.Stack), "journal.Panics")
		require.Equal(t, "start db, stop db", j.String())
	})

	t.Run("that panic at stop are errors, and the rest is stopped", func(t *testing.T) {
		j, app := hooked(t, fx.Hook{OnStop: panics("oops")})
		require.NoError(t, app.Start(t.Context()))
		require.ErrorContains(t, app.Stop(t.Context()), `panic: oops`)
		require.Equal(t, "start db, stop db", j.String())
	})

	t.Run("that end their goroutine are errors", func(t *testing.T) {
		_, app := hooked(t, fx.Hook{OnStart: func(context.Context) error {
			runtime.Goexit()
			return nil
		}})
		require.ErrorContains(t, app.Start(t.Context()), "runtime.Goexit")
	})

	t.Run("without functions are nothing", func(t *testing.T) {
		var r *runner.Runner
		app := (&journal{}).build(t, fx.Populate(&r), fx.Invoke(func(lc fx.Lifecycle) { lc.Append(fx.Hook{}) }))
		require.NoError(t, app.Start(t.Context()))
		require.Empty(t, r.Services())
		require.NoError(t, app.Stop(t.Context()))
	})
}

func TestNamesOfHooks(t *testing.T) {
	t.Run("are those of the start function", func(t *testing.T) {
		_, app := hooked(t, fx.Hook{OnStart: openPool, OnStop: closePool})
		require.NoError(t, app.Start(t.Context()))
		require.EqualError(t, app.Stop(t.Context()), `stop "hook `+testPackage+`openPool": boom`)
	})

	t.Run("are those of the stop function where there is no other", func(t *testing.T) {
		_, app := hooked(t, fx.Hook{OnStop: closePool})
		require.NoError(t, app.Start(t.Context()))
		require.EqualError(t, app.Stop(t.Context()), `stop "hook `+testPackage+`closePool": boom`)
	})

	t.Run("are those of functions that fx wraps", func(t *testing.T) {
		_, app := hooked(t, fx.StartHook(warmUp))
		require.EqualError(t, app.Start(t.Context()), `start "hook `+testPackage+`warmUp()": panic: cold`)
		_, app = hooked(t, fx.StopHook(coolDown))
		require.NoError(t, app.Start(t.Context()))
		require.EqualError(t, app.Stop(t.Context()), `stop "hook `+testPackage+`coolDown()": boom`)
	})

	t.Run("are seen by the Runner", func(t *testing.T) {
		var r *runner.Runner
		app := (&journal{}).build(t, fx.Populate(&r), fx.Invoke(func(lc fx.Lifecycle) { lc.Append(fx.Hook{OnStart: openPool}) }))
		require.NoError(t, app.Start(t.Context()))
		require.Len(t, r.Services(), 1)
		require.Equal(t, "hook "+testPackage+"openPool", r.Services()[0].Name)
		require.NoError(t, app.Stop(t.Context()))
		require.Empty(t, r.Services())
	})
}

func TestStuckHook(t *testing.T) {
	inBubble(t, "is named, with how long and the stack of its goroutine", func(t *testing.T) {
		j, app := hooked(t, fx.Hook{OnStart: openPool, OnStop: stuck(t)})
		require.NoError(t, app.Start(t.Context()))
		began := time.Now()
		err := app.Stop(t.Context())
		require.EqualError(t, err, `stop "hook `+testPackage+`openPool": timed out after 15s, abandoned after 15.15s`)
		require.ErrorIs(t, err, runner.ErrStopTimeout)
		var timeout *runner.TimeoutError
		require.ErrorAs(t, err, &timeout)
		require.Contains(t, string(timeout.Stack), "journal.Stuck")
		require.Less(t, time.Since(began), 16*time.Second)
		require.Equal(t, "start db, stop db", j.String())
	})

	inBubble(t, "at start is named, and the rest is stopped", func(t *testing.T) {
		j, app := hooked(t, fx.Hook{OnStart: stuck(t)})
		ctx, cancel := context.WithTimeout(t.Context(), app.StartTimeout())
		defer cancel()
		err := app.Start(ctx)
		require.ErrorContains(t, err, `start "hook `+stepsPackage+`Stuck`)
		require.ErrorContains(t, err, "start of the application timed out after 15s, abandoned after 15.15s")
		require.Equal(t, "start db, stop db", j.String())
	})
}
