package fxservices_test

import (
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/fx"
	"go.uber.org/fx/fxevent"

	"github.com/go-fxservices/services/fxservices"
)

// newStore is a plain constructor with hooks.
func newStore(lc fx.Lifecycle, _ *DB) *Config {
	lc.Append(fx.StartHook(hookOne))
	lc.Append(fx.StopHook(hookTwo))
	return &Config{}
}

func newCacheWithHook(lc fx.Lifecycle, j *journal) *Cache {
	lc.Append(fx.StartHook(hookOne))
	return &Cache{j.Resource("cache")}
}

func hookOne() {}
func hookTwo() {}

const (
	one = "hook github.com/go-fxservices/services/fxservices_test.hookOne()"
	two = "hook github.com/go-fxservices/services/fxservices_test.hookTwo()"
)

func TestHooksInOrder(t *testing.T) {
	t.Run("are nodes of their own where a constructor appended them", func(t *testing.T) {
		require.Equal(t, []string{
			"queue: at once",
			"db: at once",
			one + ": after db",
			two + ": after db, " + one,
			"api: after queue, " + one + ", " + two,
		}, orderOf(t, fxservices.Provide(NewDB, NewQueue, apiOfBoth[*Queue, *Config]), fx.Provide(newStore)))
	})

	t.Run("come before the service of their constructor", func(t *testing.T) {
		require.Equal(t, []string{one + ": at once", "cache: after " + one, "api: after " + one + ", cache"},
			orderOf(t, fxservices.Provide(newCacheWithHook, apiOf[*Cache])))
	})

	t.Run("are barriers where no constructor appended them", func(t *testing.T) {
		const why = ": a barrier: it is a hook, and no constructor has appended it"
		hook := func(lc fx.Lifecycle) { lc.Append(fx.StartHook(hookOne)) }
		helper := func(lc fx.Lifecycle, j *journal) *Cache { return newCacheWithHook(lc, j) }
		require.Equal(t, []string{one + why, "db: at once"}, orderOf(t, fx.Invoke(hook), fxservices.Provide(NewDB), needing[*DB]()))
		require.Equal(t, []string{"api: at once", one + why}, orderOf(t, fxservices.Provide(NewAPI), fx.Invoke(func(*API) {}), fx.Invoke(hook)))
		require.Equal(t, one+why, orderOf(t, fx.Invoke(func(lc fx.Lifecycle, j *journal) { helper(lc, j) }))[0])
		require.Contains(t, orderOf(t, fxservices.Provide(apiOf[*Config]),
			fx.Provide(fx.Annotate(func() *Config { return &Config{} }, fx.OnStart(hookOne))))[0], why, "the annotation does not say whose it is")
	})
}

// queueWith is a decorator that needs a T.
func queueWith[T any](q *Queue, _ T) *Queue { return q }

func TestDecoratedTypes(t *testing.T) {
	t.Run("are waited for with all that the decorator may have needed", func(t *testing.T) {
		order := orderOf(t, fxservices.Provide(NewQueue, NewDB, NewCache, apiOf[*Queue], NewAdmin),
			fx.Decorate(queueWith[*Cache]))
		require.Contains(t, order, `cache: a barrier: *fxservices_test.Queue, which "api" needs, was decorated after it`)
		require.Contains(t, order, "api: after queue")
	})

	t.Run("are waited for through plain constructors, names and groups", func(t *testing.T) {
		decorate := func(tag string, decorator any) fx.Option {
			return fx.Decorate(fx.Annotate(decorator, fx.ParamTags(tag), fx.ResultTags(tag)))
		}
		plain := orderOf(t, fxservices.Provide(NewDB, apiOf[*Config]), fx.Provide(func(string) *Config { return nil }),
			fx.Supply("text"), fx.Decorate(func(text string, _ *DB) string { return text }))
		require.Equal(t, `db: a barrier: string, which "api" needs, was decorated after it`, plain[0])
		named := orderOf(t, fxservices.Provide(NewDB, fx.Annotate(apiOf[string], fx.ParamTags("", `name:"x\"y"`))),
			fx.Supply(fx.Annotate("text", fx.ResultTags(`name:"x\"y"`))),
			decorate(`name:"x\"y"`, func(text string, _ *DB) string { return text }))
		require.Equal(t, `db: a barrier: string[name=x"y], which "api" needs, was decorated after it`, named[0])
		grouped := orderOf(t, fxservices.Provide(NewDB, fx.Annotate(apiOf[[]string], fx.ParamTags("", `group:"g"`))),
			fx.Supply(fx.Annotate("text", fx.ResultTags(`group:"g"`))),
			decorate(`group:"g"`, func(texts []string, _ *DB) []string { return texts }))
		require.Equal(t, `db: a barrier: [type=string group=g], which "api" needs, was decorated after it`, grouped[0])
	})

	t.Run("are no barrier where nothing was constructed before", func(t *testing.T) {
		require.Equal(t, []string{"db: at once", "api: after db"}, orderOf(t, fxservices.Provide(NewDB, apiOfBoth[*Config, *DB]),
			fx.Supply(&Config{}), fx.Decorate(func(c *Config, _ *journal) *Config { return c })))
	})

	t.Run("are no barrier where they are replaced, or nobody needs them", func(t *testing.T) {
		require.Equal(t, []string{"db: at once", "api: after db"}, orderOf(t, fxservices.Provide(NewDB, apiOfBoth[*DB, *Config]),
			fx.Provide(func(*DB) *Config { return nil }), fx.Replace(&Config{}),
			fx.Supply("text"), fx.Decorate(func(text string, _ *DB) string { return text })))
	})

	t.Run("make barriers of what is registered by hand", func(t *testing.T) {
		order := orderOf(t, fx.Provide(NewQueue), fx.Supply("text"),
			fx.Decorate(func(text string, _ *Queue) string { return text }), fx.Invoke(func(string) {}),
			fx.Invoke(fxservices.Register[*Queue]), fxservices.Provide(apiOf[string]), fx.Invoke(func(*API) {}))
		require.Equal(t, []string{
			`queue: a barrier: it was registered before "api", which needs string, which is decorated`, "api: at once",
		}, order)
	})

	t.Run("make barriers of what was constructed before the logger", func(t *testing.T) {
		newLogger := func(*API) fxevent.Logger { return fxevent.NopLogger }
		order := orderLogged(t, fx.WithLogger(newLogger), fxservices.Provide(NewDB, apiOf[string]), fx.Supply("text"),
			fx.Decorate(func(text string, _ *DB) string { return text }))
		require.Equal(t, []string{
			"db: at once", "api: a barrier: string is decorated, and the logger of fx was constructed after it",
		}, order)
	})

	t.Run("make a barrier of everything where they cannot be seen", func(t *testing.T) {
		const why = ": a barrier: decorators cannot be seen without fx.WithLogger"
		quiet := fx.Options() // fx writes to stderr
		require.Equal(t, []string{"db" + why, "api" + why}, orderLogged(t, quiet, fxservices.Provide(NewDB, apiOf[*DB])))
		inner := fx.Module("inner", fx.WithLogger(func() fxevent.Logger { return &fxevent.ConsoleLogger{W: io.Discard} }))
		require.Equal(t, []string{"api" + why}, orderLogged(t, inner, fxservices.Provide(NewAPI)))
	})

	t.Run("leave the logger of the application as it is", func(t *testing.T) {
		var events []fxevent.Event
		logger := eventLog{&events}
		orderLogged(t, fx.WithLogger(func() fxevent.Logger { return logger }), fxservices.Provide(NewAPI))
		require.IsType(t, &fxevent.Provided{}, events[0])
		require.IsType(t, &fxevent.Stopped{}, events[len(events)-1])
	})
}

type eventLog struct{ events *[]fxevent.Event }

func (l eventLog) LogEvent(e fxevent.Event) { *l.events = append(*l.events, e) }

func TestUncertainOrder(t *testing.T) {
	t.Run("is that of the places where a service is registered after what needs it", func(t *testing.T) {
		require.Equal(t, []string{
			`api: a barrier: it seems to need "queue", which took its place later`,
			`queue: a barrier: "api", which took its place before, seems to need it`,
		}, orderOf(t, fx.Provide(NewQueue), fxservices.Provide(apiOf[*Queue]),
			fx.Invoke(func(*API) {}), fx.Invoke(fxservices.Register[*Queue])))
	})

	t.Run("is that of construction where a group is soft", func(t *testing.T) {
		type soft struct {
			fx.In
			All []*DB `group:"all,soft"`
		}
		require.Equal(t, []string{
			`api: a barrier: it seems to need "db", which took its place later`,
			`db: a barrier: "api", which took its place before, seems to need it`,
		}, orderOf(t, fxservices.Provide(apiOf[soft], annotated(`group:"all"`, NewDB)),
			fx.Invoke(func(*API) {}), invoke(func([]*DB) {}, `group:"all"`)))
	})
}

func TestGraphThatIsNotUnderstood(t *testing.T) {
	// edited returns the order of an API that needs a Config, which needs a text, in
	// an application whose graph shows something else.
	edited := func(t *testing.T, old, new string) []string {
		t.Helper()
		return orderOf(t, fxservices.Provide(NewDB, apiOf[*Config]), fx.Supply("text"),
			fx.Provide(func(string, *DB) *Config { return nil }),
			fx.Decorate(func(graph fx.DotGraph) fx.DotGraph {
				require.Contains(t, graph, old)
				return fx.DotGraph(strings.ReplaceAll(string(graph), old, new))
			}))
	}

	t.Run("makes barriers of all where a line is unknown", func(t *testing.T) {
		order := edited(t, "rankdir=RL;", "rankdir=LR;")
		require.Equal(t, []string{
			`db: a barrier: dependency graph, line 2: unknown: "rankdir=LR;"`,
			`api: a barrier: dependency graph, line 2: unknown: "rankdir=LR;"`,
		}, order)
	})

	t.Run("makes a barrier of what needs something that nothing gives", func(t *testing.T) {
		require.Equal(t, []string{
			"db: at once", "api: a barrier: it needs *fxservices_test.Config, which is not in the dependency graph",
		}, edited(t, `"*fxservices_test.Config" [label`, `"*fxservices_test.Other" [label`))
		require.Equal(t, []string{
			"db: at once", "api: a barrier: it needs string, which is not in the dependency graph",
		}, edited(t, `"string" [label`, `"*fxservices_test.Other" [label`))
	})

	t.Run("makes a barrier of a service that is not in it", func(t *testing.T) {
		require.Equal(t, []string{"db: at once", "api: a barrier: its constructor is not in the dependency graph"},
			edited(t, `"*fxservices_test.API" [label`, `"*fxservices_test.Other" [label`))
	})

	t.Run("makes a barrier of what needs itself", func(t *testing.T) {
		require.Equal(t, []string{"db: at once", "api: a barrier: it depends on a cycle in the dependency graph"},
			edited(t, `-> "string"`, `-> "*fxservices_test.Config"`))
	})
}
