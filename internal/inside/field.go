package inside

import (
	"fmt"
	"reflect"
	"unsafe"
)

// field returns the field name of a struct that is addressable, as if the field were exported. Its type must be T, so that a
// field which has come to mean something else is not taken for the one of old. The caller recovers the panic.
func field[T any](v reflect.Value, name string) T {
	f := fieldOf(v, name)
	value, ok := f.Interface().(T)
	if !ok && f.Kind() != reflect.Interface { // a nil interface has no type
		panic(fmt.Sprintf("%v.%s is a %v", v.Type(), name, f.Type()))
	}
	return value
}

// fieldOf is field for types that have no name outside of their package.
func fieldOf(v reflect.Value, name string) reflect.Value {
	f := v.FieldByName(name)
	if !f.IsValid() {
		panic(fmt.Sprintf("%v has no field %s", v.Type(), name))
	}
	return reflect.NewAt(f.Type(), unsafe.Pointer(f.UnsafeAddr())).Elem()
}

// attempt turns a panic of read into an error: reflection panics where a type is not what it was.
func attempt(what string, read func()) (err error) {
	defer func() {
		if reason := recover(); reason != nil {
			err = fmt.Errorf("this version of %s cannot be read: %v", what, reason)
		}
	}()
	read()
	return nil
}
