package constructor

import (
	"reflect"

	"go.uber.org/fx"
)

// Located returns constructor for fx.Provide, under the name, file and line of the function at pc, so that errors of fx and
// dig name the function of the user and not a wrapper. Fx keeps the location in an exported field of the value that
// fx.Annotate returns, whose type is not exported. If a version of fx has no such field, errors name the wrapper.
func Located(constructor any, pc uintptr) any {
	a := fx.Annotate(constructor)
	v := reflect.New(reflect.TypeOf(a)).Elem()
	v.Set(reflect.ValueOf(a))
	if f := v.FieldByName("FuncPtr"); f.IsValid() && f.Kind() == reflect.Uintptr {
		f.SetUint(uint64(pc))
	}
	return v.Interface()
}
