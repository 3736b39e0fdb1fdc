package fxgraph_test

import (
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/fx"
	"go.uber.org/fx/fxevent"

	"github.com/go-fxservices/services/internal/constructor"
	"github.com/go-fxservices/services/internal/fxgraph"
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
	graph   fx.DotGraph
	log     *fxgraph.Log
	named   []string // the items whose names a reason mentions
}

func (a *adapter) add(name string, origin fxgraph.Origin) {
	a.names, a.origins = append(a.names, name), append(a.origins, origin)
}

func (a *adapter) len() int { return len(a.origins) }

// manage provides constructors, and adds each of their results that is an item. Other arguments are those of fx.Provide.
func (a *adapter) manage(constructors ...any) fx.Option { return a.manageExtra(nil, constructors...) }

// manageExtra is manage for constructors that depend on the types of extra too.
func (a *adapter) manageExtra(extra []reflect.Type, constructors ...any) fx.Option {
	for i, arg := range constructors {
		c, err := constructor.Parse(arg)
		if err != nil {
			continue // fx.Private
		}
		origin := &fxgraph.Constructed{Func: c.Func, Extra: extra}
		in := constructor.In(constructor.Fields(append(extra, reflect.TypeFor[*marker]()))...)
		constructors[i] = constructor.Located(c.Wrap(in, func(_ reflect.Value, values []reflect.Value) error {
			for _, v := range values {
				if n, ok := v.Interface().(namer); ok && !v.IsNil() {
					a.add(n.itemName(), origin)
				}
			}
			return nil
		}), c.PC())
	}
	return fx.Provide(constructors...)
}

// supply provides an existing db.
func (a *adapter) supply(name string) fx.Option {
	return fx.Provide(func(*marker) *db {
		a.add(name, fxgraph.Supplied{Type: reflect.TypeFor[*db]()})
		return dbNamed(name)()
	})
}

// register invokes a function that registers a T.
func register[T namer](a *adapter) fx.Option {
	return fx.Invoke(func(value T) { a.add(value.itemName(), registered[T]()) })
}

func registered[T any]() fxgraph.Origin { return fxgraph.Registered{Type: reflect.TypeFor[T]()} }

// hook appends a hook.
func (a *adapter) hook(name string) { a.add(name, fxgraph.AppendedHere()) }

type loggerIn struct {
	fx.In
	Adapter *adapter
	Logger  fxevent.Logger `optional:"true"`
}

// decorateLogger is the decorator by which the adapter gets the Log.
func decorateLogger(in loggerIn) fxevent.Logger {
	next := in.Logger
	if next == nil {
		next = fxevent.NopLogger
	}
	in.Adapter.log = fxgraph.NewLog(next, in.Adapter.len, decorateLogger)
	return in.Adapter.log
}

// build builds an application with a logger.
func (a *adapter) build(t *testing.T, opts ...fx.Option) {
	t.Helper()
	a.buildLogged(t, fx.NopLogger, fx.Options(opts...))
}

// buildLogged builds an application without a logger.
func (a *adapter) buildLogged(t *testing.T, opts ...fx.Option) {
	t.Helper()
	app := fx.New(fx.Supply(a), fx.Provide(func() *marker { return &marker{} }), fx.Decorate(decorateLogger),
		fx.Options(opts...), fx.Populate(&a.graph))
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
		Graph:  string(a.graph),
		Marker: "*fxgraph_test.marker",
		Log:    a.log,
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
