package fxgraph_test

import (
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/fx"

	"github.com/go-fxservices/services/internal/constructor"
	"github.com/go-fxservices/services/internal/fxgraph"
	"github.com/go-fxservices/services/internal/identity"
	"github.com/go-fxservices/services/internal/inside"
)

// item is a value that the adapter of the tests manages.
type item struct{ name string }

func (i *item) itemName() string { return i.name }

// The types in the containers of the tests. A config is not an item.
type (
	db     struct{ *item }
	cache  struct{ *item }
	queue  struct{ *item }
	api    struct{ *item }
	config struct{}

	namer interface{ itemName() string }
)

func newDB() *db          { return &db{&item{"db"}} }
func newCache(*db) *cache { return &cache{&item{"cache"}} }
func newQueue() *queue    { return &queue{&item{"queue"}} }

// apiOf constructs an api that needs an A, and apiOfBoth one that needs a B too.
func apiOf[A any](A) *api            { return &api{&item{"api"}} }
func apiOfBoth[A, B any](A, B) *api  { return &api{&item{"api"}} }
func dbNamed(name string) func() *db { return func() *db { return &db{&item{name}} } }
func result(tag string, fn any) any  { return fx.Annotate(fn, fx.ResultTags(tag)) }
func param(tag string, fn any) any   { return fx.Annotate(fn, fx.ParamTags(tag)) }
func invoke(fn any, tags ...string) fx.Option {
	return fx.Invoke(fx.Annotate(fn, fx.ParamTags(tags...)))
}

// needing invokes a function that needs a T.
func needing[T any]() fx.Option { return fx.Invoke(func(T) {}) }

// marker is the type that only the constructors of the adapter take.
type marker struct{}

// adapter is the smallest adapter: the items of an application, in the order of construction.
type adapter struct {
	origins []fxgraph.Origin
	names   []string
	values  []any
	calls   fxgraph.Calls
	named   []string // the items whose names a reason mentions
}

func (a *adapter) add(name string, value any, origin any) {
	o, _ := origin.(fxgraph.Origin)
	a.names, a.values, a.origins = append(a.names, name), append(a.values, value), append(a.origins, o)
}

// manage provides constructors, and adds each of their results that is an item. Other arguments are those of fx.Provide.
func (a *adapter) manage(constructors ...any) fx.Option { return a.manageExtra(nil, constructors...) }

// manageExtra is manage for constructors that depend on the types of extra too.
func (a *adapter) manageExtra(extra []reflect.Type, constructors ...any) fx.Option {
	for i, arg := range constructors {
		c, err := constructor.Parse(arg)
		if err != nil {
			continue // fx.Private
		}
		in := constructor.In(constructor.Fields(append(extra, reflect.TypeFor[*marker]()))...)
		var wrapped any
		wrapped = c.Wrap(in, func(call *constructor.Call) error {
			var values []constructor.Value
			origin := a.calls.Wrapped(c.PC(), reflect.TypeOf(wrapped), func() { values, _ = call.Do() })
			for _, v := range values {
				if n, ok := v.Interface().(namer); ok && !identity.IsNil(n) {
					a.add(n.itemName(), v.Interface(), origin)
				}
			}
			return nil
		})
		constructors[i] = constructor.Located(wrapped, c.PC())
	}
	return fx.Provide(constructors...)
}

// supply provides an existing db.
func (a *adapter) supply(name string) fx.Option {
	db := dbNamed(name)()
	t := reflect.FuncOf([]reflect.Type{reflect.TypeFor[*marker]()}, []reflect.Type{reflect.TypeOf(db)}, false)
	return fx.Provide(reflect.MakeFunc(t, func([]reflect.Value) []reflect.Value {
		a.add(name, db, a.calls.Supply(t, 0))
		return []reflect.Value{reflect.ValueOf(db)}
	}).Interface())
}

// register invokes a function that registers a T.
func register[T namer](a *adapter) fx.Option {
	return fx.Invoke(func(value T) { a.add(value.itemName(), value, a.calls.Register()) })
}

// hook appends a hook.
func (a *adapter) hook(name string) { a.add(name, nil, a.calls.Append()) }

// lifecycle gives the hooks of fx to an adapter.
type lifecycle struct {
	fx.Lifecycle
	a *adapter
}

func (l lifecycle) Append(fx.Hook) { l.a.hook("hook") }

// follow lets the adapter follow the calls of constructors.
func (a *adapter) follow(l fx.Lifecycle) *adapter {
	if decorated, ok := l.(lifecycle); ok {
		l = decorated.Lifecycle
	}
	a.calls.Follow(func() (*inside.Container, error) { return inside.OfFx(l) })
	return a
}

// build builds an application.
func (a *adapter) build(t *testing.T, opts ...fx.Option) {
	t.Helper()
	app := fx.New(fx.NopLogger, fx.Provide(a.follow, func(*adapter) *marker { return &marker{} }),
		fx.Options(opts...), needing[*adapter]())
	require.NoError(t, app.Err())
}

// places returns the place of each item.
func (a *adapter) places() []fxgraph.Place {
	return fxgraph.Application{
		Origins: a.origins,
		Name: func(i int) string {
			a.named = append(a.named, a.names[i])
			return a.names[i]
		},
		Instance: func(i int) any { return a.values[i] },
		Calls:    &a.calls,
	}.Order()
}

// order returns one line for each item: its name and its place.
func (a *adapter) order() []string {
	places := a.places()
	lines := make([]string, len(places))
	for i, place := range places {
		lines[i] = a.names[i] + ": " + a.text(place)
	}
	return lines
}

func (a *adapter) text(place fxgraph.Place) string {
	if place.Barrier != "" {
		return "a barrier: " + place.Barrier
	}
	if len(place.After) == 0 {
		return "at once"
	}
	names := make([]string, len(place.After))
	for i, need := range place.After {
		names[i] = a.names[need]
	}
	return "after " + strings.Join(names, ", ")
}

// orderOf builds an application and returns its order. The options are made with its adapter.
func orderOf(t *testing.T, opts func(a *adapter) []fx.Option) []string {
	t.Helper()
	a := &adapter{}
	a.build(t, opts(a)...)
	return a.order()
}
