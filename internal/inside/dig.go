package inside

import (
	"net/url"
	"reflect"
	"runtime"
	"slices"
	"strings"

	"go.uber.org/dig"
)

// Container is what a dig container has at the moment.
type Container struct {
	Scopes    []*Scope // the root first, each before its children
	Functions []*Function
}

// Scope is a scope of a container: for fx, that of a module.
type Scope struct {
	Parent *Scope

	v        reflect.Value // of the dig.Scope
	nodes    reflect.Value // its constructors
	scopes   reflect.Value // its children
	children []*Scope
	provided []*Function // constructors
}

// Function is a constructor or a decorator.
type Function struct {
	ID    uintptr      // the same in every reading of the container, and for no other Function
	Type  reflect.Type // of the function
	Label string       // how dig names it: the function with its package, or [Stub]
	Name  string       // the Label of the function that the user wrote, where fx knows it, and else the Label; empty for a value
	Hooks bool         // it has an annotation fx.OnStart or fx.OnStop
	Scope *Scope       // has its results
	From  *Scope       // where it gets its parameters from

	called *bool // by dig; nil for a decorator
}

// Stub is the Label of functions that are made at run time, such as those of fx.Annotate.
const Stub = "reflect.makeFuncStub"

// Decorates reports whether it is a decorator.
func (f *Function) Decorates() bool { return f.called == nil }

// Called reports whether a constructor has been called, and has returned without an error. For a decorator it is false.
func (f *Function) Called() bool { return f.called != nil && *f.called }

// OfDig reads a container.
func OfDig(c *dig.Container) (*Container, error) {
	read := &Container{}
	err := attempt("dig", func() {
		read.addScope(field[*dig.Scope](reflect.ValueOf(c).Elem(), "scope"), nil)
		byDig := make(map[*dig.Scope]*Scope, len(read.Scopes))
		for _, s := range read.Scopes {
			byDig[s.v.Addr().Interface().(*dig.Scope)] = s
		}
		for _, s := range read.Scopes {
			read.addConstructors(s, byDig)
			read.addDecorators(s)
		}
	})
	if err != nil {
		return nil, err
	}
	return read, nil
}

func (c *Container) addScope(scope *dig.Scope, parent *Scope) {
	s := &Scope{Parent: parent, v: reflect.ValueOf(scope).Elem()}
	s.nodes, s.scopes = fieldOf(s.v, "nodes"), fieldOf(s.v, "childScopes")
	c.Scopes = append(c.Scopes, s)
	if parent != nil {
		parent.children = append(parent.children, s)
	}
	for _, child := range s.scopes.Interface().([]*dig.Scope) {
		c.addScope(child, s)
	}
}

func (c *Container) addConstructors(s *Scope, byDig map[*dig.Scope]*Scope) {
	for i := range s.nodes.Len() {
		node := s.nodes.Index(i).Elem()
		f := newFunction(node, "ctor", s)
		f.From = byDig[field[*dig.Scope](node, "origS")]
		f.called = fieldOf(node, "called").Addr().Interface().(*bool)
		c.Functions = append(c.Functions, f)
		s.provided = append(s.provided, f)
	}
}

func (c *Container) addDecorators(s *Scope) {
	seen := map[uintptr]bool{} // one that decorates several keys is there several times
	for entries := fieldOf(s.v, "decorators").MapRange(); entries.Next(); {
		if f := newFunction(entries.Value().Elem(), "dcor", s); !seen[f.ID] {
			seen[f.ID] = true
			c.Functions = append(c.Functions, f)
		}
	}
}

func newFunction(node reflect.Value, function string, s *Scope) *Function {
	location := fieldOf(node, "location").Elem()
	label := location.FieldByName("Name").String()
	if pkg := location.FieldByName("Package").String(); pkg != "" {
		label = pkg + "." + label
	}
	t := reflect.TypeOf(field[any](node, function))
	return &Function{ID: node.Addr().Pointer(), Type: t, Label: label, Name: label, Scope: s, From: s}
}

// IsCurrent reports whether the container has got no constructors since it was read.
func (c *Container) IsCurrent() bool {
	return !slices.ContainsFunc(c.Scopes, func(s *Scope) bool {
		return s.nodes.Len() != len(s.provided) || s.scopes.Len() != len(s.children)
	})
}

// LabelOf returns the Label of a function, by its name in package runtime.
func LabelOf(function string) string {
	at := strings.LastIndex(function, "/") + 1
	dot := strings.Index(function[at:], ".")
	if dot < 0 {
		return function
	}
	pkg, err := url.QueryUnescape(function[:at+dot])
	if err != nil {
		return function
	}
	return pkg + function[at+dot:]
}

// LabelAt returns the Label of the function at pc.
func LabelAt(pc uintptr) string {
	if f := runtime.FuncForPC(pc); f != nil {
		return LabelOf(f.Name())
	}
	return ""
}
