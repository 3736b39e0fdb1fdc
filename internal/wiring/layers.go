package wiring

import "github.com/go-fxservices/services/runner"

// This file is the only one of the adapters that looks at the layers of a service: the wrappers that runner.With, the
// retrier and others put around it.

// Innermost returns the service inside all wrappers of s.
func Innermost(s runner.Service) runner.Service { return runner.Innermost(s) }

// Constraints returns the services that s starts after, and why it is a barrier, or "".
func Constraints(s runner.Service) (after []runner.Service, barrier string) {
	barrier, _ = runner.BarrierOf(s)
	return runner.DependenciesOf(s), barrier
}

// replace returns s with the settings of the service that it replaces.
func replace(s, replaced runner.Service) runner.Service {
	return runner.With(s, runner.SettingsOf(replaced))
}
