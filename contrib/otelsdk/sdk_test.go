package otelsdk_test

import (
	"context"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/log"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/trace"
	"go.uber.org/fx"

	"github.com/go-fxservices/services/contrib/otelsdk"
	"github.com/go-fxservices/services/contrib/otelservice"
	"github.com/go-fxservices/services/fxservices"
	"github.com/go-fxservices/services/observers"
	"github.com/go-fxservices/services/runner"
)

type database struct{ runner.Resource }

// newDatabase records a span while it starts, and one of each signal while it stops.
func newDatabase(tracers trace.TracerProvider, meters metric.MeterProvider, loggers log.LoggerProvider) *database {
	span := func(ctx context.Context, name string) {
		_, span := tracers.Tracer("db").Start(ctx, name)
		span.End()
	}
	return &database{runner.NewResource("db",
		func(ctx context.Context) error {
			span(ctx, "connect")
			return nil
		},
		func(ctx context.Context) error {
			span(ctx, "disconnect")
			counter, err := meters.Meter("db").Int64Counter("db.connections")
			counter.Add(ctx, 1)
			var record log.Record
			record.SetBody(attribute.StringValue("disconnected"))
			loggers.Logger("db").Emit(ctx, record)
			return err
		})}
}

func application(opts ...fx.Option) *fx.App {
	return fx.New(fx.NopLogger, fxservices.Provide(newDatabase), fx.Invoke(func(*database) {}), fx.Options(opts...),
		fxservices.Module(fxservices.WithRunner(runner.WithSignals())))
}

func TestModule(t *testing.T) {
	t.Run("sends what services record from the start to the stop", func(t *testing.T) {
		c := newCollector(t)
		app := application(otelsdk.Module(), fxservices.Observe(func() runner.Observer { return otelservice.New() }))
		require.NoError(t, app.Start(t.Context()))
		require.NoError(t, app.Stop(t.Context()))
		require.Empty(t, lost())
		require.Equal(t, []string{
			"span app.start of shop", "span app.stop of shop", "span connect of shop", "span disconnect of shop", "span service.start of shop",
			"span service.start of shop", "span service.stop of shop",
		}, c.lines("span"))
		require.Contains(t, c.lines("metric"), "metric db.connections")
		require.Equal(t, []string{"log disconnected"}, c.lines("log"))
	})

	t.Run("starts before and stops after everything else", func(t *testing.T) {
		newCollector(t)
		var events []string
		app := application(otelsdk.Module(), fxservices.Observe(func() runner.Observer {
			return observers.Funcs{
				OnBeforeStart: func(_ context.Context, s runner.Service) { events = append(events, "start "+s.Name()) },
				OnAfterStop:   func(_ context.Context, s runner.Service, _ error) { events = append(events, "stop "+s.Name()) },
			}
		}))
		require.NoError(t, app.Start(t.Context()))
		require.NoError(t, app.Stop(t.Context()))
		require.Equal(t, []string{"start otel", "start db", "stop db", "stop otel"}, events)
	})

	t.Run("makes new providers when the application starts again", func(t *testing.T) {
		c := newCollector(t)
		app := application(otelsdk.Module())
		for range 2 {
			require.NoError(t, app.Start(t.Context()))
			_, span := otel.Tracer("test").Start(t.Context(), "request")
			span.End()
			require.NoError(t, app.Stop(t.Context()))
		}
		require.Equal(t, []string{"span request of shop", "span request of shop"}, c.lines("span request"))
	})

	t.Run("describes the program", func(t *testing.T) {
		c := newCollector(t)
		app := application(otelsdk.Module(otelsdk.Attributes(attribute.String("service.name", "other"))))
		require.NoError(t, app.Start(t.Context()))
		require.NoError(t, app.Stop(t.Context()))
		require.Equal(t, []string{"span connect of other", "span disconnect of other"}, c.lines("span"))
	})

	t.Run("does nothing with OTEL_SDK_DISABLED", func(t *testing.T) {
		c := newCollector(t)
		t.Setenv("OTEL_SDK_DISABLED", "True")
		before := otel.GetTracerProvider()
		app := application(otelsdk.Module())
		for range 2 {
			require.NoError(t, app.Start(t.Context()))
			require.NoError(t, app.Stop(t.Context()))
		}
		require.Empty(t, c.lines(""))
		require.Same(t, before, otel.GetTracerProvider())
	})

	for name, variable := range map[string]struct{ key, value, want string }{
		"an exporter":   {"OTEL_TRACES_EXPORTER", "carrier-pigeon", "otelsdk: traces: "},
		"another":       {"OTEL_METRICS_EXPORTER", "carrier-pigeon", "otelsdk: metrics: "},
		"a third":       {"OTEL_LOGS_EXPORTER", "carrier-pigeon", "otelsdk: logs: "},
		"a propagator":  {"OTEL_PROPAGATORS", "gossip", "otelsdk: OTEL_PROPAGATORS: "},
		"the protocol":  {"OTEL_EXPORTER_OTLP_PROTOCOL", "morse", "otelsdk: traces: "},
		"a flush of 0 ": {"", "", "otelsdk: FlushTimeout must be positive, got 0s"},
	} {
		t.Run("refuses "+name+" that it does not know, and leaves nothing behind", func(t *testing.T) {
			newCollector(t)
			var opts []otelsdk.Option
			if variable.key == "" {
				opts = append(opts, otelsdk.FlushTimeout(0))
			} else {
				t.Setenv(variable.key, variable.value)
			}
			require.ErrorContains(t, application(otelsdk.Module(opts...)).Err(), variable.want)
		})
	}
}

func TestDeadCollector(t *testing.T) {
	for _, protocol := range []string{"grpc", "http/protobuf"} {
		t.Run("one that never answers keeps nothing up, and changes no result, "+protocol, func(t *testing.T) {
			listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
			require.NoError(t, err)
			var holding sync.WaitGroup
			holding.Go(func() {
				for {
					conn, err := listener.Accept()
					if err != nil {
						return
					}
					defer conn.Close()
				}
			})
			defer holding.Wait()
			defer listener.Close()
			t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://"+listener.Addr().String())
			t.Setenv("OTEL_EXPORTER_OTLP_PROTOCOL", protocol)
			app := application(otelsdk.Module(otelsdk.FlushTimeout(50 * time.Millisecond)))
			require.NoError(t, app.Start(t.Context()))
			require.NoError(t, app.Stop(t.Context()))
			require.Contains(t, lost(), "otelsdk: some telemetry was lost: ")
		})
	}

	t.Run("one that is not there changes no result, either", func(t *testing.T) {
		t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1")
		app := application(otelsdk.Module(otelsdk.FlushTimeout(50 * time.Millisecond)))
		require.NoError(t, app.Start(t.Context()))
		require.NoError(t, app.Stop(t.Context()))
		require.Contains(t, lost(), "otelsdk: some telemetry was lost: ")
	})

	t.Run("the context of Stop ends it earlier", func(t *testing.T) {
		t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1")
		sdk, err := otelsdk.New()
		require.NoError(t, err)
		_, span := sdk.TracerProvider().Tracer("test").Start(t.Context(), "lost")
		span.End()
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		require.NoError(t, sdk.Stop(ctx))
		require.NoError(t, sdk.Stop(t.Context()))
		require.Contains(t, lost(), context.Canceled.Error())
	})
}
