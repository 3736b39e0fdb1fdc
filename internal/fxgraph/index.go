package fxgraph

import (
	"reflect"
	"slices"
	"strings"

	"github.com/go-fxservices/services/internal/fxgraph/dot"
)

// index finds the constructors of a graph, which it names by their position in it.
type index struct {
	constructors []dot.Constructor
	marker       string
	providers    map[string][]int // of a key
	managing     map[string][]int // constructors that take the marker, by signature
	named        map[string][]int // by the name of the function
}

func newIndex(graph, marker string) (*index, error) {
	constructors, err := dot.Parse(graph)
	if err != nil {
		return nil, err
	}
	x := &index{
		constructors: constructors,
		marker:       marker,
		providers:    make(map[string][]int, len(constructors)),
		managing:     make(map[string][]int),
		named:        make(map[string][]int, len(constructors)),
	}
	for i, c := range constructors {
		for _, key := range c.Provides {
			x.providers[key] = append(x.providers[key], i)
		}
		if slices.Contains(c.Needs, marker) {
			s := signature(c.Needs, c.Provides)
			x.managing[s] = append(x.managing[s], i)
		}
		x.named[c.Name] = append(x.named[c.Name], i)
	}
	return x, nil
}

// find returns the constructors that an item of this Origin may come from, or why it knows none. An item that comes from
// no constructor has neither.
func (x *index) find(o Origin) (constructors []int, unknown string) {
	switch o := o.(type) {
	case *Constructed:
		return found(x.managing[signature(x.needs(o), o.Func.Provides())], notInGraph)
	case Supplied:
		return found(x.managing[signature([]string{x.marker}, keys(o.Type))], notInGraph)
	case Registered:
		return found(x.providers[o.Type.String()], notInGraph)
	case Appended:
		return found(x.called(o.callers), "it is a hook, and no constructor has appended it")
	case Independent:
		return nil, ""
	default:
		return nil, "its origin is unknown"
	}
}

const notInGraph = "its constructor is not in the dependency graph"

func found(constructors []int, unknown string) ([]int, string) {
	if len(constructors) > 0 {
		unknown = ""
	}
	return constructors, unknown
}

func (x *index) needs(c *Constructed) []string {
	return slices.Concat(c.Func.Needs(), []string{x.marker}, keys(c.Extra...))
}

func (x *index) called(functions []string) (constructors []int) {
	for _, function := range functions {
		constructors = append(constructors, x.named[function]...)
	}
	return constructors
}

func keys(types ...reflect.Type) []string {
	keys := make([]string, len(types))
	for i, t := range types {
		keys[i] = t.String()
	}
	return keys
}

// signature is the same for constructors that need and provide the same keys. Nothing in the graph tells two of these
// apart. Nothing has to: they depend on the same items.
func signature(needs, provides []string) string {
	needs, provides = slices.Sorted(slices.Values(needs)), slices.Sorted(slices.Values(provides))
	return strings.Join(needs, "\x00") + "\x01" + strings.Join(provides, "\x00")
}
