package fxservices_test

import (
	"fmt"
	"reflect"

	"go.uber.org/fx"

	"github.com/go-fxservices/services/fxservices"
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

// field asks for the node, or gives it, under its name.
func (n *node) field(more string) reflect.StructField {
	t := nodeType
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
		fields = append(fields, groupField(module, reflect.SliceOf(nodeType)))
	}
	return fields
}

func (n *node) results() []reflect.StructField {
	fields := []reflect.StructField{n.field("")}
	if n.Grouped {
		fields = append(fields, groupField(n.Module, nodeType))
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
		for i := 1; i < out.NumField(); i++ {
			results.Field(i).Set(reflect.ValueOf(n))
		}
		return []reflect.Value{results}
	})
}

func (n *node) provide() fx.Option {
	constructors := []any{n.construct()}
	if n.Private {
		constructors = append(constructors, fx.Private)
	}
	if n.Kind == isService {
		return fxservices.Provide(constructors...)
	}
	return fx.Provide(constructors...)
}

// decorate decorates the node, as it is, with what the graph does not know of.
func (n *node) decorate() fx.Option {
	in := inOf([]reflect.StructField{n.field(""), n.app.Nodes[n.Decorated].field("")})
	out := outOf([]reflect.StructField{n.field("")})
	return fx.Decorate(makeFunc([]reflect.Type{in}, []reflect.Type{out}, func([]reflect.Value) []reflect.Value {
		result := reflect.New(out).Elem()
		result.Field(1).Set(reflect.ValueOf(n))
		return []reflect.Value{result}
	}))
}
