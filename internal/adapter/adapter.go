// Package adapter gives the adapters for containers, which construct Observers after the Runner, a way into package
// runner that its users do not have.
package adapter

// Apply applies a runner.StarterOption to a *runner.Runner that has not run yet. Package runner sets it; it cannot be typed
// here, as this package would have to import runner.
var Apply func(r, option any)
