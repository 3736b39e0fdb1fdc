package fxgraph_test

import (
	"errors"
	"fmt"
	"reflect"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/dig"
	"go.uber.org/fx"

	"github.com/go-fxservices/services/internal/constructor"
	"github.com/go-fxservices/services/internal/fxgraph"
	"github.com/go-fxservices/services/internal/inside"
)

// hooked is a plain constructor that appends a hook, named after what it takes.
func hooked[T namer](a *adapter, need T) *config {
	a.hook("hook of " + need.itemName())
	return nil
}

func hookedDB(a *adapter, d *db) *config { return hooked(a, d) }

// maker has constructors that are methods.
type maker struct{ *embedded }

type embedded struct{}

func (*embedded) makeConfig(a *adapter, d *db) *config { return hooked(a, d) }

type configMaker interface {
	makeConfig(a *adapter, d *db) *config
}

func TestHooksOfEveryConstructor(t *testing.T) {
	made := reflect.MakeFunc(reflect.TypeOf(hookedDB), func(args []reflect.Value) []reflect.Value {
		return reflect.ValueOf(hookedDB).Call(args)
	}).Interface()
	for name, construct := range map[string]any{
		"that is plain":                        hookedDB,
		"that is generic":                      hooked[*db],
		"that is a closure":                    func(a *adapter, d *db) *config { return hooked(a, d) },
		"that is a method":                     (&embedded{}).makeConfig,
		"that is a method of an embedded type": maker{}.makeConfig,
		"that is a method of an interface":     configMaker(maker{}).makeConfig,
		"that is made at run time":             made,
		"that is annotated":                    fx.Annotate(hookedDB, fx.ParamTags("", "")),
		"that is annotated twice":              fx.Annotate(hookedDB, fx.ParamTags("", ""), fx.As(fx.Self())),
		"that is an annotated method":          fx.Annotate(configMaker(maker{}).makeConfig, fx.ParamTags("", "")),
		"that is an annotated closure":         fx.Annotate(func(a *adapter, d *db) *config { return hooked(a, d) }, fx.ParamTags("", "")),
	} {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, []string{"queue: at once", "db: at once", "hook of db: after db", "api: after queue, hook of db"},
				orderOf(t, func(a *adapter) []fx.Option {
					return []fx.Option{a.manage(newDB, newQueue, apiOfBoth[*queue, *config]), fx.Provide(construct), needing[*api]()}
				}))
		})
	}
}

func TestHooksOfAnnotations(t *testing.T) {
	decorated := fx.Decorate(func(original fx.Lifecycle, a *adapter) fx.Lifecycle { return lifecycle{original, a} })
	start, stop := fx.OnStart(func() {}), fx.OnStop(func() {})
	newConfig := func(*db) *config { return nil }

	t.Run("belong to the constructor with the annotation", func(t *testing.T) {
		require.Equal(t, []string{"queue: at once", "db: at once", "hook: after db", "hook: after db, hook", "api: after queue, hook, hook"},
			orderOf(t, func(a *adapter) []fx.Option {
				return []fx.Option{
					a.manage(newDB, newQueue, apiOfBoth[*queue, *config]), fx.Provide(fx.Annotate(newConfig, start, stop)),
					decorated, needing[*api](),
				}
			}))
	})

	t.Run("do not wait for those of another constructor", func(t *testing.T) {
		require.Equal(t, []string{"db: at once", "hook: after db", "queue: at once", "hook: after queue"}, orderOf(t, func(a *adapter) []fx.Option {
			return []fx.Option{
				a.manage(newDB, newQueue),
				fx.Provide(fx.Annotate(newConfig, start), fx.Annotate(func(*queue) string { return "" }, start)),
				decorated, needing[*config](), needing[string](),
			}
		}))
	})

	t.Run("belong to the constructor that the adapter has wrapped", func(t *testing.T) {
		require.Equal(t, []string{"hook: at once", "db: after hook"}, orderOf(t, func(a *adapter) []fx.Option {
			return []fx.Option{a.manage(fx.Annotate(newDB, start)), decorated, needing[*db]()}
		}))
	})

	t.Run("belong to nobody where somebody else has wrapped the constructor", func(t *testing.T) {
		c, err := constructor.Parse(fx.Annotate(newConfig, start))
		require.NoError(t, err)
		wrapped := c.Wrap(nil, func(call *constructor.Call) error { call.Do(); return nil })
		require.Equal(t, []string{"db: at once", "hook: a barrier: it is a hook, and no constructor has appended it"},
			orderOf(t, func(a *adapter) []fx.Option {
				return []fx.Option{
					a.manage(newDB), fx.Provide(constructor.Located(wrapped, c.PC()), fx.Annotate(newQueue, start)), decorated, needing[*config](),
				}
			}))
	})
}

func TestHooksOfTwins(t *testing.T) {
	// tenant needs a plain config that is private to a module.
	tenant := func(a *adapter, name string, construct any) fx.Option {
		return fx.Module(name, a.manage(dbNamed("db of "+name), fx.Private), fx.Provide(construct, fx.Private),
			a.manage(result(`name:"`+name+`"`, apiOf[*config])))
	}
	both := invoke(func(_, _ *api) {}, `name:"a"`, `name:"b"`)

	t.Run("belong to the one that was called", func(t *testing.T) {
		for name, construct := range map[string]any{"plain": hookedDB, "annotated": fx.Annotate(hookedDB, fx.ParamTags(""))} {
			require.Equal(t, []string{
				"db of a: at once", "hook of db of a: after db of a", "api: after hook of db of a",
				"db of b: at once", "hook of db of b: after db of b", "api: after hook of db of b",
			}, orderOf(t, func(a *adapter) []fx.Option {
				return []fx.Option{tenant(a, "a", construct), tenant(a, "b", construct), both}
			}), name)
		}
	})

	t.Run("may belong to each of those that were called in between", func(t *testing.T) {
		silent := func(a *adapter, d *db) *config {
			if d.name == "x" {
				a.hook("hook")
			}
			return &config{}
		}
		order := orderOf(t, func(a *adapter) []fx.Option {
			tagged := func(tag string) any { return fx.Annotate(silent, fx.ParamTags("", tag), fx.ResultTags(tag)) }
			return []fx.Option{
				a.manage(result(`name:"x"`, dbNamed("x")), result(`name:"y"`, dbNamed("y"))),
				fx.Provide(tagged(`name:"x"`), tagged(`name:"y"`)),
				invoke(func(_, _ *db) {}, `name:"x"`, `name:"y"`),
				invoke(func(_, _ *config) {}, `name:"x"`, `name:"y"`),
				a.manage(param(`name:"y"`, apiOf[*config])), needing[*api](),
			}
		})
		require.Equal(t, []string{"x: at once", "y: at once", "hook: after x, y", "api: after hook"}, order)
	})

	t.Run("do not belong to a decorator that looks the same", func(t *testing.T) {
		order := orderOf(t, func(a *adapter) []fx.Option {
			return []fx.Option{
				a.manage(newDB, newQueue), fx.Supply("text"),
				fx.Decorate(fx.Annotate(func(text string, _ *queue) string { return text }, fx.ParamTags(""))),
				needing[string](), fx.Provide(fx.Annotate(hookedDB, fx.ParamTags(""))), needing[*config](),
			}
		})
		require.Equal(t, []string{"queue: at once", "db: at once", "hook of db: after db"}, order)
	})

	t.Run("do not belong to an Invoke of the same function", func(t *testing.T) {
		order := orderOf(t, func(a *adapter) []fx.Option {
			return []fx.Option{
				a.manage(newDB, result(`name:"x"`, dbNamed("x"))), fx.Provide(hookedDB), invoke(hookedDB, "", `name:"x"`), needing[*config](),
			}
		})
		require.Equal(t, []string{
			"x: at once", "hook of x: a barrier: it is a hook, and no constructor has appended it", "db: at once", "hook of db: after db",
		}, order)
	})
}

func TestManyTwins(t *testing.T) {
	t.Run("are told apart by what they take and provide", func(t *testing.T) {
		a := &adapter{}
		var opts []fx.Option
		for range 100 {
			opts = append(opts, a.manage(result(`group:"all"`, newDB)))
		}
		a.build(t, append(opts, a.manage(newCache, result(`name:"x"`, newDB)), invoke(func(*db) {}, `name:"x"`), a.manage(newQueue),
			invoke(func([]*db) {}, `group:"all"`), a.manage(param(`name:"x"`, apiOf[*db])), needing[*api]())...)
		order := a.order()
		require.Equal(t, "api: after db", order[len(order)-1])
		require.Equal(t, []int{0}, a.places()[len(order)-1].After)
	})

	t.Run("may need everything that the others need, if these are all that they have in common", func(t *testing.T) {
		a := &adapter{}
		sometimes := func(d *db) *queue {
			if d.name == "0" {
				return newQueue()
			}
			return nil
		}
		opts := []fx.Option{}
		for i := range 100 {
			opts = append(opts, fx.Module(fmt.Sprint(i), a.manage(dbNamed(fmt.Sprint(i)), fx.Private), a.manage(sometimes, fx.Private), needing[*queue]()))
		}
		a.build(t, append(opts, fx.Module("last", a.manage(dbNamed("last"), fx.Private), a.manage(sometimes, fx.Private),
			a.manage(apiOf[*queue]), needing[*api]()))...)
		order, places := a.order(), a.places()
		require.Equal(t, []string{"0: at once", "queue: after 0"}, order[:2])
		require.Equal(t, "last: at once", order[101])
		require.Contains(t, places[102].After, 101, "only one of the twins has made the queue, and the api has another one")
	})
}

func TestCallsThatOverlap(t *testing.T) {
	t.Run("may be any of those that look the same", func(t *testing.T) {
		// One of two twins uses the container itself: for the other one, and for more.
		a, c := &adapter{}, dig.New()
		a.calls.Follow(func() (*inside.Container, error) { return inside.OfDig(c) })
		provide := func(to interface {
			Provide(any, ...dig.ProvideOption) error
		}, construct any) {
			f, err := constructor.Parse(construct)
			require.NoError(t, err)
			var wrapped any
			wrapped = f.Wrap(nil, func(call *constructor.Call) error {
				var values []constructor.Value
				origin := a.calls.Wrapped(f.PC(), reflect.TypeOf(wrapped), func() { values, _ = call.Do() })
				a.add(values[0].Interface().(namer).itemName(), values[0].Interface(), origin)
				return nil
			})
			require.NoError(t, to.Provide(wrapped, dig.LocationForPC(f.PC())))
		}
		nested := func() {}
		twin := func(*db) *cache {
			nested()
			return newCache(nil)
		}
		outer, inner := c.Scope("outer"), c.Scope("inner")
		provide(c, newQueue)
		provide(outer, dbNamed("outer"))
		provide(inner, dbNamed("inner"))
		provide(outer, twin)
		provide(inner, twin)
		nested = func() {
			nested = func() {}
			require.NoError(t, inner.Invoke(func(*cache, *queue) {}))
		}
		require.NoError(t, outer.Invoke(func(*cache) {}))
		require.Equal(t, []string{
			"outer: at once", "inner: at once", "cache: after inner", "queue: at once", "cache: after outer, inner",
		}, a.order())
	})
}

func TestContainerThatCannotBeRead(t *testing.T) {
	const why = ": a barrier: this version of dig cannot be read"
	a := &adapter{}
	a.calls.Follow(func() (*inside.Container, error) { return nil, errors.New("this version of dig cannot be read") })
	app := fx.New(fx.NopLogger, fx.Supply(a, &marker{}), a.manage(newDB, apiOf[*config]), fx.Provide(hookedDB), needing[*api]())
	require.NoError(t, app.Err())
	require.Equal(t, []string{"db" + why, "hook of db" + why, "api" + why}, a.order())
}

func TestCallsThatNobodyFollows(t *testing.T) {
	t.Run("make barriers of all items", func(t *testing.T) {
		a := &adapter{}
		a.add("db", nil, fxgraph.Independent{})
		require.Equal(t, []string{"db: a barrier: nothing tells which container the application has"}, a.order())
	})

	t.Run("are those of an adapter that is not interested", func(t *testing.T) {
		var none *fxgraph.Calls
		called := false
		none.Follow(nil)
		require.Nil(t, none.Wrapped(0, nil, func() { called = true }))
		require.True(t, called)
		require.Nil(t, none.Append())
		require.Nil(t, none.Register())
		require.Nil(t, none.Supply(nil, 0))
	})
}
