// Operations is a service with everything that those who run it ask for: probes, metrics, a page that shows it, and what
// systemd wants to know.
//
//	go run ./examples/operations
//
// It prints where everything is. The environment configures it:
//
//	ADDR           address of the API (default 127.0.0.1:8080)
//	ADMIN_ADDR     address of the endpoints of operations (default 127.0.0.1:8081)
//	DRAIN_DELAY    how long it goes on to serve after it has been asked to end (default 5s)
//	NOTIFY_SOCKET  set by systemd
//	OTEL_EXPORTER_OTLP_ENDPOINT  a collector of OpenTelemetry, such as http://localhost:4318 (default: none)
//
// SIGINT or SIGTERM ends it: /readyz fails at once, requests are answered while clients leave, and the admin server stops last.
package main

import (
	"cmp"
	"fmt"
	"os"
	"time"

	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/trace"
	"go.uber.org/fx"

	"github.com/go-fxservices/services/contrib/otelsdk"
	"github.com/go-fxservices/services/contrib/otelservice"
	"github.com/go-fxservices/services/contrib/promservice"
	"github.com/go-fxservices/services/fxservices"
	"github.com/go-fxservices/services/httpserver/admin"
	"github.com/go-fxservices/services/observers"
	"github.com/go-fxservices/services/observers/systemd"
	"github.com/go-fxservices/services/runner"
)

func main() {
	drain, err := time.ParseDuration(cmp.Or(os.Getenv("DRAIN_DELAY"), "5s"))
	if err != nil {
		fmt.Fprintln(os.Stderr, "DRAIN_DELAY:", err)
		os.Exit(2)
	}
	if os.Getenv("OTEL_EXPORTER_OTLP_ENDPOINT") == "" {
		os.Setenv("OTEL_SDK_DISABLED", "true") // else it would look for one on this machine
	}
	fxservices.Main(
		fx.NopLogger,
		fxservices.Provide(NewDatabase, NewCache, NewCleanup, NewAPI),

		fxservices.Admin(admin.Addr(cmp.Or(os.Getenv("ADMIN_ADDR"), admin.DefaultAddr)), admin.Pprof()),
		fxservices.Timeline(), // the page at /services
		promservice.Module(),  // /metrics
		otelsdk.Module(),      // traces, metrics and logs for a collector
		fxservices.Observe( // what nobody asks for over HTTP:
			NewTracing,      // starts and stops as spans
			systemd.New,     // READY=1, STATUS=..., WATCHDOG=1
			NewAnnouncement, // where everything is
		),
		fxservices.Module(
			fxservices.DrainDelay(drain),
			fxservices.WithRunner(runner.WithGracePeriod(30*time.Second)),
		),
	)
}

// NewTracing returns an Observer that records what the application does for the collector.
func NewTracing(traces trace.TracerProvider, meters metric.MeterProvider) runner.Observer {
	return otelservice.New(otelservice.TracerProvider(traces), otelservice.MeterProvider(meters))
}

// NewAnnouncement returns an Observer that prints the URLs once the program is ready.
func NewAnnouncement(ops *admin.Server, api *API) observers.Funcs {
	return observers.Funcs{OnStateChanged: announce(ops, api)}
}
