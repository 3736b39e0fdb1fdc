package promservice_test

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil/promlint"
	"github.com/prometheus/common/expfmt"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/go-fxservices/services/contrib/promservice"
	"github.com/go-fxservices/services/runner"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var errBoom = errors.New("boom")

func nothing(context.Context) error { return nil }

func fails(context.Context) error { return errBoom }

func sleep(d time.Duration) func(context.Context) error {
	return func(ctx context.Context) error {
		select {
		case <-time.After(d):
			return nil
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

func newRunner(m *promservice.Metrics, opts ...runner.StarterOption) *runner.Runner {
	return runner.NewRunner(append(opts, runner.WithSignals(), runner.WithObserver(m))...)
}

// lines returns the series whose names begin with prefix, without comments and those that are 0.
func lines(t *testing.T, g prometheus.Gatherer, prefix string) (lines []string) {
	t.Helper()
	for line := range strings.Lines(scrape(t, g)) {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, prefix) && !strings.HasPrefix(line, "#") && !strings.HasSuffix(line, " 0") {
			lines = append(lines, line)
		}
	}
	return lines
}

// scrape returns what g has in the text format, after it has passed the lint.
func scrape(t *testing.T, g prometheus.Gatherer) string {
	t.Helper()
	families, err := g.Gather()
	require.NoError(t, err)
	var b bytes.Buffer
	for _, family := range families {
		_, err := expfmt.MetricFamilyToText(&b, family)
		require.NoError(t, err)
	}
	if b.Len() > 50_000 {
		return b.String() // the lint compares each series with each
	}
	problems, err := promlint.New(strings.NewReader(b.String())).Lint()
	require.NoError(t, err)
	require.Empty(t, problems)
	return b.String()
}

func inBubble(t *testing.T, name string, test func(*testing.T)) {
	t.Helper()
	t.Run(name, func(t *testing.T) { synctest.Test(t, test) })
}
