package promservice

import "github.com/prometheus/client_golang/prometheus"

// An Option changes [New] and [Module]. A nil Option is skipped.
type Option func(*options)

type options struct {
	namespace     string
	registry      *prometheus.Registry // nil: a new one
	fromContainer bool
}

// Namespace sets with what the names of all metrics begin. By default, and if ns is empty, that is "services".
func Namespace(ns string) Option {
	return func(o *options) {
		if ns != "" {
			o.namespace = ns
		}
	}
}

// Registry sets where the metrics are registered. By default, and if reg is nil, that is a new registry, which also has the
// metrics of the Go runtime and of the process.
func Registry(reg *prometheus.Registry) Option { return func(o *options) { o.registry = reg } }

// RegistryFromContainer makes [Module] take the prometheus.Registerer and prometheus.Gatherer that the application provides.
// [New] ignores it.
func RegistryFromContainer() Option { return func(o *options) { o.fromContainer = true } }

func newOptions(opts []Option) options {
	o := options{namespace: "services"}
	for _, opt := range opts {
		if opt != nil {
			opt(&o)
		}
	}
	return o
}
