package otelservice_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"

	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"
	"go.uber.org/goleak"

	"github.com/go-fxservices/services/contrib/otelservice"
	"github.com/go-fxservices/services/runner"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var errSecret = errors.New("password=s3cr3t")

func nothing(context.Context) error { return nil }

func fails(context.Context) error { return errSecret }

// sdk records spans and metrics.
type sdk struct {
	spans  *tracetest.SpanRecorder
	tracer trace.Tracer
	reader *sdkmetric.ManualReader
	opts   []otelservice.Option
}

func newSDK() *sdk {
	spans, reader := tracetest.NewSpanRecorder(), sdkmetric.NewManualReader()
	tracers := sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(spans))
	meters := sdkmetric.NewMeterProvider(sdkmetric.WithReader(reader))
	return &sdk{spans, tracers.Tracer("test"), reader, []otelservice.Option{
		nil, otelservice.TracerProvider(tracers), otelservice.TracerProvider(nil), otelservice.MeterProvider(meters), otelservice.MeterProvider(nil),
	}}
}

func (s *sdk) newRunner(opts ...runner.StarterOption) *runner.Runner {
	return runner.NewRunner(append(opts, runner.WithSignals(), runner.WithObserver(otelservice.New(s.opts...)))...)
}

func inBubble(t *testing.T, name string, test func(*testing.T)) {
	t.Helper()
	t.Run(name, func(t *testing.T) { synctest.Test(t, test) })
}
