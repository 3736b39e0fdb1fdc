package otelsdk

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"strings"
	"sync"

	"go.opentelemetry.io/contrib/propagators/autoprop"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/log"
	lognoop "go.opentelemetry.io/otel/log/noop"
	"go.opentelemetry.io/otel/metric"
	metricnoop "go.opentelemetry.io/otel/metric/noop"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/sdk/resource"
	"go.opentelemetry.io/otel/trace"
	tracenoop "go.opentelemetry.io/otel/trace/noop"
)

// SDK is a runner.Resource that records and sends traces, metrics and logs. It is safe for concurrent use.
//
// It records from [New] on, so that nothing of the start is missing, and sends until it is stopped. After Stop its providers
// record nothing; a later Start makes new ones, and whoever keeps one of the old ones has to ask again.
type SDK struct {
	options  options
	resource *resource.Resource // nil: OTEL_SDK_DISABLED

	mu      sync.Mutex
	signals *signals // of the present or the last run
	stopped bool
}

// New returns an SDK that records already, and makes its providers and propagator the global ones of package otel. With
// OTEL_SDK_DISABLED=true it does neither. It connects to nothing. A variable that cannot be understood is an error.
//
// An SDK that is not wanted after all has to be stopped, as one that was started.
func New(opts ...Option) (*SDK, error) {
	s := &SDK{options: options{flush: DefaultFlushTimeout}}
	for _, opt := range opts {
		opt(&s.options)
	}
	if s.options.err != nil {
		return nil, fmt.Errorf("otelsdk: %w", s.options.err)
	}
	if strings.EqualFold(strings.TrimSpace(os.Getenv("OTEL_SDK_DISABLED")), "true") {
		return s, nil
	}
	var err error
	s.resource, err = resource.New(context.Background(), resource.WithService(), resource.WithTelemetrySDK(), resource.WithFromEnv(),
		resource.WithAttributes(s.options.attributes...)) // the last one wins
	if err != nil {
		return nil, fmt.Errorf("otelsdk: %w", err)
	}
	if err := s.record(context.Background()); err != nil {
		return nil, err
	}
	return s, nil
}

// Name implements runner.Service.
func (*SDK) Name() string { return "otel" }

// ExportsTelemetry implements otelservice.Exporter.
func (*SDK) ExportsTelemetry() {}

// record makes new providers, and makes them the global ones.
func (s *SDK) record(ctx context.Context) error {
	propagator, err := newPropagator()
	if err != nil {
		return fmt.Errorf("otelsdk: %w", err)
	}
	made, err := newSignals(ctx, s.resource)
	if err != nil {
		return fmt.Errorf("otelsdk: %w", err)
	}
	made.setGlobal()
	otel.SetTextMapPropagator(propagator)
	s.signals, s.stopped = made, false
	return nil
}

// Start makes new providers where Stop has ended the old ones. It waits for no collector.
func (s *SDK) Start(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.stopped || s.resource == nil {
		return nil
	}
	return s.record(ctx)
}

// Stop sends what has been recorded, and ends the providers. It returns within the [FlushTimeout] and its context. Its error is
// always nil: what could not be sent is told to the error handler of package otel, which logs it. A second call does nothing.
func (s *SDK) Stop(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stopped || s.signals == nil {
		return nil
	}
	s.stopped = true
	within, cancel := context.WithTimeout(ctx, s.options.flush)
	defer cancel()
	if err := s.signals.end(within); err != nil {
		otel.Handle(fmt.Errorf("otelsdk: some telemetry was lost: %w", err))
	}
	return nil
}

// TracerProvider returns the present provider of tracers.
func (s *SDK) TracerProvider() trace.TracerProvider {
	if now := s.now(); now != nil {
		return now.traces
	}
	return tracenoop.NewTracerProvider()
}

// MeterProvider returns the present provider of meters.
func (s *SDK) MeterProvider() metric.MeterProvider {
	if now := s.now(); now != nil {
		return now.metrics
	}
	return metricnoop.NewMeterProvider()
}

// LoggerProvider returns the present provider of loggers.
func (s *SDK) LoggerProvider() log.LoggerProvider {
	if now := s.now(); now != nil {
		return now.logs
	}
	return lognoop.NewLoggerProvider()
}

func (s *SDK) now() *signals {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.signals
}

// newPropagator returns the one that OTEL_PROPAGATORS asks for.
func newPropagator() (propagation.TextMapPropagator, error) {
	names := strings.Split(cmp.Or(os.Getenv("OTEL_PROPAGATORS"), "tracecontext,baggage"), ",")
	propagator, err := autoprop.TextMapPropagator(names...)
	if err != nil {
		return nil, fmt.Errorf("OTEL_PROPAGATORS: %w", err)
	}
	return propagator, nil
}
