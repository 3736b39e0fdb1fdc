package constructor

import (
	"fmt"
	"reflect"

	"go.uber.org/dig"
)

// Token says that something which has to run has been constructed. Tokens are in
// the value group [TokenGroup]; asking for it constructs all of that.
type Token struct{}

// TokenGroup is the value group of tokens.
const TokenGroup = "services.built"

// TokenResult puts a token into its group.
type TokenResult struct {
	dig.Out
	Token Token `group:"services.built"`
}

// BuildToken returns a constructor of a token that needs out.
func BuildToken(out Out) any {
	t := reflect.FuncOf([]reflect.Type{out.param()}, []reflect.Type{reflect.TypeFor[TokenResult]()}, false)
	return reflect.MakeFunc(t, func([]reflect.Value) []reflect.Value {
		return []reflect.Value{reflect.ValueOf(TokenResult{})}
	}).Interface()
}

// In returns a struct that asks the container for fields.
func In(fields ...reflect.StructField) reflect.Type {
	in := reflect.StructField{Name: "In", Type: reflect.TypeFor[dig.In](), Anonymous: true}
	return reflect.StructOf(append([]reflect.StructField{in}, fields...))
}

// Beside returns fields of such a struct for values of types.
func Beside(types []reflect.Type) []reflect.StructField {
	fields := make([]reflect.StructField, len(types))
	for i, t := range types {
		fields[i] = reflect.StructField{Name: fmt.Sprintf("Beside%d", i), Type: t}
	}
	return fields
}

// param returns the struct that asks the container for out.
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
