package inside

import (
	"reflect"

	"go.uber.org/fx"
)

// The types of options of fx, which are not exported.
var (
	groupType   = reflect.TypeOf(fx.Options())
	moduleType  = reflect.TypeOf(fx.Module(""))
	provideType = reflect.TypeOf(fx.Provide())
	supplyType  = reflect.TypeOf(fx.Supply())
	invokeType  = reflect.TypeOf(fx.Invoke())
	replaceType = reflect.TypeOf(fx.Replace())
)

// Leaves returns the options among opts and inside of fx.Options, which is a slice, in their order. What fx.Module contains
// stays there.
func Leaves(opts []fx.Option) (all []fx.Option) {
	for _, opt := range opts {
		v := reflect.ValueOf(opt)
		if v.IsValid() && v.Type() == groupType {
			all = append(all, Leaves(v.Convert(reflect.TypeFor[[]fx.Option]()).Interface().([]fx.Option))...)
			continue
		}
		all = append(all, opt)
	}
	return all
}

// Given is what options give to fx, in all modules.
type Given struct {
	Constructors []any // of fx.Provide, as they are written
	Supplied     []reflect.Type
	Invoked      []any
	Replaced     []reflect.Type
}

// GivenBy returns what opts give to fx. Where a version of fx has other fields, something is missing.
func GivenBy(opts []fx.Option) Given {
	var g Given
	g.add(opts)
	return g
}

func (g *Given) add(opts []fx.Option) {
	for _, opt := range Leaves(opts) {
		switch v := reflect.ValueOf(opt); reflect.TypeOf(opt) {
		case moduleType:
			g.add(optionsOf(v))
		case provideType:
			g.Constructors = append(g.Constructors, exported[[]any](v, "Targets")...)
		case supplyType:
			g.Supplied = append(g.Supplied, exported[[]reflect.Type](v, "Types")...)
		case invokeType:
			g.Invoked = append(g.Invoked, exported[[]any](v, "Targets")...)
		case replaceType:
			g.Replaced = append(g.Replaced, exported[[]reflect.Type](v, "Types")...)
		}
	}
}

// optionsOf returns the options of an fx.Module, which are not exported.
func optionsOf(module reflect.Value) (opts []fx.Option) {
	_ = attempt("fx", func() {
		copied := reflect.New(module.Type()).Elem()
		copied.Set(module)
		opts = field[[]fx.Option](copied, "options")
	})
	return opts
}

// exported returns an exported field of an option, or nothing if there is none of that type.
func exported[T any](option reflect.Value, name string) (value T) {
	if f := option.FieldByName(name); f.IsValid() {
		value, _ = f.Interface().(T)
	}
	return value
}

// Hooks reports whether a constructor has hooks of fx.Annotate.
func Hooks(constructor any) bool {
	v := reflect.ValueOf(constructor)
	return v.IsValid() && v.Type() == annotatedType && v.FieldByName("Hooks").Len() > 0
}

// Target returns the function that fx.Annotate has annotated, or f itself.
func Target(f any) any {
	if v := reflect.ValueOf(f); v.IsValid() && v.Type() == annotatedType {
		return v.FieldByName("Target").Interface()
	}
	return f
}
