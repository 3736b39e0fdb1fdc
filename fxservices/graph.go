package fxservices

import (
	"reflect"
	"slices"
	"strings"

	"go.uber.org/fx"

	"github.com/go-fxservices/services/internal/fxgraph/dot"
)

const notInGraph = "its constructor is not in the dependency graph"

// appKey is what the constructors that this package wraps need beside.
var appKey = reflect.TypeFor[*app]().String()

// readGraph takes the graph once all is provided and constructed.
var readGraph = fx.Options(
	fx.Decorate(decorateLogger),
	fx.Invoke(func(a *app, g fx.DotGraph) { a.graph = g }),
)

// graph is the constructors of a container, findable by what is known of them.
type graph struct {
	constructors []dot.Constructor
	givers       map[string][]int // by key
	wrapped      map[string][]int // those that manage services, by signature
	named        map[string][]int // by the function
}

func newGraph(text fx.DotGraph) (*graph, error) {
	constructors, err := dot.Parse(string(text))
	if err != nil {
		return nil, err
	}
	g := &graph{
		constructors: constructors,
		givers:       make(map[string][]int, len(constructors)),
		wrapped:      make(map[string][]int),
		named:        make(map[string][]int, len(constructors)),
	}
	for i, c := range constructors {
		for _, key := range c.Provides {
			g.givers[key] = append(g.givers[key], i)
		}
		if slices.Contains(c.Needs, appKey) {
			s := signature(c.Needs, c.Provides)
			g.wrapped[s] = append(g.wrapped[s], i)
		}
		g.named[c.Name] = append(g.named[c.Name], i)
	}
	return g, nil
}

// managing finds constructors that manage services by what they need and give.
// Those that are alike in both cannot be told apart, and need not be.
func (g *graph) managing(needs, gives []string) ([]int, string) {
	if found := g.wrapped[signature(needs, gives)]; len(found) > 0 {
		return found, ""
	}
	return nil, notInGraph
}

func signature(needs, gives []string) string {
	needs, gives = slices.Clone(needs), slices.Clone(gives)
	slices.Sort(needs)
	slices.Sort(gives)
	return strings.Join(needs, "\x00") + "\x01" + strings.Join(gives, "\x00")
}
