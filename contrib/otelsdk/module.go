package otelsdk

import (
	"go.opentelemetry.io/otel/log"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/trace"
	"go.uber.org/fx"

	"github.com/go-fxservices/services/fxservices"
)

// Module adds an [SDK] to an application that has fxservices.Module. It provides the [*SDK], and its providers as
// [trace.TracerProvider], [metric.MeterProvider] and [log.LoggerProvider]. It adds no Observer: give otelservice.New to
// fxservices.Observe to record starts and stops. A variable that cannot be understood is an error of fx.New.
func Module(opts ...Option) fx.Option {
	return fx.Options(
		fxservices.Provide(func() (*SDK, error) { return New(opts...) }, fxservices.StartFirst()),
		fx.Provide(func(s *SDK) (trace.TracerProvider, metric.MeterProvider, log.LoggerProvider) {
			return s.TracerProvider(), s.MeterProvider(), s.LoggerProvider()
		}),
	)
}
