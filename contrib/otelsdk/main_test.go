package otelsdk_test

import (
	"context"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel"
	collectorlogs "go.opentelemetry.io/proto/otlp/collector/logs/v1"
	collectormetrics "go.opentelemetry.io/proto/otlp/collector/metrics/v1"
	collectortraces "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	"go.uber.org/goleak"
	"google.golang.org/grpc"

	"github.com/go-fxservices/services/contrib/otelsdk"
	"github.com/go-fxservices/services/contrib/otelservice"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// collector is a real one, of what programs send over OTLP/gRPC.
type collector struct {
	collectortraces.UnimplementedTraceServiceServer

	mu       sync.Mutex
	received []string // such as "span start db of shop"
}

type (
	metricsService struct {
		collectormetrics.UnimplementedMetricsServiceServer
		*collector
	}
	logsService struct {
		collectorlogs.UnimplementedLogsServiceServer
		*collector
	}
)

// newCollector makes the variables name a collector that is up until the test ends.
func newCollector(t *testing.T) *collector {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	c, server := &collector{}, grpc.NewServer()
	collectortraces.RegisterTraceServiceServer(server, c)
	collectormetrics.RegisterMetricsServiceServer(server, metricsService{collector: c})
	collectorlogs.RegisterLogsServiceServer(server, logsService{collector: c})
	var serving sync.WaitGroup
	serving.Go(func() { _ = server.Serve(listener) })
	t.Cleanup(func() { server.Stop(); serving.Wait() })
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://"+listener.Addr().String())
	t.Setenv("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc")
	t.Setenv("OTEL_SERVICE_NAME", "shop")
	return c
}

func (c *collector) note(lines ...string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.received = append(c.received, lines...)
}

// lines returns what has been received that begins with kind, sorted.
func (c *collector) lines(kind string) []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	lines := slices.DeleteFunc(slices.Clone(c.received), func(line string) bool { return !strings.HasPrefix(line, kind) })
	slices.Sort(lines)
	return lines
}

func (c *collector) Export(_ context.Context, request *collectortraces.ExportTraceServiceRequest) (*collectortraces.ExportTraceServiceResponse, error) {
	for _, about := range request.GetResourceSpans() {
		of := ""
		for _, attribute := range about.GetResource().GetAttributes() {
			if attribute.GetKey() == "service.name" {
				of = " of " + attribute.GetValue().GetStringValue()
			}
		}
		for _, scope := range about.GetScopeSpans() {
			for _, span := range scope.GetSpans() {
				c.note("span " + span.GetName() + of)
			}
		}
	}
	return &collectortraces.ExportTraceServiceResponse{}, nil
}

func (m metricsService) Export(_ context.Context, request *collectormetrics.ExportMetricsServiceRequest) (*collectormetrics.ExportMetricsServiceResponse, error) {
	for _, about := range request.GetResourceMetrics() {
		for _, scope := range about.GetScopeMetrics() {
			for _, metric := range scope.GetMetrics() {
				m.note("metric " + metric.GetName())
			}
		}
	}
	return &collectormetrics.ExportMetricsServiceResponse{}, nil
}

func (l logsService) Export(_ context.Context, request *collectorlogs.ExportLogsServiceRequest) (*collectorlogs.ExportLogsServiceResponse, error) {
	for _, about := range request.GetResourceLogs() {
		for _, scope := range about.GetScopeLogs() {
			for _, record := range scope.GetLogRecords() {
				l.note("log " + record.GetBody().GetStringValue())
			}
		}
	}
	return &collectorlogs.ExportLogsServiceResponse{}, nil
}

// told collects what the error handler of OpenTelemetry hears. It stands in front of the default one for good: otel keeps the first.
var told struct {
	mu   sync.Mutex
	text []string
}

func init() {
	otel.SetErrorHandler(otel.ErrorHandlerFunc(func(err error) {
		told.mu.Lock()
		defer told.mu.Unlock()
		told.text = append(told.text, err.Error())
	}))
}

// lost returns what was told since the last call about telemetry that was lost.
func lost() string {
	told.mu.Lock()
	defer told.mu.Unlock()
	text := strings.Join(told.text, "\n")
	told.text = nil
	return text
}

var _ otelservice.Exporter = (*otelsdk.SDK)(nil)
