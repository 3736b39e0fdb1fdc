package fxservices_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/fx"

	"github.com/go-fxservices/services/fxservices"
	"github.com/go-fxservices/services/runner"
)

func TestRegister(t *testing.T) {
	t.Run("manages what plain fx constructs", func(t *testing.T) {
		require.Equal(t, "start db, stop db", live(t, fx.Provide(NewDB), fx.Invoke(fxservices.Register[*DB])))
		require.Equal(t, apiLives, live(t, fx.Provide(NewAPI), fx.Invoke(fxservices.Register[*API])))
	})

	t.Run("takes interfaces", func(t *testing.T) {
		newServer := func(j *journal) runner.Server { return NewAPI(j) }
		require.Equal(t, apiLives, live(t, fx.Provide(newServer), fx.Invoke(fxservices.Register[runner.Server])))
	})

	t.Run("gives a service its place when it is called", func(t *testing.T) {
		register := fx.Invoke(fxservices.Register[*Cache], fxservices.Register[*DB])
		require.Equal(t, "start cache, start db, stop db, stop cache",
			live(t, fx.Provide(NewDB, NewCache), register), "the order of the invocations, not of dependencies")
	})

	t.Run("leaves a service in its place that has one", func(t *testing.T) {
		require.Equal(t, "start db, start cache, stop cache, stop db", live(t, fxservices.Provide(NewDB, NewCache),
			needing[*Cache](), fx.Invoke(fxservices.Register[*DB], fxservices.Register[*DB])))
	})

	t.Run("does not manage nil", func(t *testing.T) {
		require.Empty(t, live(t, fx.Provide(func() *DB { return nil }), fx.Invoke(fxservices.Register[*DB])))
		require.Empty(t, live(t, fx.Provide(func() runner.Service { return nil }), fx.Invoke(fxservices.Register[runner.Service])))
	})

	t.Run("refuses what is neither a Resource nor a Server, or both", func(t *testing.T) {
		err := refusal(t, fx.Provide(func() *onlyNamed { return &onlyNamed{} }), fx.Invoke(fxservices.Register[*onlyNamed]))
		require.ErrorIs(t, err, runner.ErrInvalidServiceType)
		require.ErrorContains(t, err, "fxservices.Register: *fxservices_test.onlyNamed")
		err = refusal(t, fx.Provide(func() *both { return &both{} }), fx.Invoke(fxservices.Register[*both]))
		require.ErrorIs(t, err, runner.ErrInvalidServiceType)
	})

	t.Run("replaced, manages what replaces the service", func(t *testing.T) {
		j := &journal{}
		live(t, fx.Provide(newRealAPI), fx.Replace(NewAPI(j)), fx.Invoke(fxservices.Register[*API]))
		require.Equal(t, apiLives, j.String())
	})
}
