package fxservices_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/fx"
	"go.uber.org/goleak"

	"github.com/go-fxservices/services/fxservices"
	"github.com/go-fxservices/services/runner"
)

// orderOf returns what starts after what in an application of a Concurrent Module
// and opts, which starts and stops.
func orderOf(t *testing.T, opts ...fx.Option) []string {
	t.Helper()
	return orderLogged(t, fx.NopLogger, fx.Options(opts...))
}

// orderLogged is orderOf without a logger.
func orderLogged(t *testing.T, opts ...fx.Option) []string {
	t.Helper()
	var order *fxservices.Order
	app := fx.New(fx.Supply(&journal{}), fx.Options(opts...), module(fxservices.Concurrent()), fx.Populate(&order))
	require.NoError(t, app.Err())
	require.Empty(t, order.Places())
	require.NoError(t, app.Start(t.Context()))
	require.NoError(t, app.Stop(t.Context()))
	return strings.Split(strings.TrimSuffix(order.String(), "\n"), "\n")
}

// Queue is one more Resource.
type Queue struct{ runner.Resource }

func NewQueue(j *journal) *Queue { return &Queue{j.Resource("queue")} }

// apiOf is an API that needs an A, and apiOfBoth a B too.
func apiOf[A any](j *journal, _ A) *API             { return &API{j.Server("api")} }
func apiOfBoth[A, B any](j *journal, _ A, _ B) *API { return &API{j.Server("api")} }

func dbNamed(name string) func(*journal) *DB {
	return func(j *journal) *DB { return &DB{j.Resource(name)} }
}

func annotated(tag string, constructor any) any { return fx.Annotate(constructor, fx.ResultTags(tag)) }

func TestConcurrent(t *testing.T) {
	slow := func(name string) runner.Resource {
		return runner.NewResource(name, takes(time.Second), takes(time.Second))
	}
	four := fxservices.Supply(slow("a"), slow("b"), slow("c"), slow("d"))
	timeOf := func(t *testing.T, opt fxservices.Option) time.Duration {
		t.Helper()
		app := fx.New(module(opt), fx.NopLogger, four)
		began := time.Now()
		require.NoError(t, app.Start(t.Context()))
		require.NoError(t, app.Stop(t.Context()))
		return time.Since(began)
	}

	inBubble(t, "starts and stops independent services at the same time", func(t *testing.T) {
		require.Equal(t, 2*time.Second, timeOf(t, fxservices.Concurrent()))
	})

	inBubble(t, "starts and stops at most n services at the same time", func(t *testing.T) {
		require.Equal(t, 4*time.Second, timeOf(t, fxservices.Concurrent(2)))
		require.Equal(t, 8*time.Second, timeOf(t, fxservices.Concurrent(1)))
	})

	inBubble(t, "is what runner.WithConcurrency means, with the graph", func(t *testing.T) {
		for n, want := range map[int]time.Duration{0: 2 * time.Second, 2: 4 * time.Second} {
			require.Equal(t, want, timeOf(t, fxservices.WithRunner(runner.WithConcurrency(n))))
			var order *fxservices.Order
			j := &journal{}
			app := fx.New(fx.NopLogger, fx.Supply(j), fxservices.Provide(NewDB, NewCache, NewChain), fx.Populate(&order),
				module(fxservices.WithRunner(runner.WithConcurrency(n))))
			require.NoError(t, app.Start(t.Context()))
			require.NoError(t, app.Stop(t.Context()))
			require.Equal(t, "start db, start cache, listen api, close api, stop cache, stop db", j.String())
			require.Equal(t, "db: at once\ncache: after db\napi: after cache\n", order.String())
		}
	})

	inBubble(t, "is not what runner.WithConcurrency(1) means, which may limit it", func(t *testing.T) {
		one := fxservices.WithRunner(runner.WithConcurrency(1))
		require.Equal(t, 8*time.Second, timeOf(t, one))
		var order *fxservices.Order
		app := fx.New(fx.NopLogger, module(one), four, fx.Populate(&order))
		require.NoError(t, app.Start(t.Context()))
		require.NoError(t, app.Stop(t.Context()))
		require.Empty(t, order.Places())
		app = fx.New(fx.NopLogger, module(fxservices.Concurrent(), one), four, fx.Populate(&order))
		began := time.Now()
		require.NoError(t, app.Start(t.Context()))
		require.Equal(t, 4*time.Second, time.Since(began))
		require.NoError(t, app.Stop(t.Context()))
		require.Len(t, order.Places(), 4)
	})

	inBubble(t, "has no limit with a number that is not positive", func(t *testing.T) {
		require.Equal(t, 2*time.Second, timeOf(t, fxservices.Concurrent(0)))
		require.Equal(t, 2*time.Second, timeOf(t, fxservices.Concurrent(-1)))
	})

	t.Run("refuses more than one number", func(t *testing.T) {
		app := fx.New(module(fxservices.Concurrent(1, 2)), fx.NopLogger, four)
		require.EqualError(t, app.Err(), "fxservices.Concurrent: takes at most one number, got 2: [1 2]")
	})

	inBubble(t, "cancels the others when one fails, and stops what has started", func(t *testing.T) {
		j := &journal{}
		app := fx.New(module(fxservices.Concurrent()), fx.NopLogger, fxservices.Supply(
			j.Resource("up"), j.Resource("slow", waits), j.Resource("bad", takes(time.Second), fails(errBoom))))
		err := app.Start(t.Context())
		require.ErrorContains(t, err, `start "bad": boom`)
		require.NotContains(t, err.Error(), "slow")
		synctest.Wait()
		require.Equal(t, 1, strings.Count(j.String(), "stop"), j.String())
		require.Contains(t, j.String(), "stop up")
	})

	inBubble(t, "closes servers along the order, in an application that stops by itself", func(t *testing.T) {
		j := &journal{}
		failing := func() *Admin { return &Admin{j.Server("admin", takes(time.Second), fails(errBoom))} }
		err := fxservices.Run(t.Context(), module(fxservices.Concurrent()), fx.NopLogger, fx.Supply(j),
			fxservices.Provide(NewDB, apiOf[*DB], failing))
		require.ErrorIs(t, err, errBoom)
		require.Equal(t, "close api, stop db", last(j, 2, "close admin"), "admin closes beside these")
	})

	t.Run("starts and stops again", func(t *testing.T) {
		j := &journal{}
		app := fx.New(module(fxservices.Concurrent()), fx.NopLogger, fx.Supply(j), fxservices.Provide(NewDB, NewCache, NewChain))
		for range 2 {
			require.NoError(t, app.Start(t.Context()))
			require.NoError(t, app.Stop(t.Context()))
		}
		const once = "start db, start cache, listen api, close api, stop cache, stop db"
		require.Equal(t, once+", "+once, j.String())
	})

	t.Run("leaves the Order empty where it is off", func(t *testing.T) {
		var order *fxservices.Order
		j := &journal{}
		app := j.build(t, fxservices.Provide(NewAPI), fx.Populate(&order))
		require.NoError(t, app.Start(t.Context()))
		require.NoError(t, app.Stop(t.Context()))
		require.Empty(t, order.Places())
		require.Empty(t, order.String())
	})
}

// last returns the last n lines of j, but for one.
func last(j *journal, n int, but string) string {
	lines := slices.DeleteFunc(strings.Split(j.String(), ", "), func(line string) bool { return line == but })
	return strings.Join(lines[max(len(lines)-n, 0):], ", ")
}

func TestOrderFromTheContainer(t *testing.T) {
	t.Run("has what a constructor takes", func(t *testing.T) {
		require.Equal(t, []string{"queue: at once", "db: at once", "cache: after db", "api: after queue, cache"},
			orderOf(t, fxservices.Provide(NewDB, NewCache, NewQueue, apiOfBoth[*Queue, *Cache])))
	})

	t.Run("has what it needs through plain constructors", func(t *testing.T) {
		require.Equal(t, []string{"db: at once", "api: after db"}, orderOf(t,
			fxservices.Provide(NewDB, apiOfBoth[Endpoint, string]),
			fx.Provide(func(*DB) *Config { return nil }, func(*Config) (Endpoint, string) { return nil, "" })))
	})

	t.Run("has all members of a value group", func(t *testing.T) {
		require.Subset(t, []string{"one: at once", "two: at once", "api: after one, two", "api: after two, one"}, orderOf(t,
			fxservices.Provide(annotated(`group:"all"`, dbNamed("one")), annotated(`group:"all"`, dbNamed("two")),
				fx.Annotate(apiOf[[]*DB], fx.ParamTags("", `group:"all"`)))))
	})

	t.Run("tells named values apart", func(t *testing.T) {
		require.Equal(t, []string{"one: at once", "two: at once", "api: after two"}, orderOf(t,
			fxservices.Provide(annotated(`name:"one"`, dbNamed("one")), annotated(`name:"two"`, dbNamed("two")),
				fx.Annotate(apiOf[*DB], fx.ParamTags("", `name:"two"`))),
			invoke(func(*DB) {}, `name:"one"`)))
	})

	t.Run("has what is behind an interface, in a module, private, and optional", func(t *testing.T) {
		type optional struct {
			fx.In
			DB *DB `optional:"true"`
		}
		require.Equal(t, []string{"db: at once", "cache: after db", "api: after cache"}, orderOf(t,
			fx.Module("stores",
				fxservices.Provide(NewDB, fx.Private),
				fxservices.Provide(fx.Annotate(
					func(j *journal, _ optional) *Cache { return &Cache{j.Resource("cache")} }, fx.As(new(Named))))),
			fxservices.Provide(apiOf[Named])))
	})

	t.Run("has the services that a constructor makes together, in their order", func(t *testing.T) {
		both := func(j *journal) (*DB, *Queue) { return NewDB(j), NewQueue(j) }
		require.Equal(t, []string{"db: at once", "queue: after db", "api: after db, queue"}, orderOf(t,
			fxservices.Provide(both, apiOf[*Queue])))
	})

	t.Run("passes by what is nil, and what is not managed", func(t *testing.T) {
		none := func(*DB) *Queue { return nil }
		require.Equal(t, []string{"db: at once", "api: after db"}, orderOf(t, fxservices.Provide(NewDB, none, apiOf[*Queue])))
	})

	t.Run("has what is supplied and what is registered", func(t *testing.T) {
		j := &journal{}
		require.ElementsMatch(t, []string{"queue: at once", "db: at once", "extra: at once", "api: after queue, db"}, orderOf(t,
			fxservices.Supply(&DB{j.Resource("db")}, j.Resource("extra")),
			fx.Provide(NewQueue), fx.Invoke(fxservices.Register[*Queue]),
			fxservices.Provide(apiOfBoth[*DB, *Queue])))
	})

	t.Run("keeps apart constructors that are alike", func(t *testing.T) {
		var opts []any
		for i := range 3 {
			opts = append(opts, annotated(fmt.Sprintf(`name:"%d"`, i), dbNamed(fmt.Sprint(i))))
		}
		require.Equal(t, []string{"0: at once", "1: at once", "2: at once", "api: after 2"}, orderOf(t,
			fxservices.Provide(append(opts, fx.Annotate(apiOf[*DB], fx.ParamTags("", `name:"2"`)))...),
			invoke(func(_, _ *DB) {}, `name:"0"`, `name:"1"`)))
	})

	t.Run("has the private service of its own module, and not that of another one", func(t *testing.T) {
		own := func(name string) fx.Option {
			api := func(j *journal, _ *DB) Endpoint { return &API{j.Server("api of " + name)} }
			return fx.Module(name, fxservices.Provide(dbNamed("db of "+name), fx.Private),
				fxservices.Provide(annotated(`name:"`+name+`"`, func(j *journal, db *DB) *API { return api(j, db).(*API) })))
		}
		require.Equal(t, []string{"db of a: at once", "api of a: after db of a", "db of b: at once", "api of b: after db of b"},
			orderOf(t, own("a"), own("b"), invoke(func(_, _ *API) {}, `name:"a"`, `name:"b"`)))
	})

	t.Run("has the dependencies that After adds", func(t *testing.T) {
		opts := []fx.Option{fxservices.Provide(NewQueue), fxservices.Provide(NewAPI, fxservices.After[*Queue]())}
		require.Equal(t, []string{"queue: at once", "api: after queue"}, orderOf(t, opts...))
		require.Equal(t, "start queue, listen api, close api, stop queue", live(t, opts...), "without Concurrent too")
	})

	t.Run("refuses After of what nobody provides, and in a circle", func(t *testing.T) {
		err := refusal(t, fxservices.Provide(NewAPI, fxservices.After[*Queue]()))
		require.ErrorContains(t, err, "missing type: *fxservices_test.Queue")
		require.ErrorContains(t, err, location(NewAPI))
		err = refusal(t, fxservices.Provide(NewDB, fxservices.After[*Cache]()), fxservices.Provide(NewCache, NewChain))
		require.ErrorContains(t, err, "cycle detected")
	})
}

func TestConcurrentLeavesNothing(t *testing.T) {
	defer goleak.VerifyNone(t)
	var ctx context.Context
	app := fx.New(module(fxservices.Concurrent()), fx.NopLogger, fxservices.Supply(runner.NewResource("db",
		func(c context.Context) error { ctx = c; return nil }, nil)))
	require.NoError(t, app.Start(t.Context()))
	require.NoError(t, app.Stop(t.Context()))
	require.Error(t, ctx.Err(), "the context of a start ends with it")
}
