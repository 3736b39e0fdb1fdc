package fxservices

import "github.com/go-fxservices/services/internal/wiring"

// StartFirst is a setting for [Provide]: the services of the call start before those of all other calls and all hooks, and
// stop after them, wherever the option stands and whether or not anything needs them. It is for what the whole application
// reports to, such as the exporters of telemetry.
//
//	fxservices.Provide(NewTracing, fxservices.StartFirst())
//
// Several start in the order of their construction, with [Concurrent] too. Only the server of [Admin] starts before them. Such
// a service cannot be constructed from one that does not start first: that is an error of fx.New.
func StartFirst() Setting { return Setting{wiring.First{}} }
