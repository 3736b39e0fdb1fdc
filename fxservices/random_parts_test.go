package fxservices_test

import (
	"fmt"
	"reflect"

	"go.uber.org/fx"

	"github.com/go-fxservices/services/fxservices"
	"github.com/go-fxservices/services/runner"
)

// The parts of a random application are functions that are made at run time, so
// that any number of parameters and results can be had.

func makeFunc(in, out []reflect.Type, body func([]reflect.Value) []reflect.Value) any {
	return reflect.MakeFunc(reflect.FuncOf(in, out, false), body).Interface()
}

func inOf(fields []reflect.StructField) reflect.Type {
	in := reflect.StructField{Name: "In", Type: reflect.TypeFor[fx.In](), Anonymous: true}
	return reflect.StructOf(append([]reflect.StructField{in}, fields...))
}

func outOf(fields []reflect.StructField) reflect.Type {
	out := reflect.StructField{Name: "Out", Type: reflect.TypeFor[fx.Out](), Anonymous: true}
	return reflect.StructOf(append([]reflect.StructField{out}, fields...))
}

// nodeValue is a node as a value, and taggedNode as one that cannot be compared.
type (
	nodeValue  struct{ *node }
	taggedNode struct {
		*node
		tags []string
	}
)

// value is the node as its kind has it.
func (n *node) value() reflect.Value {
	switch n.Kind {
	case isValue:
		return reflect.ValueOf(nodeValue{n})
	case isTagged:
		return reflect.ValueOf(taggedNode{n, nil})
	default:
		return reflect.ValueOf(n)
	}
}

// field asks for the node, or gives it, under its name.
func (n *node) field(more string) reflect.StructField {
	t := n.value().Type()
	if n.Interface {
		t = resourceType
	}
	return reflect.StructField{
		Name: fmt.Sprintf("N%d", n.Index), Type: t, Tag: reflect.StructTag(fmt.Sprintf(`name:"n%d"%s`, n.Index, more)),
	}
}

// groupField asks for the value group of a module, or is a member of it.
func groupField(module int, t reflect.Type) reflect.StructField {
	return reflect.StructField{
		Name: fmt.Sprintf("Group%d", module), Type: t, Tag: reflect.StructTag(fmt.Sprintf(`group:"g%d"`, module)),
	}
}

func (n *node) params() []reflect.StructField {
	var fields []reflect.StructField
	for _, i := range n.Needs {
		fields = append(fields, n.app.Nodes[i].field(""))
	}
	for _, i := range n.Optional {
		fields = append(fields, n.app.Nodes[i].field(` optional:"true"`))
	}
	for _, module := range n.Groups {
		fields = append(fields, groupField(module, reflect.SliceOf(resourceType)))
	}
	return fields
}

func (n *node) results() []reflect.StructField {
	fields := []reflect.StructField{n.field("")}
	if n.Grouped {
		fields = append(fields, groupField(n.Module, resourceType))
	}
	return fields
}

// construct returns the constructor of the node. A plain one gives a node that is
// not a service to fxservices, since nothing manages it.
func (n *node) construct() any {
	in, out := []reflect.Type{inOf(n.params())}, outOf(n.results())
	if n.Kind == isHooked {
		in = append(in, reflect.TypeFor[fx.Lifecycle]())
	}
	return makeFunc(in, []reflect.Type{out}, func(args []reflect.Value) []reflect.Value {
		if n.Kind == isHooked {
			args[1].Interface().(fx.Lifecycle).Append(fx.Hook{OnStart: n.Start, OnStop: n.Stop})
		}
		results := reflect.New(out).Elem()
		if n.Kind != isNil {
			for i := 1; i < out.NumField(); i++ {
				results.Field(i).Set(n.value())
			}
		}
		return []reflect.Value{results}
	})
}

func (n *node) provide() fx.Option {
	constructors := []any{n.construct()}
	if n.Kind == isAnnotated {
		constructors[0] = fx.Annotate(constructors[0], fx.OnStart(n.Start), fx.OnStop(n.Stop))
	}
	if n.Private {
		constructors = append(constructors, fx.Private)
	}
	switch n.Kind {
	case isService, isValue, isTagged, isNil:
		return fxservices.Provide(constructors...)
	default:
		return fx.Provide(constructors...)
	}
}

// manage returns a constructor that gives the node, under another type and name.
func (n *node) manage() any {
	managed := reflect.StructField{Name: "Managed", Type: reflect.TypeFor[runner.Service](), Tag: reflect.StructTag(fmt.Sprintf(`name:"m%d"`, n.Index))}
	out := outOf([]reflect.StructField{managed})
	return makeFunc([]reflect.Type{inOf([]reflect.StructField{n.field("")})}, []reflect.Type{out}, func(args []reflect.Value) []reflect.Value {
		result := reflect.New(out).Elem()
		result.Field(1).Set(args[0].Field(1))
		return []reflect.Value{result}
	})
}

// decorate decorates the node, as it is, by a function that needs another one.
func (n *node) decorate() fx.Option {
	in := inOf([]reflect.StructField{n.field(""), n.app.Nodes[n.Decorated].field("")})
	out := outOf([]reflect.StructField{n.field("")})
	return fx.Decorate(makeFunc([]reflect.Type{in}, []reflect.Type{out}, func(args []reflect.Value) []reflect.Value {
		result := reflect.New(out).Elem()
		result.Field(1).Set(args[0].Field(1))
		return []reflect.Value{result}
	}))
}
