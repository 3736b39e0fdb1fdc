package constructor

import (
	"fmt"
	"reflect"

	"go.uber.org/dig"
)

// Token stands for a value that the container has to build although nothing else may ask for it. Each constructor of a
// Token needs such a value, and all Tokens are in one value group: whoever asks for the group [TokenGroup] builds all
// values.
type Token struct{}

// TokenGroup is the value group of tokens.
const TokenGroup = "services.built"

// TokenResult puts a token into its group.
type TokenResult struct {
	dig.Out
	Token Token `group:"services.built"`
}

// BuildToken returns a constructor of a Token that needs out.
func BuildToken(out Out) any { return BuildResult[TokenResult](out) }

// BuildResult is BuildToken for a Token in another group: R is a result object with it.
func BuildResult[R any](out Out) any {
	t := reflect.FuncOf([]reflect.Type{out.param()}, []reflect.Type{reflect.TypeFor[R]()}, false)
	return reflect.MakeFunc(t, func([]reflect.Value) []reflect.Value {
		return []reflect.Value{reflect.Zero(reflect.TypeFor[R]())}
	}).Interface()
}

// In returns a type of parameter object with the given fields.
func In(fields ...reflect.StructField) reflect.Type {
	in := reflect.StructField{Name: "In", Type: reflect.TypeFor[dig.In](), Anonymous: true}
	return reflect.StructOf(append([]reflect.StructField{in}, fields...))
}

// Fields returns one field of a parameter object for each of types.
func Fields(types []reflect.Type) []reflect.StructField {
	fields := make([]reflect.StructField, len(types))
	for i, t := range types {
		fields[i] = reflect.StructField{Name: fmt.Sprintf("After%d", i), Type: t}
	}
	return fields
}

// param returns a type of parameter object that asks the container for o.
func (o Out) param() reflect.Type {
	t, tag := o.Type, ""
	switch {
	case o.Group != "":
		t, tag = reflect.SliceOf(t), fmt.Sprintf(`group:%q`, o.Group)
	case o.Name != "":
		tag = fmt.Sprintf(`name:%q`, o.Name)
	}
	return In(reflect.StructField{Name: "Value", Type: t, Tag: reflect.StructTag(tag)})
}
