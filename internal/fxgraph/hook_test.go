package fxgraph_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/fx"
)

// newConfig is a plain constructor that appends two hooks.
func newConfig(a *adapter, _ *db) *config {
	a.hook("one")
	a.hook("two")
	return nil
}

func newHookedCache(a *adapter) *cache {
	a.hook("hook")
	return newCache(nil)
}

func TestOrderOfHooks(t *testing.T) {
	t.Run("has the hooks of a plain constructor one after the other, after its parameters", func(t *testing.T) {
		require.Equal(t, []string{"db: at once", "one: after db", "two: after db, one", "api: after one, two"},
			orderOf(t, func(a *adapter) []fx.Option {
				return []fx.Option{a.manage(newDB, apiOf[*config]), fx.Provide(newConfig), needing[*api]()}
			}))
	})

	t.Run("has the hooks of a constructor before its results", func(t *testing.T) {
		require.Equal(t, []string{"hook: at once", "cache: after hook", "api: after hook, cache"},
			orderOf(t, func(a *adapter) []fx.Option {
				return []fx.Option{a.manage(newHookedCache, apiOf[*cache]), needing[*api]()}
			}))
	})

	t.Run("finds the constructor behind functions that it calls", func(t *testing.T) {
		require.Equal(t, []string{"db: at once", "helped: after db"}, orderOf(t, func(a *adapter) []fx.Option {
			helper := func() { a.hook("helped") }
			return []fx.Option{
				a.manage(newDB), fx.Provide(func(*db) *config { helper(); return nil }), needing[*config](),
			}
		}))
	})

	t.Run("makes a barrier of a hook of an Invoke", func(t *testing.T) {
		require.Equal(t, []string{"db: at once", "hook: a barrier: it is a hook, and no constructor has appended it"},
			orderOf(t, func(a *adapter) []fx.Option {
				return []fx.Option{a.manage(newDB), fx.Invoke(func(*db) { a.hook("hook") })}
			}))
	})

	t.Run("makes a barrier of a hook that nothing in a container appends", func(t *testing.T) {
		a := &adapter{}
		a.build(t)
		a.hook("hook")
		require.Equal(t, []string{"hook: a barrier: it is a hook, and no constructor has appended it"}, a.order())
	})
}
