package promservice

import (
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
)

// Metrics is an Observer and a [prometheus.Collector]; see the package. Make it with [New], and give it to one Runner. It is safe
// for concurrent use.
type Metrics struct {
	descs    descs
	registry *prometheus.Registry // nil: it was made for that of a container
	model    model
}

// New returns Metrics that are registered; see [Registry]. It panics, as MustRegister does, if the registry has metrics of these
// names already.
func New(opts ...Option) *Metrics {
	o := newOptions(opts)
	m := newMetrics(o.namespace)
	m.registry = o.registry
	if m.registry == nil {
		m.registry = newRegistry()
	}
	m.registry.MustRegister(m)
	return m
}

func newMetrics(namespace string) *Metrics {
	return &Metrics{descs: newDescs(namespace), model: model{services: map[id]*service{}}}
}

func newRegistry() *prometheus.Registry {
	reg := prometheus.NewRegistry()
	reg.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return reg
}

// Registry returns the registry that the metrics are in.
func (m *Metrics) Registry() *prometheus.Registry { return m.registry }
