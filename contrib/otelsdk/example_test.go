package otelsdk_test

import (
	"context"
	"fmt"
	"os"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"
	"go.uber.org/fx"

	"github.com/go-fxservices/services/contrib/otelsdk"
	"github.com/go-fxservices/services/contrib/otelservice"
	"github.com/go-fxservices/services/fxservices"
	"github.com/go-fxservices/services/runner"
)

func ExampleModule() {
	os.Setenv("OTEL_TRACES_EXPORTER", "none") // so that this example needs no collector
	os.Setenv("OTEL_METRICS_EXPORTER", "none")
	os.Setenv("OTEL_LOGS_EXPORTER", "none")

	err := fxservices.Run(context.Background(),
		fx.NopLogger,
		otelsdk.Module(otelsdk.Attributes(attribute.String("deployment.environment.name", "test"))),
		fxservices.Observe(func() runner.Observer { return otelservice.New() }),
		fxservices.Provide(func(tracers trace.TracerProvider) *importJob {
			return &importJob{runner.NewJob("import", func(ctx context.Context) error {
				_, span := tracers.Tracer("import").Start(ctx, "read")
				defer span.End()
				fmt.Println("recorded:", span.IsRecording())
				return nil
			})}
		}),
		fxservices.Module(),
	)
	fmt.Println(err)
	// Output:
	// recorded: true
	// <nil>
}

type importJob struct{ runner.Job }
