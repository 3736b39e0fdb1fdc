package otelsdk

import (
	"context"
	"errors"
	"fmt"

	"go.opentelemetry.io/contrib/exporters/autoexport"
	"go.opentelemetry.io/otel"
	sdklog "go.opentelemetry.io/otel/sdk/log"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
)

// signals are the providers of one run.
type signals struct {
	traces  *sdktrace.TracerProvider
	metrics *sdkmetric.MeterProvider
	logs    *sdklog.LoggerProvider
	cut     context.CancelFunc // ends what is being sent
}

// newSignals returns providers with the exporters that the variables ask for. On an error nothing is left behind.
func newSignals(ctx context.Context, about *resource.Resource) (*signals, error) {
	spans, err := autoexport.NewSpanExporter(ctx)
	if err != nil {
		return nil, fmt.Errorf("traces: %w", err)
	}
	reader, err := autoexport.NewMetricReader(ctx)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("metrics: %w", err), spans.Shutdown(ctx))
	}
	records, err := autoexport.NewLogExporter(ctx)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("logs: %w", err), spans.Shutdown(ctx), reader.Shutdown(ctx))
	}
	life, cut := context.WithCancel(context.Background())
	return &signals{
		traces:  sdktrace.NewTracerProvider(sdktrace.WithResource(about), sdktrace.WithBatcher(spansUntil{spans, life})),
		metrics: sdkmetric.NewMeterProvider(sdkmetric.WithResource(about), sdkmetric.WithReader(reader)),
		logs: sdklog.NewLoggerProvider(sdklog.WithResource(about),
			sdklog.WithProcessor(sdklog.NewBatchProcessor(recordsUntil{records, life}))),
		cut: cut,
	}, nil
}

func (s *signals) setGlobal() {
	otel.SetTracerProvider(s.traces)
	otel.SetMeterProvider(s.metrics)
	otel.SetLoggerProvider(s.logs)
}

// end sends what is left, of all signals at the same time, until ctx ends. It returns when nothing runs any more.
//
// The providers are told to shut down without the end of ctx: with it, they would leave their goroutines behind. What they send
// is cut off instead.
func (s *signals) end(ctx context.Context) error {
	defer s.cut()
	defer context.AfterFunc(ctx, s.cut)()
	unbounded := context.WithoutCancel(ctx)
	shutdowns := map[string]func() error{
		"traces":  func() error { return s.traces.Shutdown(unbounded) },
		"metrics": func() error { return s.metrics.Shutdown(ctx) },
		"logs":    func() error { return s.logs.Shutdown(unbounded) },
	}
	ended := make(chan error, len(shutdowns))
	for name, shutdown := range shutdowns {
		go func() {
			err := shutdown()
			if err == nil {
				err = context.Cause(ctx)
			}
			if err != nil {
				err = fmt.Errorf("%s: %w", name, err)
			}
			ended <- err
		}()
	}
	var err error
	for range shutdowns {
		err = errors.Join(err, <-ended)
	}
	return err
}

// spansUntil ends exports with a context. The SDK gives each its own time, however long its Shutdown may take.
type spansUntil struct {
	sdktrace.SpanExporter
	life context.Context
}

// ExportSpans implements [sdktrace.SpanExporter].
func (e spansUntil) ExportSpans(ctx context.Context, spans []sdktrace.ReadOnlySpan) error {
	ctx, cancel := until(ctx, e.life)
	defer cancel()
	return e.SpanExporter.ExportSpans(ctx, spans)
}

// recordsUntil is spansUntil for log records.
type recordsUntil struct {
	sdklog.Exporter
	life context.Context
}

// Export implements [sdklog.Exporter].
func (e recordsUntil) Export(ctx context.Context, records []sdklog.Record) error {
	ctx, cancel := until(ctx, e.life)
	defer cancel()
	return e.Exporter.Export(ctx, records)
}

// until returns a context that ends with ctx, or with life.
func until(ctx, life context.Context) (context.Context, func()) {
	ctx, cancel := context.WithCancel(ctx)
	stop := context.AfterFunc(life, cancel)
	return ctx, func() { stop(); cancel() }
}
