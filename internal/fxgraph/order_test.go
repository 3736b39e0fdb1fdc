package fxgraph_test

import (
	"reflect"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/fx"

	"github.com/go-fxservices/services/internal/fxgraph"
)

func TestOrderOfConstructors(t *testing.T) {
	t.Run("follows their parameters", func(t *testing.T) {
		a := &adapter{}
		a.build(t, a.manage(newDB, newCache, newQueue, apiOfBoth[*queue, *cache]), needing[*api]())
		require.Equal(t, []string{"queue: at once", "db: at once", "cache: after db", "api: after queue, cache"}, a.order())
		require.Empty(t, a.named, "a name is looked up for reasons only")
	})

	t.Run("leads through constructors without items", func(t *testing.T) {
		require.Equal(t, []string{"db: at once", "api: after db"}, orderOf(t, func(a *adapter) []fx.Option {
			return []fx.Option{
				a.manage(newDB, apiOf[string]), needing[*api](),
				fx.Provide(func(*db) *config { return nil }, func(*config) string { return "" }),
			}
		}))
	})

	t.Run("leads through constructors whose items are nil", func(t *testing.T) {
		require.Equal(t, []string{"db: at once", "api: after db"}, orderOf(t, func(a *adapter) []fx.Option {
			return []fx.Option{a.manage(newDB, func(*db) *queue { return nil }, apiOf[*queue]), needing[*api]()}
		}))
	})

	t.Run("ignores constructors that have not been called", func(t *testing.T) {
		type soft struct {
			fx.In
			All []*db `group:"all,soft"`
		}
		order := orderOf(t, func(a *adapter) []fx.Option {
			return []fx.Option{
				a.manage(newQueue, newDB, apiOf[*config]), fx.Provide(func(*db) *config { return nil }), fx.Replace(&config{}),
				needing[*db](), needing[*api](),
			}
		})
		require.Equal(t, []string{"db: at once", "api: at once"}, order, "a replaced one")
		order = orderOf(t, func(a *adapter) []fx.Option {
			return []fx.Option{
				a.manage(apiOf[soft], result(`group:"all"`, newDB)), needing[*api](), invoke(func([]*db) {}, `group:"all"`),
			}
		})
		require.Equal(t, []string{"api: at once", "db: at once"}, order, "one that was called too late for a soft group")
	})

	t.Run("ignores an optional parameter that nobody provides", func(t *testing.T) {
		type optional struct {
			fx.In
			DB    *db    `optional:"true"`
			Cache *cache `optional:"true"`
		}
		require.Equal(t, []string{"db: at once", "api: after db"}, orderOf(t, func(a *adapter) []fx.Option {
			return []fx.Option{a.manage(newDB, apiOf[optional]), needing[*api]()}
		}))
	})

	t.Run("has the results of one call one after the other", func(t *testing.T) {
		both := func() (*db, *queue) { return newDB(), newQueue() }
		require.Equal(t, []string{"db: at once", "queue: after db", "api: after db, queue"}, orderOf(t, func(a *adapter) []fx.Option {
			return []fx.Option{a.manage(both, apiOf[*queue]), needing[*api]()}
		}))
	})

	t.Run("has the types that an adapter takes in addition", func(t *testing.T) {
		require.Equal(t, []string{"db: at once", "queue: after db"}, orderOf(t, func(a *adapter) []fx.Option {
			return []fx.Option{
				a.manage(newDB), a.manageExtra([]reflect.Type{reflect.TypeFor[*db]()}, newQueue), needing[*queue](),
			}
		}))
	})
}

func TestOrderOfNamesAndGroups(t *testing.T) {
	t.Run("tells names apart", func(t *testing.T) {
		require.Equal(t, []string{"one: at once", "two: at once", "api: after two"}, orderOf(t, func(a *adapter) []fx.Option {
			return []fx.Option{
				a.manage(result(`name:"one"`, dbNamed("one")), result(`name:"two"`, dbNamed("two")), param(`name:"two"`, apiOf[*db])),
				invoke(func(*db, *api) {}, `name:"one"`),
			}
		}))
	})

	t.Run("has all members of a group, those of modules and of flattened slices too", func(t *testing.T) {
		order := orderOf(t, func(a *adapter) []fx.Option {
			slice := func() []*db { return []*db{dbNamed("two")(), dbNamed("three")()} }
			return []fx.Option{
				a.manage(result(`group:"all"`, dbNamed("one")), param(`group:"all"`, apiOf[[]*db])),
				fx.Module("inner", a.manage(result(`group:"all,flatten"`, slice))),
				needing[*api](),
			}
		})
		require.Subset(t, order, []string{"one: at once", "two: at once", "three: after two"})
		require.Regexp(t, `^api: after (one, two, three|two, three, one)$`, order[3])
	})

	t.Run("has nothing for an empty group", func(t *testing.T) {
		require.Equal(t, []string{"api: at once"}, orderOf(t, func(a *adapter) []fx.Option {
			return []fx.Option{a.manage(param(`group:"all"`, apiOf[[]*db])), needing[*api]()}
		}))
	})
}

func TestOrderOfInterfacesAndModules(t *testing.T) {
	t.Run("leads through interfaces", func(t *testing.T) {
		require.Equal(t, []string{"db: at once", "api: after db"}, orderOf(t, func(a *adapter) []fx.Option {
			return []fx.Option{a.manage(fx.Annotate(newDB, fx.As(new(namer))), apiOf[namer]), needing[*api]()}
		}))
	})

	t.Run("leads into a module, and to its private types", func(t *testing.T) {
		require.Equal(t, []string{"db: at once", "cache: after db", "api: after cache"}, orderOf(t, func(a *adapter) []fx.Option {
			return []fx.Option{
				fx.Module("stores", a.manage(newDB, fx.Private), a.manage(newCache)),
				a.manage(apiOf[*cache]), needing[*api](),
			}
		}))
	})

	t.Run("has the private types of its own module only", func(t *testing.T) {
		require.Equal(t, []string{
			"db of a: at once", "api: after db of a",
			"db of b: at once", "api: after db of b",
		}, orderOf(t, func(a *adapter) []fx.Option {
			module := func(name string) fx.Option {
				return fx.Module(name, a.manage(dbNamed("db of "+name), fx.Private), a.manage(result(`name:"`+name+`"`, apiOf[*db])))
			}
			return []fx.Option{module("a"), module("b"), invoke(func(_, _ *api) {}, `name:"a"`, `name:"b"`)}
		}))
	})
}

func TestOrderOfTwins(t *testing.T) {
	t.Run("keeps constructors apart that differ in names only", func(t *testing.T) {
		require.Equal(t, []string{"0: at once", "1: at once", "api: after 1"}, orderOf(t, func(a *adapter) []fx.Option {
			return []fx.Option{
				a.manage(result(`name:"0"`, dbNamed("0")), result(`name:"1"`, dbNamed("1")), param(`name:"1"`, apiOf[*db])),
				invoke(func(*db, *api) {}, `name:"0"`),
			}
		}))
	})

	t.Run("keeps those apart that look the same in two modules", func(t *testing.T) {
		require.Equal(t, []string{"db: at once", "db: at once", "api: after db"}, orderOf(t, func(a *adapter) []fx.Option {
			module := func(name string, opts ...fx.Option) fx.Option {
				return fx.Module(name, a.manage(newDB, fx.Private), needing[*db](), fx.Options(opts...))
			}
			return []fx.Option{module("a"), module("b", a.manage(apiOf[*db]), needing[*api]())}
		}))
	})
}

func TestOrderOfSeveralProviders(t *testing.T) {
	needsQueue := func(*queue) *db { return dbNamed("newer")() }
	of := func(t *testing.T, older, newer []any) []string {
		t.Helper()
		return orderOf(t, func(a *adapter) []fx.Option {
			return []fx.Option{
				fx.Module("a", a.manage(older...), needing[*db]()),
				fx.Module("b", a.manage(newer...), a.manage(newQueue, apiOf[*db]), needing[*api]()),
			}
		})
	}
	want := []string{"older: at once", "queue: at once", "newer: after queue", "api: after newer"}

	t.Run("has the one that a module sees", func(t *testing.T) {
		require.Equal(t, want, of(t, []any{dbNamed("older"), fx.Private}, []any{needsQueue}))
		require.Equal(t, want, of(t, []any{dbNamed("older"), fx.Private}, []any{needsQueue, fx.Private}))
	})

	t.Run("has the nearest one of those that a module sees", func(t *testing.T) {
		require.Equal(t, want, of(t, []any{dbNamed("older")}, []any{needsQueue, fx.Private}))
	})

	t.Run("has members of a group that are private to other modules not at all", func(t *testing.T) {
		member := func(name string) []any { return []any{result(`group:"all"`, dbNamed(name)), fx.Private} }
		order := orderOf(t, func(a *adapter) []fx.Option {
			all := invoke(func([]*db) {}, `group:"all"`)
			return []fx.Option{
				fx.Module("a", a.manage(member("one")...), all),
				fx.Module("b", a.manage(member("two")...), a.manage(param(`group:"all"`, apiOf[[]*db])), needing[*api]()),
			}
		})
		require.Equal(t, []string{"one: at once", "two: at once", "api: after two"}, order)
	})
}

func TestOrderOfOtherOrigins(t *testing.T) {
	t.Run("has values that are supplied", func(t *testing.T) {
		require.Equal(t, []string{"db: at once", "api: after db"}, orderOf(t, func(a *adapter) []fx.Option {
			return []fx.Option{a.supply("db"), a.manage(apiOf[*db]), needing[*api]()}
		}))
	})

	t.Run("has values that are registered", func(t *testing.T) {
		require.Equal(t, []string{"queue: at once", "cache: after queue", "api: after cache"}, orderOf(t, func(a *adapter) []fx.Option {
			return []fx.Option{
				fx.Provide(func(*queue) *cache { return newCache(nil) }), a.manage(newQueue),
				register[*cache](a), a.manage(apiOf[*cache]), needing[*api](),
			}
		}))
	})

	t.Run("makes barriers of a registered value and of an older item that needs it", func(t *testing.T) {
		require.Equal(t, []string{
			`api: a barrier: it seems to need "queue", which took its place later`,
			`queue: a barrier: "api", which took its place before, seems to need it`,
		}, orderOf(t, func(a *adapter) []fx.Option {
			return []fx.Option{fx.Provide(newQueue), a.manage(apiOf[*queue]), needing[*api](), register[*queue](a)}
		}))
	})

	t.Run("has nothing for an item that is not in the container", func(t *testing.T) {
		a := &adapter{}
		a.add("extra", nil, fxgraph.Independent{})
		a.build(t, a.manage(newDB), needing[*db]())
		require.Equal(t, []string{"extra: at once", "db: at once"}, a.order())
	})

	t.Run("makes a barrier of an item whose origin is unknown", func(t *testing.T) {
		a := &adapter{}
		a.add("extra", nil, nil)
		a.build(t, a.manage(newDB), needing[*db]())
		require.Equal(t, []string{"extra: a barrier: its origin is unknown", "db: at once"}, a.order())
	})

	t.Run("is empty without items", func(t *testing.T) {
		require.Empty(t, orderOf(t, func(*adapter) []fx.Option { return nil }))
	})
}
