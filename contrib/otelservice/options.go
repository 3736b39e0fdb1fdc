package otelservice

import (
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/trace"
)

// An Option changes an [Observer]. A nil Option is skipped.
type Option func(*options)

type options struct {
	tracers trace.TracerProvider
	meters  metric.MeterProvider
}

// TracerProvider sets where spans go. By default, and if p is nil, that is the global provider, also one that is set later.
func TracerProvider(p trace.TracerProvider) Option {
	return func(o *options) {
		if p != nil {
			o.tracers = p
		}
	}
}

// MeterProvider sets where metrics go. By default, and if p is nil, that is the global provider, also one that is set later.
func MeterProvider(p metric.MeterProvider) Option {
	return func(o *options) {
		if p != nil {
			o.meters = p
		}
	}
}
