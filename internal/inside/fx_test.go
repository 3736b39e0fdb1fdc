package inside_test

import (
	"io"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/fx"
	"go.uber.org/fx/fxevent"

	"github.com/go-fxservices/services/internal/constructor"
	"github.com/go-fxservices/services/internal/inside"
)

// app reads the container of an application when it has been built.
func app(t *testing.T, opts ...fx.Option) *inside.Container {
	t.Helper()
	var lifecycle fx.Lifecycle
	require.NoError(t, fx.New(fx.NopLogger, fx.Options(opts...), fx.Populate(&lifecycle)).Err())
	c, err := inside.OfFx(lifecycle)
	require.NoError(t, err)
	return c
}

func started() {}

func newNamed(names ...string) *cache { return &cache{} }

type factory struct{}

func (factory) newCache() *cache { return &cache{} }

// named returns the function with a name.
func named(t *testing.T, c *inside.Container, name string) *inside.Function {
	t.Helper()
	for _, f := range c.Functions {
		if f.Name == name {
			return f
		}
	}
	require.Fail(t, "there is none", "of the name %s", name)
	return nil
}

func TestOfFx(t *testing.T) {
	t.Run("knows the names of constructors that are annotated", func(t *testing.T) {
		for name, provide := range map[string]any{
			"with tags":        fx.Annotate(newDB, fx.ResultTags(`name:"x"`)),
			"as an interface":  fx.Annotate(newDB, fx.As(new(namer))),
			"by fx.Annotated":  fx.Annotated{Target: newDB, Name: "x"},
			"with nothing":     fx.Annotate(newDB),
			"with two at once": fx.Annotate(newDB, fx.ResultTags(`name:"x"`), fx.As(new(namer))),
		} {
			t.Run(name, func(t *testing.T) {
				f := named(t, app(t, fx.Supply("text"), fx.Provide(provide), fx.Supply(1)), here+"newDB")
				require.Contains(t, []string{inside.Stub, here + "newDB"}, f.Label)
				require.False(t, f.Hooks)
			})
		}
	})

	t.Run("knows the names of variadic constructors and of methods", func(t *testing.T) {
		c := app(t, fx.Provide(fx.Annotate(newNamed), fx.Annotate(factory{}.newCache, fx.ResultTags(`name:"x"`))))
		require.Equal(t, inside.Stub, named(t, c, here+"newNamed").Label)
		require.Equal(t, inside.Stub, named(t, c, here+"factory.newCache-fm").Label)
	})

	t.Run("knows which ones append hooks by annotations", func(t *testing.T) {
		c := app(t, fx.Provide(fx.Annotate(newDB, fx.OnStart(started)), newNamed))
		require.True(t, named(t, c, here+"newDB").Hooks)
		require.False(t, named(t, c, here+"newNamed").Hooks)
	})

	t.Run("knows them in modules, private ones and loggers among them", func(t *testing.T) {
		log := fx.WithLogger(func() fxevent.Logger { return &fxevent.ConsoleLogger{W: io.Discard} })
		annotated := func(name string) any { return fx.Annotate(newDB, fx.ResultTags(`name:"`+name+`"`)) }
		c := app(t, log,
			fx.Module("a", fx.Provide(annotated("a")), fx.Provide(fx.Annotate(newNamed), fx.Private), log,
				fx.Module("b", fx.Provide(annotated("b"), fx.Private), fx.Provide(newOut))),
			fx.Module("c", fx.Provide(annotated("c"))), fx.Provide(annotated("d"), fx.Private))
		require.Len(t, c.Scopes, 4)
		var names []string
		for _, f := range c.Functions[3:] { // after those of fx
			names = append(names, f.Name)
		}
		const logger = here + "TestOfFx.func4.1"
		require.Equal(t, []string{
			here + "newDB", here + "newDB", here + "newOut", here + "newDB", logger, // d, a, newOut, c
			here + "newNamed", logger, // private to a
			here + "newDB", // private to b
		}, names)
	})

	t.Run("takes the label for the name of what an adapter has made", func(t *testing.T) {
		f, err := constructor.Parse(newDB)
		require.NoError(t, err)
		wrapped := f.Wrap(nil, func(c *constructor.Call) error { c.Do(); return nil })
		c := app(t, fx.Provide(constructor.Located(wrapped, f.PC())), fx.Supply("text"))
		require.Equal(t, here+"newDB", named(t, c, here+"newDB").Label)
		require.Equal(t, inside.Stub, named(t, c, "").Label, "a value has no name")
	})

	t.Run("reads the container while it is being built", func(t *testing.T) {
		var during *inside.Container
		newLogger := func(l fx.Lifecycle) (fxevent.Logger, error) {
			var err error
			during, err = inside.OfFx(l)
			return fxevent.NopLogger, err
		}
		none := fx.WithLogger(func() fxevent.Logger { return fxevent.NopLogger })
		app(t, fx.WithLogger(newLogger), fx.Module("inner", none, fx.Provide(fx.Annotate(newDB, fx.As(new(namer))), fx.Private)))
		require.False(t, during.IsCurrent())
		require.Equal(t, inside.Stub, named(t, during, here+"newDB").Label)
	})
}

type noLifecycle struct{}

func (*noLifecycle) Append(fx.Hook) {}

func TestOfFxRefuses(t *testing.T) {
	_, err := inside.OfFx(&noLifecycle{})
	require.ErrorContains(t, err, "this version of fx cannot be read: ")
	_, err = inside.OfFx(nil)
	require.ErrorContains(t, err, "this version of fx cannot be read: ")
}
