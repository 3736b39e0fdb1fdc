package fxservices

import (
	"os"
	"reflect"

	"go.uber.org/fx"
	"go.uber.org/fx/fxevent"

	"github.com/go-fxservices/services/internal/fxgraph"
	"github.com/go-fxservices/services/internal/wiring"
	"github.com/go-fxservices/services/runner"
)

// graph collects the dependencies of a concurrent application, as fx reveals them while it builds the application.
type graph struct {
	text fx.DotGraph
	log  *fxgraph.Log // nil: the application has no fx.WithLogger
}

// readGraph fills the graph. The text has to be taken last, when all constructors have been provided.
var readGraph = fx.Options(
	fx.Decorate(decorateLogger),
	fx.Invoke(func(g *graph, text fx.DotGraph) { g.text = text }),
)

type loggerIn struct {
	fx.In
	Graph    *graph
	Registry *registry
	Logger   fxevent.Logger `optional:"true"` // missing if only a child module has one
}

// decorateLogger makes the decorators of the application visible. Fx calls it only if there is an fx.WithLogger.
func decorateLogger(in loggerIn) fxevent.Logger {
	next := in.Logger
	if next == nil {
		next = &fxevent.ConsoleLogger{W: os.Stderr} // the default of fx
	}
	in.Graph.log = fxgraph.NewLog(next, in.Registry.Len, decorateLifecycle, decorateLogger)
	return in.Graph.log
}

// hookOrigin is the origin of hooks in a concurrent application.
func hookOrigin() any { return fxgraph.AppendedHere() }

// arrange returns the services of items with settings for their dependencies, as fxgraph finds them.
func (g *graph) arrange(items []wiring.Item) []runner.Service {
	services := make([]runner.Service, len(items))
	for i, place := range g.places(items) {
		services[i] = runner.With(items[i].Service, settings(items, place)...)
	}
	return services
}

func (g *graph) places(items []wiring.Item) []fxgraph.Place {
	origins := make([]fxgraph.Origin, len(items))
	for i, item := range items {
		origins[i], _ = item.Origin.(fxgraph.Origin)
	}
	return fxgraph.Application{
		Origins: origins,
		Name:    func(i int) string { return runner.NameOf(items[i].Service) },
		Graph:   string(g.text),
		Marker:  reflect.TypeFor[*registry]().String(),
		Log:     g.log,
	}.Order()
}

func settings(items []wiring.Item, place fxgraph.Place) (settings []runner.Setting) {
	if len(place.After) > 0 {
		after := make([]runner.Service, len(place.After))
		for i, need := range place.After {
			after[i] = items[need].Service
		}
		settings = append(settings, runner.After(after...))
	}
	if place.Barrier != "" {
		settings = append(settings, runner.Barrier(place.Barrier))
	}
	return settings
}
