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

	t.Run("refuses a service that a constructor of services has got before: it would start too late", func(t *testing.T) {
		for _, settings := range [][]fxservices.Option{nil, {fxservices.Concurrent()}} {
			app := (&journal{}).application(module(settings...), fx.Provide(NewDB), fxservices.Provide(NewCache), needing[*Cache](),
				fx.Invoke(fxservices.Register[*DB]))
			require.ErrorContains(t, app.Err(), "fxservices.Register: *fxservices_test.DB would start after what needs it: ")
			require.ErrorContains(t, app.Err(), location(NewCache)+") has got it already: register it earlier, or provide it as a service")
		}
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

	t.Run("finds a value that has a name", func(t *testing.T) {
		register := func(tag string) fx.Option {
			return fx.Invoke(fx.Annotate(fxservices.Register[*DB], fx.ParamTags(tag)))
		}
		named := fx.Provide(annotated(`name:"a"`, dbNamed("a")), annotated(`name:"b"`, dbNamed("b")))
		require.Equal(t, "start b, stop b", live(t, named, register(`name:"b"`)))
		require.Equal(t, "start b, start a, stop a, stop b", live(t, named, register(`name:"b"`), register(`name:"a"`)))
		require.Empty(t, live(t, register(`name:"c" optional:"true"`)))
	})

	t.Run("takes all members of a value group", func(t *testing.T) {
		group := fx.Provide(annotated(`group:"all"`, dbNamed("a")), annotated(`group:"all"`, dbNamed("b")),
			annotated(`group:"all"`, func() *DB { return nil }))
		require.Contains(t, []string{"start a, start b, stop b, stop a", "start b, start a, stop a, stop b"},
			live(t, group, fx.Invoke(fx.Annotate(fxservices.Register[[]*DB], fx.ParamTags(`group:"all"`)))), "fx shuffles them")
		services := fx.Provide(annotated(`group:"s"`, func() runner.Service { return nil }), annotated(`group:"s"`, func(j *journal) runner.Service { return NewAPI(j) }))
		require.Equal(t, apiLives,
			live(t, services, fx.Invoke(fx.Annotate(fxservices.Register[[]runner.Service], fx.ParamTags(`group:"s"`)))))
		err := refusal(t, fx.Supply(fx.Annotate(&onlyNamed{}, fx.ResultTags(`group:"all"`))),
			fx.Invoke(fx.Annotate(fxservices.Register[[]*onlyNamed], fx.ParamTags(`group:"all"`))))
		require.ErrorContains(t, err, "fxservices.Register: *fxservices_test.onlyNamed")
	})

	t.Run("refuses what is no service at all", func(t *testing.T) {
		err := refusal(t, fx.Supply("text"), fx.Invoke(fxservices.Register[string]))
		require.ErrorIs(t, err, runner.ErrInvalidServiceType)
		require.ErrorContains(t, err, "fxservices.Register: string")
	})

	t.Run("replaced, manages what replaces the service", func(t *testing.T) {
		j := &journal{}
		live(t, fx.Provide(newRealAPI), fx.Replace(NewAPI(j)), fx.Invoke(fxservices.Register[*API]))
		require.Equal(t, apiLives, j.String())
	})
}
