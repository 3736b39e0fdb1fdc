package otelservice_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"

	"github.com/go-fxservices/services/runner"
)

// series returns the metrics, sorted: "name unit attributes = count, sum".
func (s *sdk) series(t *testing.T) (lines []string) {
	t.Helper()
	var all metricdata.ResourceMetrics
	require.NoError(t, s.reader.Collect(t.Context(), &all))
	text := func(set attribute.Set) (text string) {
		for _, a := range set.ToSlice() {
			text += " " + a.Value.String()
		}
		return text
	}
	for _, scope := range all.ScopeMetrics {
		for _, m := range scope.Metrics {
			switch data := m.Data.(type) {
			case metricdata.Histogram[float64]:
				for _, p := range data.DataPoints {
					lines = append(lines, fmt.Sprintf("%s %s%s = %d, %v", m.Name, m.Unit, text(p.Attributes), p.Count, p.Sum))
				}
			case metricdata.Sum[int64]:
				for _, p := range data.DataPoints {
					lines = append(lines, fmt.Sprintf("%s %s%s = %d", m.Name, m.Unit, text(p.Attributes), p.Value))
				}
			}
		}
	}
	slices.Sort(lines)
	return lines
}

func TestMetrics(t *testing.T) {
	inBubble(t, "are seconds", func(t *testing.T) {
		s := newSDK()
		r := s.newRunner()
		require.NoError(t, r.Start(t.Context(), runner.NewResource("db", sleep(2*time.Second), sleep(3*time.Second))))
		require.ErrorIs(t, r.Start(t.Context(), runner.NewResource("cache", fails, nothing)), errSecret)
		broken := runner.NewServer("api", func(ctx context.Context) error {
			if err := sleep(time.Minute)(ctx); err != nil {
				return err
			}
			return errSecret
		}, nothing)
		require.ErrorIs(t, r.Run(t.Context(), broken), errSecret)
		require.NoError(t, r.Finish(t.Context()))
		require.Equal(t, []string{
			"services.application.start.duration s *errors.errorString = 1, 0",
			"services.application.start.duration s = 2, 2",
			"services.failures {failure} *errors.errorString api server = 1",
			"services.start.duration s *errors.errorString cache resource = 1, 0",
			"services.start.duration s api server = 1, 0",
			"services.start.duration s db resource = 1, 2",
			"services.stop.duration s api server = 1, 0",
			"services.stop.duration s db resource = 1, 3",
		}, s.series(t))
	})
}
