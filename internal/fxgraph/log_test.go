package fxgraph_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/fx"
	"go.uber.org/fx/fxevent"

	"github.com/go-fxservices/services/internal/fxgraph"
)

// decorate decorates a value with a tag by a function that needs a db.
func decorate[T any](tag string) fx.Option {
	return fx.Decorate(fx.Annotate(func(value T, _ *db) T { return value }, fx.ParamTags(tag), fx.ResultTags(tag)))
}

func TestDecorators(t *testing.T) {
	const why = `, which "api" needs, was decorated after it`

	t.Run("make a barrier of the newest item that they may need", func(t *testing.T) {
		require.Equal(t, []string{"queue: at once", "db: a barrier: *fxgraph_test.queue" + why, "api: after queue"},
			orderOf(t, func(a *adapter) []fx.Option {
				return []fx.Option{a.manage(newDB, newQueue, apiOf[*queue]), decorate[*queue](""), needing[*api]()}
			}))
	})

	t.Run("count through plain constructors", func(t *testing.T) {
		require.Equal(t, []string{"db: a barrier: string" + why, "api: at once"}, orderOf(t, func(a *adapter) []fx.Option {
			return []fx.Option{
				a.manage(newDB, apiOf[*config]), fx.Provide(func(string) *config { return nil }),
				fx.Supply("text"), decorate[string](""), needing[*api](),
			}
		}))
	})

	t.Run("count for named values", func(t *testing.T) {
		const tag = `name:"x\"y"`
		require.Equal(t, []string{`db: a barrier: string[name=x"y]` + why, "api: at once"}, orderOf(t, func(a *adapter) []fx.Option {
			return []fx.Option{
				a.manage(newDB, param(tag, apiOf[string])),
				fx.Supply(fx.Annotate("text", fx.ResultTags(tag))), decorate[string](tag), needing[*api](),
			}
		}))
	})

	t.Run("count for value groups", func(t *testing.T) {
		const tag = `group:"g"`
		require.Equal(t, []string{"db: a barrier: [type=string group=g]" + why, "api: at once"}, orderOf(t, func(a *adapter) []fx.Option {
			return []fx.Option{
				a.manage(newDB, param(tag, apiOf[[]string])),
				fx.Supply(fx.Annotate("text", fx.ResultTags(tag))), decorate[[]string](tag), needing[*api](),
			}
		}))
	})

	t.Run("make no barrier if they run before all items, or not at all", func(t *testing.T) {
		require.Equal(t, []string{"db: at once", "api: after db"}, orderOf(t, func(a *adapter) []fx.Option {
			return []fx.Option{
				a.manage(newDB, apiOfBoth[*config, *db]), needing[*api](),
				fx.Supply(&config{}), fx.Decorate(func(c *config) *config { return c }),
				fx.Supply("text"), decorate[string](""),
			}
		}))
	})

	t.Run("make barriers of items that were registered before", func(t *testing.T) {
		require.Equal(t, []string{
			`queue: a barrier: it was registered before "api", which needs string, which is decorated`, "api: at once",
		}, orderOf(t, func(a *adapter) []fx.Option {
			return []fx.Option{
				fx.Provide(newQueue), fx.Supply("text"), fx.Decorate(func(text string, _ *queue) string { return text }),
				needing[string](), register[*queue](a), a.manage(apiOf[string]), needing[*api](),
			}
		}))
	})

	t.Run("make barriers of items that are older than the logger", func(t *testing.T) {
		a := &adapter{}
		a.buildLogged(t, fx.WithLogger(func(*api) fxevent.Logger { return fxevent.NopLogger }),
			a.manage(newDB, apiOf[string]), fx.Supply("text"), decorate[string](""))
		require.Equal(t, []string{
			"db: at once", "api: a barrier: string is decorated, and the logger of fx was constructed after it",
		}, a.order())
	})
}

func TestDecoratorsThatCannotBeSeen(t *testing.T) {
	const why = ": a barrier: decorators cannot be seen without fx.WithLogger"
	both := func(a *adapter) fx.Option { return fx.Options(a.manage(newDB, apiOf[*db]), needing[*api]()) }

	t.Run("make barriers of all items without a logger", func(t *testing.T) {
		a := &adapter{}
		a.buildLogged(t, both(a))
		require.Nil(t, a.log)
		require.Equal(t, []string{"db" + why, "api" + why}, a.order())
	})

	t.Run("make barriers of all items with the logger of a module", func(t *testing.T) {
		a := &adapter{}
		a.buildLogged(t, both(a), fx.Module("inner", fx.NopLogger, fx.Supply("text"), decorate[string](""), needing[string]()))
		require.NotNil(t, a.log, "it hears of the module only")
		require.Equal(t, []string{"db" + why, "api" + why}, a.order())
	})
}

type recorder struct{ events []fxevent.Event }

func (r *recorder) LogEvent(e fxevent.Event) { r.events = append(r.events, e) }

func TestLog(t *testing.T) {
	t.Run("passes all events on", func(t *testing.T) {
		var next recorder
		log := fxgraph.NewLog(&next, func() int { return 0 })
		events := []fxevent.Event{
			&fxevent.Provided{ConstructorName: "newDB()"},
			&fxevent.Decorated{DecoratorName: "decorate()", OutputTypeNames: []string{"string"}},
			&fxevent.Run{Name: "decorate()", Kind: "decorate"},
			&fxevent.Run{Name: "newDB()", Kind: "provide"},
			&fxevent.Stopped{},
		}
		for _, e := range events {
			log.LogEvent(e)
		}
		require.Equal(t, events, next.events)
	})
}
