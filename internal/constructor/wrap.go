package constructor

import (
	"reflect"
	"slices"

	"go.uber.org/dig"
)

// Call is a call of a constructor that [Func.Wrap] has wrapped.
type Call struct {
	First reflect.Value // the parameter that the constructor takes in addition

	f       *Func
	in      []reflect.Value
	results []reflect.Value
	err     reflect.Value
}

// Value is one value that a constructor puts into the container.
type Value struct {
	reflect.Value
	Out int // the index among the Outs of the constructor: the members of a slice that is flattened have the same
}

// Do calls the constructor itself, and returns the values that it puts into the container, or false if it has failed.
func (c *Call) Do() (values []Value, ok bool) {
	c.results, c.err = c.f.call(c.in)
	if !c.err.IsNil() {
		return nil, false
	}
	return c.f.values(c.results), true
}

// Args returns the values that the constructor takes from the container, those of a value group one by one.
func (c *Call) Args() []reflect.Value {
	var args []reflect.Value
	for _, v := range c.in {
		args = addArgs(args, v)
	}
	return args
}

func addArgs(args []reflect.Value, v reflect.Value) []reflect.Value {
	if !dig.IsIn(v.Type()) {
		return append(args, v)
	}
	for i := range v.NumField() {
		field := v.Type().Field(i)
		switch {
		case !field.IsExported() || field.Type == reflect.TypeFor[dig.In]():
		case field.Tag.Get("group") != "":
			for at := range v.Field(i).Len() {
				args = append(args, v.Field(i).Index(at))
			}
		default:
			args = addArgs(args, v.Field(i))
		}
	}
	return args
}

// Wrap returns a constructor that calls manage, which has to call f by [Call.Do]. The new constructor takes one more
// parameter, of type first, in front of those of f. If manage returns an error, the constructor fails with it. With a nil
// first there is no such parameter.
//
// Like dig, Wrap leaves out a variadic parameter.
func (f *Func) Wrap(first reflect.Type, manage func(*Call) error) any {
	results := f.resultTypes()
	t := reflect.FuncOf(f.params(first), append(results, errorType), false)
	return reflect.MakeFunc(t, func(in []reflect.Value) []reflect.Value {
		c := &Call{f: f, in: in, err: reflect.Zero(errorType)}
		if first != nil {
			c.First, c.in = in[0], in[1:]
		}
		failed := manage(c)
		if c.results == nil {
			c.results = zeros(results)
		}
		if failed != nil && c.err.IsNil() {
			c.err = reflect.ValueOf(&failed).Elem()
		}
		return append(c.results, c.err)
	}).Interface()
}

func zeros(types []reflect.Type) []reflect.Value {
	zeros := make([]reflect.Value, len(types))
	for i, t := range types {
		zeros[i] = reflect.Zero(t)
	}
	return zeros
}

// Replace returns a constructor that takes the parameters of f and returns one result of type out, which convert makes
// from the values of f. The values themselves do not go into the container.
func (f *Func) Replace(out reflect.Type, convert func(values []Value) (reflect.Value, error)) any {
	t := reflect.FuncOf(f.params(nil), []reflect.Type{out, errorType}, false)
	return reflect.MakeFunc(t, func(args []reflect.Value) []reflect.Value {
		results, err := f.call(args)
		converted := reflect.Zero(out)
		if err.IsNil() {
			var failed error
			if converted, failed = convert(f.values(results)); failed != nil {
				converted, err = reflect.Zero(out), reflect.ValueOf(&failed).Elem()
			}
		}
		return []reflect.Value{converted, err}
	}).Interface()
}

func (f *Func) params(first reflect.Type) []reflect.Type {
	t := f.fn.Type()
	n := t.NumIn()
	if t.IsVariadic() {
		n--
	}
	params := make([]reflect.Type, 0, n+1)
	if first != nil {
		params = append(params, first)
	}
	for i := range n {
		params = append(params, t.In(i))
	}
	return params
}

func (f *Func) resultTypes() []reflect.Type {
	types := make([]reflect.Type, 0, f.results()+1)
	for i := range f.results() {
		types = append(types, f.fn.Type().Out(i))
	}
	return types
}

// call calls f, and separates a final error from the other results.
func (f *Func) call(args []reflect.Value) (results []reflect.Value, err reflect.Value) {
	all := f.fn.Call(args)
	if len(all) == f.results() {
		return all, reflect.Zero(errorType)
	}
	return slices.Clone(all[:len(all)-1]), all[len(all)-1]
}

// values returns the values that f puts into the container, flattened, with nil values among them.
func (f *Func) values(results []reflect.Value) []Value {
	var values []Value
	for at, out := range f.outs {
		v := results[out.path[0]]
		for _, i := range out.path[1:] {
			v = v.Field(i)
		}
		if !out.Flatten {
			values = append(values, Value{v, at})
			continue
		}
		for i := range v.Len() {
			values = append(values, Value{v.Index(i), at})
		}
	}
	return values
}
