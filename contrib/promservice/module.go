package promservice

import (
	"fmt"

	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/fx"

	"github.com/go-fxservices/services/fxservices"
	"github.com/go-fxservices/services/httpserver/admin"
)

// Module adds the metrics to an application of fx that has fxservices.Module: they observe it, and with fxservices.Admin its
// server answers /metrics. It provides the [*Metrics], and the registry as [*prometheus.Registry], [prometheus.Registerer] and
// [prometheus.Gatherer]; with [RegistryFromContainer] the application provides the latter two. If the registry has metrics of
// these names already, that is an error of fx.New.
func Module(opts ...Option) fx.Option {
	o := newOptions(opts)
	provide := fx.Provide(
		func() *prometheus.Registry {
			if o.registry != nil {
				return o.registry
			}
			return newRegistry()
		},
		func(reg *prometheus.Registry) (prometheus.Registerer, prometheus.Gatherer) { return reg, reg },
	)
	if o.fromContainer {
		provide = fx.Options()
	}
	return fx.Options(
		provide,
		fx.Provide(func(reg prometheus.Registerer) (*Metrics, error) {
			m := newMetrics(o.namespace)
			m.registry, _ = reg.(*prometheus.Registry)
			if err := reg.Register(m); err != nil {
				return nil, fmt.Errorf("promservice.Module: %w", err)
			}
			return m, nil
		}),
		fxservices.Observe(func(m *Metrics) *Metrics { return m }),
		fx.Invoke(func(in adminIn) {
			if in.Server != nil {
				in.Server.Handle(path, handler(in.Gatherer))
			}
		}),
	)
}

type adminIn struct {
	fx.In
	Gatherer prometheus.Gatherer
	Server   *admin.Server `optional:"true"`
}
