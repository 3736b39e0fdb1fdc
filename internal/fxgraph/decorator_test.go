package fxgraph_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/fx"
)

// decorate decorates a value with a tag by a function that needs a db.
func decorate[T any](tag string) fx.Option {
	return fx.Decorate(fx.Annotate(func(value T, _ *db) T { return value }, fx.ParamTags(tag), fx.ResultTags(tag)))
}

func TestDecorators(t *testing.T) {
	t.Run("need values, which those that take the decorated one need too", func(t *testing.T) {
		require.Equal(t, []string{"queue: at once", "db: at once", "api: after queue, db"}, orderOf(t, func(a *adapter) []fx.Option {
			return []fx.Option{a.manage(newDB, newQueue, apiOf[*queue]), decorate[*queue](""), needing[*api]()}
		}))
	})

	t.Run("count through plain constructors", func(t *testing.T) {
		require.Equal(t, []string{"db: at once", "api: after db"}, orderOf(t, func(a *adapter) []fx.Option {
			return []fx.Option{
				a.manage(newDB, apiOf[*config]), fx.Provide(func(string) *config { return nil }),
				fx.Supply("text"), decorate[string](""), needing[*api](),
			}
		}))
	})

	t.Run("count for names and for value groups", func(t *testing.T) {
		for tag, take := range map[string]any{`name:"x\"y"`: apiOf[string], `group:"g"`: apiOf[[]string]} {
			decorator := decorate[string](tag)
			if tag == `group:"g"` {
				decorator = decorate[[]string](tag)
			}
			require.Equal(t, []string{"db: at once", "api: after db"}, orderOf(t, func(a *adapter) []fx.Option {
				return []fx.Option{
					a.manage(newDB, param(tag, take)), fx.Supply(fx.Annotate("text", fx.ResultTags(tag))), decorator, needing[*api](),
				}
			}), tag)
		}
	})

	t.Run("count one after the other, in a module and around it", func(t *testing.T) {
		inner := fx.Decorate(func(text string, _ *queue) string { return text })
		require.Equal(t, []string{"queue: at once", "db: at once", "api: after queue, db"}, orderOf(t, func(a *adapter) []fx.Option {
			return []fx.Option{
				a.manage(newDB, newQueue), fx.Supply("text"), decorate[string](""),
				fx.Module("inner", inner, a.manage(apiOf[string]), needing[*queue](), needing[*api]()),
			}
		}))
	})

	t.Run("count for the module that they are in", func(t *testing.T) {
		require.Equal(t, []string{"db: at once", "api: at once"}, orderOf(t, func(a *adapter) []fx.Option {
			return []fx.Option{
				a.manage(newDB, apiOf[string]), fx.Supply("text"),
				fx.Module("inner", decorate[string](""), needing[string]()), needing[*api](),
			}
		}))
	})

	t.Run("count where they decorate what one of their own needs takes", func(t *testing.T) {
		takesText := func(string) *cache { return newCache(nil) }
		require.Equal(t, []string{"cache: at once", "api: after cache"}, orderOf(t, func(a *adapter) []fx.Option {
			return []fx.Option{
				a.manage(takesText, apiOf[string]), fx.Supply("text"),
				fx.Decorate(func(text string, _ *cache) string { return text }), needing[*api](),
			}
		}))
	})

	t.Run("append hooks, which those that take the decorated value wait for", func(t *testing.T) {
		decorator := func(text string, a *adapter, _ *db) string {
			a.hook("hook")
			return text
		}
		for name, decorator := range map[string]any{"plain": decorator, "annotated": fx.Annotate(decorator, fx.ParamTags(""))} {
			require.Equal(t, []string{"db: at once", "hook: after db", "api: after hook"}, orderOf(t, func(a *adapter) []fx.Option {
				return []fx.Option{a.manage(newDB, apiOf[string]), fx.Supply("text"), fx.Decorate(decorator), needing[*api]()}
			}), name)
		}
	})
}
