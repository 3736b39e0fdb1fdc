package otelservice

import (
	"context"
	"time"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/metric/noop"
)

type metrics struct {
	starts    metric.Float64Histogram
	stops     metric.Float64Histogram
	failures  metric.Int64Counter
	appStarts metric.Float64Histogram
}

// buckets are for starts and stops: from a millisecond to minutes. Those of requests end at 10 s.
var buckets = metric.WithExplicitBucketBoundaries(
	.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 15, 30, 60, 120, 300)

func newMetrics(m metric.Meter) (all metrics) {
	seconds := func(name, description string) metric.Float64Histogram {
		h, err := m.Float64Histogram(name, metric.WithUnit("s"), metric.WithDescription(description), buckets)
		if err != nil {
			otel.Handle(err)
			return noop.Float64Histogram{}
		}
		return h
	}
	all.starts = seconds("services.start.duration", "How long services took to start")
	all.stops = seconds("services.stop.duration", "How long services took to stop")
	all.appStarts = seconds("services.application.start.duration", "How long the application took to start")
	failures, err := m.Int64Counter("services.failures", metric.WithUnit("{failure}"),
		metric.WithDescription("Failures of services that were up"))
	if err != nil {
		otel.Handle(err)
		failures = noop.Int64Counter{}
	}
	all.failures = failures
	return all
}

func (m *metrics) started(ctx context.Context, took time.Duration, about []attribute.KeyValue, err error) {
	m.starts.Record(ctx, took.Seconds(), with(about, err))
}

func (m *metrics) stopped(ctx context.Context, took time.Duration, about []attribute.KeyValue, err error) {
	m.stops.Record(ctx, took.Seconds(), with(about, err))
}

func (m *metrics) failed(ctx context.Context, about []attribute.KeyValue, err error) {
	m.failures.Add(ctx, 1, with(about, err))
}

func (m *metrics) appStarted(ctx context.Context, took time.Duration, err error) {
	m.appStarts.Record(ctx, took.Seconds(), with(nil, err))
}

func with(about []attribute.KeyValue, err error) metric.MeasurementOption {
	if err != nil {
		about = append(about, errorType(err))
	}
	return metric.WithAttributes(about...)
}
