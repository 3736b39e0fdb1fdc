package wiring

import (
	"github.com/go-fxservices/services/internal/layers"
	"github.com/go-fxservices/services/runner"
)

// This file is the only one of the adapters that looks at the layers of a service: the wrappers that runner.With, the
// retrier and others put around it.

// Innermost returns the service inside all wrappers of s.
func Innermost(s runner.Service) runner.Service { return layers.Innermost(s) }

// Constraints returns the services that s starts after, and why it is a barrier, or "".
func Constraints(s runner.Service) (after []runner.Service, barrier string) {
	barrier, _ = layers.BarrierOf(s)
	return layers.DependenciesOf(s), barrier
}

// replace returns s with the settings of the service that it replaces.
func replace(s, replaced runner.Service) runner.Service {
	inherited := layers.SettingsOf(replaced)
	var set []runner.Setting
	if d := inherited.StartTimeout; d != nil {
		set = append(set, runner.StartTimeout(*d))
	}
	if d := inherited.StopTimeout; d != nil {
		set = append(set, runner.StopTimeout(*d))
	}
	if len(inherited.After) > 0 {
		set = append(set, runner.After(inherited.After...))
	}
	if reason := inherited.Barrier; reason != nil {
		set = append(set, runner.Barrier(*reason))
	}
	return runner.With(s, set...)
}
