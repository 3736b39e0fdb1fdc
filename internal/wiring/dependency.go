package wiring

import "reflect"

// Dependency is a setting that makes constructors depend on one more type than they take. [After] makes one.
type Dependency struct{ t reflect.Type }

// After returns a Dependency on T.
func After[T any]() Dependency { return Dependency{reflect.TypeFor[T]()} }
