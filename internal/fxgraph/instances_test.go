package fxgraph_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/fx"
)

// stock is an item that is a value.
type stock struct{ name string }

func (s stock) itemName() string { return s.name }

func TestInstancesThatOthersHaveMade(t *testing.T) {
	manage := func(db *db) namer { return db }
	use := func(a *adapter) fx.Option { return fx.Options(needing[namer](), a.manage(apiOf[*db]), needing[*api]()) }

	t.Run("are those of the constructor that made them", func(t *testing.T) {
		require.Equal(t, []string{"queue: at once", "db: after queue", "api: after db"}, orderOf(t, func(a *adapter) []fx.Option {
			return []fx.Option{fx.Provide(func(*queue) *db { return newDB() }), a.manage(newQueue, manage), use(a)}
		}))
	})

	t.Run("are found where they come by another way", func(t *testing.T) {
		type library struct{ db *db }
		require.Equal(t, []string{"db: at once", "api: after db"}, orderOf(t, func(a *adapter) []fx.Option {
			return []fx.Option{
				fx.Provide(func() library { return library{newDB()} }, func(l library) *db { return l.db }),
				a.manage(func(l library) namer { return l.db }), use(a),
			}
		}))
	})

	t.Run("are found in value groups, whose other members they are not", func(t *testing.T) {
		require.Equal(t, []string{"db: at once", "api: after db"}, orderOf(t, func(a *adapter) []fx.Option {
			return []fx.Option{
				fx.Provide(result(`group:"all"`, newDB)), a.manage(param(`group:"all"`, func(all []*db) namer { return all[0] })),
				needing[namer](), a.manage(param(`group:"all"`, apiOf[[]*db])), needing[*api](),
			}
		}))
		// The queue is in a group with a config, by its own constructor. Who needs the config otherwise does not need the queue.
		type both struct {
			fx.Out
			Config any `group:"all"`
			Plain  *config
		}
		require.Equal(t, []string{"queue: at once", "api: at once"}, orderOf(t, func(a *adapter) []fx.Option {
			return []fx.Option{
				a.manage(fx.Annotate(newQueue, fx.As(new(any)), fx.ResultTags(`group:"all"`))),
				fx.Provide(func() both { return both{Config: &config{}, Plain: &config{}} }),
				invoke(func([]any) {}, `group:"all"`), a.manage(apiOf[*config]), needing[*api](),
			}
		}))
	})

	t.Run("are that member of a value group which another key names", func(t *testing.T) {
		type member struct {
			fx.Out
			Group any `group:"all"`
			DB    *db
		}
		type other struct {
			fx.Out
			Group any `group:"all"`
			Queue *queue
		}
		newMember := func() member {
			d := newDB()
			return member{Group: d, DB: d}
		}
		newOther := func(*db) other {
			q := newQueue()
			return other{Group: q, Queue: q}
		}
		require.Equal(t, []string{"db: at once", "queue: after db", "api: after db, queue"}, orderOf(t, func(a *adapter) []fx.Option {
			return []fx.Option{
				fx.Provide(newMember, newOther), register[*db](a), register[*queue](a),
				a.manage(param(`group:"all"`, apiOf[[]any])), needing[*api](),
			}
		}))
	})

	t.Run("are found where a decorator returns them", func(t *testing.T) {
		require.Equal(t, []string{"queue: at once", "db: after queue", "api: after db"}, orderOf(t, func(a *adapter) []fx.Option {
			return []fx.Option{
				fx.Provide(newDB), fx.Decorate(func(*db, *queue) *db { return newDB() }), a.manage(newQueue, manage), use(a),
			}
		}))
	})

	t.Run("are barriers with an older item that needs them", func(t *testing.T) {
		require.Equal(t, []string{
			`api: a barrier: it seems to need "db", which took its place later`,
			`db: a barrier: "api", which took its place before, seems to need it`,
		}, orderOf(t, func(a *adapter) []fx.Option {
			return []fx.Option{fx.Provide(newDB), a.manage(apiOf[*db], manage), needing[*api](), needing[namer]()}
		}))
	})

	t.Run("are barriers if the container does not have them", func(t *testing.T) {
		a := &adapter{}
		a.build(t, fx.Invoke(func() { a.add("db", newDB(), a.calls.Register()) }))
		require.Equal(t, []string{"db: a barrier: its constructor is not in the container"}, a.order())
	})
}

func TestInstancesThatAreEqual(t *testing.T) {
	newStock := func(name string) func() stock { return func() stock { return stock{name} } }

	t.Run("are those of their own constructors", func(t *testing.T) {
		require.Equal(t, []string{"x: at once", "queue: at once", "x: after queue", "api: after x"}, orderOf(t, func(a *adapter) []fx.Option {
			needsQueue := func(*queue) stock { return stock{"x"} }
			return []fx.Option{
				a.manage(newQueue, result(`name:"a"`, newStock("x")), result(`name:"b"`, needsQueue), param(`name:"a"`, apiOf[stock])),
				invoke(func(stock, stock, *api) {}, `name:"a"`, `name:"b"`),
			}
		}))
	})

	t.Run("may each be one that another constructor has made", func(t *testing.T) {
		require.Equal(t, []string{"x: at once", "x: at once", "api: after x, x"}, orderOf(t, func(a *adapter) []fx.Option {
			return []fx.Option{
				a.manage(result(`name:"a"`, newStock("x")), result(`name:"b"`, newStock("x")), apiOf[stock]),
				fx.Provide(newStock("x")), invoke(func(stock, stock, *api) {}, `name:"a"`, `name:"b"`),
			}
		}))
	})

	t.Run("are not those that are different", func(t *testing.T) {
		require.Equal(t, []string{"x: at once", "y: at once", "api: after y"}, orderOf(t, func(a *adapter) []fx.Option {
			return []fx.Option{
				a.manage(result(`name:"a"`, newStock("x")), result(`name:"b"`, newStock("y")), param(`name:"b"`, apiOf[stock])),
				invoke(func(stock, stock, *api) {}, `name:"a"`, `name:"b"`),
			}
		}))
	})
}
