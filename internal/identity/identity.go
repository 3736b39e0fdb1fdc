// Package identity tells instances of services apart.
package identity

import "reflect"

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
