package constructor

import (
	"reflect"
	"slices"
)

// Wrap returns a constructor that calls f and then, if f has not failed, manage. The new constructor takes one more
// parameter, of type first, in front of those of f; manage gets its value and the values that f puts into the container.
// If manage returns an error, the constructor fails with it. With a nil first there is no such parameter.
//
// Like dig, Wrap leaves out a variadic parameter.
func (f *Func) Wrap(first reflect.Type, manage func(first reflect.Value, values []reflect.Value) error) any {
	t := reflect.FuncOf(f.params(first), append(f.resultTypes(), errorType), false)
	return reflect.MakeFunc(t, func(args []reflect.Value) []reflect.Value {
		var extra reflect.Value
		if first != nil {
			extra, args = args[0], args[1:]
		}
		results, err := f.call(args)
		if err.IsNil() {
			if failed := manage(extra, f.values(results)); failed != nil {
				err = reflect.ValueOf(&failed).Elem()
			}
		}
		return append(results, err)
	}).Interface()
}

// Replace returns a constructor that takes the parameters of f and returns one result of type out, which convert makes
// from the values of f. The values themselves do not go into the container.
func (f *Func) Replace(out reflect.Type, convert func(values []reflect.Value) (reflect.Value, error)) any {
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
func (f *Func) values(results []reflect.Value) []reflect.Value {
	var values []reflect.Value
	for _, out := range f.outs {
		v := results[out.path[0]]
		for _, i := range out.path[1:] {
			v = v.Field(i)
		}
		if !out.Flatten {
			values = append(values, v)
			continue
		}
		for i := range v.Len() {
			values = append(values, v.Index(i))
		}
	}
	return values
}
