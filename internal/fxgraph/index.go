package fxgraph

import (
	"reflect"
	"slices"

	"github.com/go-fxservices/services/internal/inside"
)

// index finds the constructors and decorators of a container, its nodes, which it names by their position.
type index struct {
	calls     *Calls
	nodes     []*inside.Function
	byID      map[uintptr]int
	providers map[inside.Key][]int // decorators among them
	alike     map[kind][]int       // constructors
}

// kind is what constructors have in common that nothing tells apart but the time of a call.
type kind struct {
	label string
	t     reflect.Type
}

func newIndex(calls *Calls, container *inside.Container) (*index, error) {
	providers, err := container.Providers()
	if err != nil {
		return nil, err
	}
	x := &index{
		calls:     calls,
		nodes:     container.Functions,
		byID:      make(map[uintptr]int, len(container.Functions)),
		providers: make(map[inside.Key][]int, len(providers)),
		alike:     make(map[kind][]int, len(container.Functions)),
	}
	for i, f := range x.nodes {
		x.byID[f.ID] = i
		k := kind{f.Label, f.Type}
		x.alike[k] = append(x.alike[k], i)
	}
	for key, functions := range providers {
		for _, f := range functions {
			x.providers[key] = append(x.providers[key], x.byID[f.ID])
		}
	}
	return x, nil
}

// find returns the nodes that an item of this Origin may come from, or why it knows none. An item that comes from no
// constructor, or is not known to, has neither.
func (x *index) find(o Origin) (nodes []int, unknown string) {
	switch o := o.(type) {
	case *Constructed:
		return known(x.constructed(o), notInContainer)
	case Supplied:
		return known(x.supplied(o), notInContainer)
	case Appended:
		return known(x.appended(o), "it is a hook, and no constructor has appended it")
	case Registered, Independent:
		return nil, ""
	default:
		return nil, "its origin is unknown"
	}
}

const notInContainer = "its constructor is not in the container"

func known(nodes []int, unknown string) ([]int, string) {
	if len(nodes) > 0 {
		unknown = ""
	}
	return nodes, unknown
}

// constructed returns the constructors that have the name and the type of o, and of these the ones that were called at the
// right time.
func (x *index) constructed(o *Constructed) []int {
	alike := x.alike[kind{inside.LabelAt(o.PC), o.Type}]
	if len(alike) == 0 { // this version of fx gives it no name
		alike = x.alike[kind{inside.Stub, o.Type}]
	}
	called := slices.DeleteFunc(x.of(o.call), func(n int) bool { return !slices.Contains(alike, n) })
	if len(called) > 0 {
		return called
	}
	return alike
}

// supplied returns the functions of the adapter that have the name and the type of o.
func (x *index) supplied(o Supplied) []int {
	if alike := x.alike[kind{inside.LabelAt(o.PC), o.By}]; o.PC != 0 && len(alike) > 0 {
		return alike
	}
	return x.alike[kind{inside.Stub, o.By}] // it has no name, or this version of fx gives it none
}

// appended returns the nodes that may have appended a hook.
func (x *index) appended(o Appended) []int {
	if o.within != nil {
		return x.constructed(o.within)
	}
	return x.of(o.call)
}

func (x *index) of(c *call) (nodes []int) {
	for _, f := range x.calls.of(c) {
		if n, ok := x.byID[f.ID]; ok {
			nodes = append(nodes, n)
		}
	}
	return nodes
}

// provide returns the nodes whose results have a place in the container.
func (x *index) provide(at inside.Value) (nodes []int) {
	for _, n := range x.providers[at.Key] {
		if x.nodes[n].Scope == at.Scope && x.nodes[n].Decorates() == at.Decorated {
			nodes = append(nodes, n)
		}
	}
	return nodes
}

// needs returns the nodes that node n may have got its parameters from.
func (x *index) needs(n int) (nodes []int) {
	for _, key := range x.nodes[n].Needs() {
		for _, from := range x.from(x.nodes[n].From, key) {
			if from != n {
				nodes = append(nodes, from)
			}
		}
	}
	return nodes
}

// from returns the nodes that a container may have asked for a key, in a scope: any decorator, and the constructors of the
// nearest scope that has any, or for a value group those of all scopes. It has not asked a constructor that it has not called.
func (x *index) from(s *inside.Scope, key inside.Key) (nodes []int) {
	provided := false
	for ; s != nil; s = s.Parent {
		here := false
		for _, p := range x.providers[key] {
			f := x.nodes[p]
			if f.Scope != s {
				continue
			}
			here = here || !f.Decorates()
			if f.Decorates() || f.Called() && !provided {
				nodes = append(nodes, p)
			}
		}
		provided = provided || here && key.Group == ""
	}
	return nodes
}
