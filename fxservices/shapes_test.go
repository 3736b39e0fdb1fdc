package fxservices_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/fx"

	"github.com/go-fxservices/services/fxservices"
	"github.com/go-fxservices/services/runner"
)

const apiLives = "listen api, close api"

// factory is for constructors that are methods.
type factory struct{ name string }

func (f factory) NewAPI(j *journal) *API { return &API{j.Server(f.name)} }

func newGeneric[T any](j *journal, _ T) *API { return &API{j.Server("api")} }

// params is a parameter object.
type params struct {
	fx.In
	Journal *journal
	Cache   *Cache
	Named   *DB     `name:"main"`
	Grouped []*DB   `group:"dbs"`
	Missing *Config `optional:"true"`
}

func newOfParams(t *testing.T) any {
	return func(in params) *API {
		require.NotNil(t, in.Cache)
		require.NotNil(t, in.Named)
		require.Len(t, in.Grouped, 1)
		require.Nil(t, in.Missing)
		return &API{in.Journal.Server("api")}
	}
}

func TestProvideTakesConstructors(t *testing.T) {
	t.Run("that are plain functions", func(t *testing.T) {
		require.Equal(t, apiLives, live(t, fxservices.Provide(NewAPI)))
	})

	t.Run("that may fail", func(t *testing.T) {
		newAPI := func(j *journal) (*API, error) { return NewAPI(j), nil }
		require.Equal(t, apiLives, live(t, fxservices.Provide(newAPI)))
	})

	t.Run("that need others, which start before and stop after", func(t *testing.T) {
		require.Equal(t, "start db, start cache, listen api, close api, stop cache, stop db",
			live(t, fxservices.Provide(NewChain, NewCache, NewDB)))
	})

	t.Run("with a parameter object", func(t *testing.T) {
		require.Equal(t, "start db, start cache, start db, start db, listen api, close api, stop db, stop db, stop cache, stop db",
			live(t,
				fxservices.Provide(newOfParams(t), NewCache, NewDB),
				fxservices.Provide(
					fx.Annotate(NewDB, fx.ResultTags(`name:"main"`)),
					fx.Annotate(NewDB, fx.ResultTags(`group:"dbs"`)),
				)))
	})

	t.Run("that are variadic, without the variadic values as in fx", func(t *testing.T) {
		newAPI := func(j *journal, configs ...*Config) *API {
			require.Empty(t, configs)
			return NewAPI(j)
		}
		config := fx.Provide(func() []*Config { return []*Config{{}} })
		require.Equal(t, apiLives, live(t, fxservices.Provide(newAPI), config))
	})

	t.Run("of a named function type", func(t *testing.T) {
		type constructor func(*journal) *API
		require.Equal(t, apiLives, live(t, fxservices.Provide(constructor(NewAPI))))
	})

	t.Run("that are methods and generic functions", func(t *testing.T) {
		require.Equal(t, apiLives, live(t, fxservices.Provide(factory{"api"}.NewAPI)))
		require.Equal(t, apiLives, live(t, fxservices.Provide(newGeneric[*Config]), fx.Supply(&Config{})))
	})

	t.Run("many at once, and none", func(t *testing.T) {
		require.Equal(t, "listen api, listen admin, close admin, close api",
			live(t, fxservices.Provide(), fxservices.Provide(NewChained, NewAdminOf)))
	})
}

// NewChained and NewAdminOf have an order: values that nothing needs have none.
func NewChained(j *journal) *API           { return NewAPI(j) }
func NewAdminOf(j *journal, _ *API) *Admin { return NewAdmin(j) }

func TestProvideTakesPrivate(t *testing.T) {
	t.Run("for the same type in two modules", func(t *testing.T) {
		named := func(name string) fx.Option {
			newDB := func(j *journal) *DB { return &DB{j.Resource(name)} }
			return fx.Module(name, fxservices.Provide(newDB, fx.Private), needing[*DB]())
		}
		require.Equal(t, "start one, start two, stop two, stop one", live(t, named("one"), named("two")))
	})

	t.Run("which others cannot need", func(t *testing.T) {
		err := refusal(t, fx.Module("inner", fxservices.Provide(NewDB, fx.Private)), needing[*DB]())
		require.ErrorContains(t, err, "missing type: *fxservices_test.DB")
	})

	t.Run("for all constructors of the call, in any place", func(t *testing.T) {
		err := refusal(t, fx.Module("inner", fxservices.Provide(NewDB, fx.Private, NewCache)), needing[*Cache]())
		require.ErrorContains(t, err, "missing type: *fxservices_test.Cache")
	})
}

func TestProvideManagesInstances(t *testing.T) {
	t.Run("once though they come from two constructors", func(t *testing.T) {
		named := func(db *DB) Named { return db }
		asResource := func(db *DB) runner.Resource { return db }
		require.Equal(t, "start db, stop db", live(t,
			fxservices.Provide(NewDB, asResource), fx.Provide(named), needing[runner.Resource](), needing[Named]()))
	})

	t.Run("once though one is wrapped", func(t *testing.T) {
		wrap := func(db *DB) runner.Service { return runner.With(db, runner.StopTimeout(1)) }
		require.Equal(t, "start db, stop db", live(t, fxservices.Provide(NewDB, wrap)))
	})

	t.Run("each of one type that is provided by two names", func(t *testing.T) {
		db := func(name string) any {
			newDB := func(j *journal) *DB { return &DB{j.Resource(name)} }
			return fx.Annotate(newDB, fx.ResultTags(`name:"`+name+`"`))
		}
		use := func(name string) fx.Option {
			return fx.Invoke(fx.Annotate(func(*DB) {}, fx.ParamTags(`name:"`+name+`"`)))
		}
		require.Equal(t, "start reader, start writer, stop writer, stop reader",
			live(t, fxservices.Provide(db("writer"), db("reader")), use("reader"), use("writer")))
	})
}

func TestValidateApp(t *testing.T) {
	validate := func(opts ...fx.Option) error {
		return fx.ValidateApp(fx.NopLogger, fx.Options(opts...))
	}
	never := func(*DB) *API { panic("called") }

	t.Run("accepts what can be built, and constructs nothing", func(t *testing.T) {
		db := func() *DB { panic("called") }
		require.NoError(t, validate(module(), fxservices.Provide(never, db), fxservices.Supply(&Admin{})))
	})

	t.Run("finds what a Server misses", func(t *testing.T) {
		err := validate(module(), fxservices.Provide(never))
		require.ErrorContains(t, err, "missing type: *fxservices_test.DB")
		require.ErrorContains(t, err, location(never))
	})
}
