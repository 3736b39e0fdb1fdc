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

// placed is a layer around a service that is known by its place in a [Sequence], because it has no identity: there may be
// others that are equal, and a value that cannot be compared is another one whenever a wrapper returns it.
type placed struct{ service runner.Service }

var _ layers.Keyed[runner.Service] = (*placed)(nil)

// Name implements [runner.Service].
func (p *placed) Name() string { return runner.NameOf(p.service) }

// Unwrap returns the service.
func (p *placed) Unwrap() runner.Service { return p.service }

// ServiceKey implements [layers.Keyed].
func (p *placed) ServiceKey() any { return p }

// ServiceSettings implements [layers.Carrier].
func (p *placed) ServiceSettings() layers.Settings[runner.Service] {
	return layers.Settings[runner.Service]{}
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
