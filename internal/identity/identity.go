// Package identity tells instances of services apart.
package identity

import (
	"reflect"
	"unsafe"
)

// IsNil reports whether v is nil, or an interface around nil.
func IsNil(v any) bool {
	if v == nil {
		return true
	}
	switch r := reflect.ValueOf(v); r.Kind() {
	case reflect.Pointer, reflect.Map, reflect.Slice, reflect.Func, reflect.Chan:
		return r.IsNil()
	default:
		return false
	}
}

// Of returns a key that only the instance v has, or nil if there is none. Two
// pointers to values without a size may be equal though they are not the same, and
// equal values that are no pointers are not the same instance either.
func Of(v any) any {
	if r := reflect.ValueOf(v); r.Kind() == reflect.Pointer && r.Type().Elem().Size() > 0 {
		return v
	}
	return nil
}

// Alike returns a key by which v can be found again: its identity, else its value, else, for a value that cannot be
// compared, the place of the interface value that holds it, which its copies share. It is nil for nil. Values that are
// equal have the same key though they may be several instances.
func Alike(v any) any {
	r := reflect.ValueOf(v)
	switch {
	case IsNil(v):
		return nil
	case r.Kind() == reflect.Pointer || r.Comparable(): // the first, and usual, costs no memory
		return v
	default:
		return boxed{r.Type(), (*[2]unsafe.Pointer)(unsafe.Pointer(&v))[1]}
	}
}

// MayBe reports whether a and b may be one instance: the same pointer, or values of one type that nothing tells apart. Values
// that cannot be compared are told apart by what they hold.
func MayBe(a, b reflect.Value) bool {
	for a.IsValid() && a.Kind() == reflect.Interface {
		a = a.Elem()
	}
	for b.IsValid() && b.Kind() == reflect.Interface {
		b = b.Elem()
	}
	if !a.IsValid() || !b.IsValid() || a.Type() != b.Type() {
		return a.IsValid() == b.IsValid() && !a.IsValid()
	}
	switch a.Kind() {
	case reflect.Struct:
		for i := range a.NumField() {
			if !MayBe(a.Field(i), b.Field(i)) {
				return false
			}
		}
		return true
	case reflect.Array:
		for i := range a.Len() {
			if !MayBe(a.Index(i), b.Index(i)) {
				return false
			}
		}
		return true
	case reflect.Slice:
		return a.UnsafePointer() == b.UnsafePointer() && a.Len() == b.Len() && a.Cap() == b.Cap()
	case reflect.Map, reflect.Func:
		return a.UnsafePointer() == b.UnsafePointer()
	default:
		return a.Equal(b)
	}
}

// boxed is a value that cannot be compared, by the place where its interface value keeps it.
type boxed struct {
	t     reflect.Type
	place unsafe.Pointer
}
