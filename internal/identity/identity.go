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

// boxed is a value that cannot be compared, by the place where its interface value keeps it.
type boxed struct {
	t     reflect.Type
	place unsafe.Pointer
}
