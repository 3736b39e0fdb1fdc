package wiring

import "reflect"

// Dependency is the setting of a constructor that needs one more type than it
// takes.
type Dependency struct{ t reflect.Type }

// After returns a Dependency on T.
func After[T any]() Dependency { return Dependency{reflect.TypeFor[T]()} }
