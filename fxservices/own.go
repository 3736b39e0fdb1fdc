package fxservices

import "go.uber.org/fx"

// own marks an option of this package, into which nobody looks for constructors of the user.
type own struct{ fx.Option }
