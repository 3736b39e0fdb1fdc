package promservice_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cenkalti/backoff/v4"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/contrib/promservice"
	"github.com/go-fxservices/services/retrier"
	"github.com/go-fxservices/services/runner"
)

func TestMetrics(t *testing.T) {
	inBubble(t, "follow a life", func(t *testing.T) {
		reg := prometheus.NewRegistry()
		m := promservice.New(nil, promservice.Registry(reg))
		require.Same(t, reg, m.Registry())
		require.Equal(t, []string{`services_application_state{state="idle"} 1`}, lines(t, reg, ""))
		r := newRunner(m, runner.WithDrainDelay(5*time.Second))
		done := make(chan error)
		go func() {
			done <- r.Start(t.Context(), runner.NewResource("db", sleep(2*time.Second), sleep(3*time.Second)), runner.NewResource("cache", nothing, nothing))
		}()
		time.Sleep(time.Second)
		require.Equal(t, []string{
			`services_application_state{state="starting"} 1`,
			`services_state{kind="resource",service="cache",state="new"} 1`,
			`services_state{kind="resource",service="db",state="starting"} 1`,
		}, lines(t, reg, ""))
		require.NoError(t, <-done)
		ready := []string{
			fmt.Sprintf(`services_application_ready_time_seconds %v`, float64(time.Now().Unix())),
			`services_application_start_duration_seconds 2`,
			`services_application_state{state="ready"} 1`,
			`services_start_attempts_total{result="success",service="cache"} 1`,
			`services_start_attempts_total{result="success",service="db"} 1`,
			`services_start_duration_seconds{kind="resource",service="db"} 2`,
			`services_state{kind="resource",service="cache",state="ready"} 1`,
			`services_state{kind="resource",service="db",state="ready"} 1`,
		}
		require.Equal(t, ready, lines(t, reg, ""))
		go func() { done <- r.Finish(context.Background()) }()
		time.Sleep(time.Second)
		require.Equal(t, []string{`services_application_state{state="draining"} 1`}, lines(t, reg, "services_application_state"))
		time.Sleep(5 * time.Second)
		require.Equal(t, []string{`services_application_state{state="stopping"} 1`}, lines(t, reg, "services_application_state"))
		require.Equal(t, []string{
			`services_state{kind="resource",service="cache",state="stopped"} 1`,
			`services_state{kind="resource",service="db",state="stopping"} 1`,
		}, lines(t, reg, "services_state"))
		require.NoError(t, <-done)
		require.Equal(t, []string{`services_shutdown_duration_seconds 8`}, lines(t, reg, "services_shutdown"))
		require.Equal(t, []string{`services_stop_duration_seconds{kind="resource",service="db"} 3`}, lines(t, reg, "services_stop"))
		require.NoError(t, r.Start(t.Context(), runner.NewResource("db", nothing, nothing)))
		require.NoError(t, r.Finish(t.Context()))
		require.Contains(t, lines(t, reg, ""), `services_start_attempts_total{result="success",service="db"} 2`)
	})

	inBubble(t, "count attempts and failures", func(t *testing.T) {
		m := promservice.New(promservice.Namespace("shop"))
		r := newRunner(m)
		attempts := 0
		flaky := retrier.New().Backoff(backoff.NewConstantBackOff(time.Second)).Build(runner.NewResource("flaky", func(context.Context) error {
			if attempts++; attempts < 3 {
				return errBoom
			}
			return nil
		}, fails))
		require.ErrorIs(t, r.Run(t.Context(), flaky, runner.NewResource("db", fails, nothing), runner.NewResource("later", nothing, nothing)), errBoom)
		broken := runner.NewServer("api", func(ctx context.Context) error {
			_ = sleep(time.Minute)(ctx)
			return errBoom
		}, nothing)
		require.ErrorIs(t, r.Run(t.Context(), broken), errBoom)
		require.ErrorIs(t, r.Run(t.Context(), runner.NewJob("import", fails)), errBoom)
		require.NoError(t, r.Run(t.Context(), runner.NewJob("export", nothing)))
		require.NoError(t, r.Finish(t.Context()))
		require.Equal(t, []string{
			`shop_start_attempts_total{result="error",service="db"} 1`,
			`shop_start_attempts_total{result="error",service="flaky"} 2`,
			`shop_start_attempts_total{result="success",service="api"} 1`,
			`shop_start_attempts_total{result="success",service="export"} 1`,
			`shop_start_attempts_total{result="success",service="flaky"} 1`,
			`shop_start_attempts_total{result="success",service="import"} 1`,
		}, lines(t, m.Registry(), "shop_start_attempts"))
		require.Equal(t, []string{
			`shop_failures_total{kind="job",service="import"} 1`,
			`shop_failures_total{kind="resource",service="db"} 1`,
			`shop_failures_total{kind="resource",service="flaky"} 1`,
			`shop_failures_total{kind="server",service="api"} 1`,
		}, lines(t, m.Registry(), "shop_failures"))
		require.Contains(t, lines(t, m.Registry(), "shop_state"), `shop_state{kind="resource",service="db",state="failed"} 1`)
		require.Contains(t, lines(t, m.Registry(), "shop_state"), `shop_state{kind="job",service="export",state="stopped"} 1`)
	})

	inBubble(t, "have one state of each service", func(t *testing.T) {
		m := promservice.New(promservice.Registry(prometheus.NewRegistry()))
		r := newRunner(m)
		same := func() runner.Resource { return runner.NewResource("same", nothing, nothing) }
		require.NoError(t, r.Start(t.Context(), same(), same(), runner.NewResource("bad \xff\n\"name", nothing, nothing),
			runner.NewServer("same", func(ctx context.Context) error { <-ctx.Done(); return nil }, nothing)))
		require.Equal(t, []string{
			`services_state{kind="resource",service="bad ` + "\ufffd" + `\n\"name",state="ready"} 1`,
			`services_state{kind="resource",service="same",state="ready"} 1`,
			`services_state{kind="server",service="same",state="ready"} 1`,
		}, lines(t, m.Registry(), "services_state"))
		require.NoError(t, r.Finish(t.Context()))
	})

	inBubble(t, "are bounded", func(t *testing.T) {
		m := promservice.New(promservice.Registry(prometheus.NewRegistry()))
		r := newRunner(m)
		var all []runner.Service
		for i := range 1100 {
			all = append(all, runner.NewResource(fmt.Sprintf("service %04d", i), nothing, nothing))
		}
		require.NoError(t, r.Start(t.Context(), all...))
		ready := lines(t, m.Registry(), "services_state")
		require.Len(t, ready, 1001)
		require.Contains(t, ready, `services_state{kind="other",service="other",state="ready"} 1`)
		require.Contains(t, lines(t, m.Registry(), ""), `services_start_attempts_total{result="success",service="other"} 100`)
		require.NoError(t, r.Finish(t.Context()))
	})

	t.Run("have those of Go beside them in a registry of their own", func(t *testing.T) {
		text := scrape(t, promservice.New().Registry())
		require.Contains(t, text, "go_goroutines ")
		require.Contains(t, text, "process_start_time_seconds ")
		require.PanicsWithError(t, "duplicate metrics collector registration attempted", func() {
			reg := promservice.New().Registry()
			promservice.New(promservice.Registry(reg))
		})
	})
}

// checked is a Resource with checks.
type checked struct {
	runner.Resource
	ready, healthy func(context.Context) error
}

func (c *checked) IsReady(ctx context.Context) error   { return c.ready(ctx) }
func (c *checked) IsHealthy(ctx context.Context) error { return c.healthy(ctx) }

func TestChecks(t *testing.T) {
	start := func(t *testing.T, services ...runner.Service) (*promservice.Metrics, *runner.Runner) {
		t.Helper()
		m := promservice.New(promservice.Registry(prometheus.NewRegistry()))
		r := newRunner(m)
		require.NoError(t, r.Start(t.Context(), services...))
		return m, r
	}
	// all returns also those that are 0.
	all := func(t *testing.T, m *promservice.Metrics) (found []string) {
		t.Helper()
		for line := range strings.Lines(scrape(t, m.Registry())) {
			if rest, ok := strings.CutPrefix(line, "services_healthcheck"); ok {
				found = append(found, strings.TrimSpace(rest))
			}
		}
		return found
	}

	inBubble(t, "are asked at the scrape, while their service is up", func(t *testing.T) {
		healthy := errBoom
		db := &checked{runner.NewResource("db", nothing, sleep(time.Second)), nothing, func(context.Context) error { return healthy }}
		panics := &checked{runner.NewResource("panics", nothing, nothing), nothing, func(context.Context) error { panic("boom") }}
		m, r := start(t, db, panics)
		require.Equal(t, []string{
			`{check="health",service="db"} 0`, `{check="health",service="panics"} 0`, `{check="ready",service="db"} 1`,
			`{check="ready",service="panics"} 1`,
		}, all(t, m))
		healthy = nil
		require.Contains(t, all(t, m), `{check="health",service="db"} 1`)
		require.NoError(t, r.Finish(t.Context()))
		require.Empty(t, all(t, m))
	})

	inBubble(t, "that hang are 0, and asked once", func(t *testing.T) {
		release := make(chan struct{})
		var asked atomic.Int32
		hang := &checked{runner.NewResource("hangs", nothing, nothing), nothing, func(context.Context) error {
			asked.Add(1)
			<-release
			return nil
		}}
		m, r := start(t, hang, &checked{runner.NewResource("slow", nothing, nothing), nothing, sleep(time.Hour)})
		began := time.Now()
		for range 3 {
			require.Equal(t, []string{
				`{check="health",service="hangs"} 0`, `{check="health",service="slow"} 0`, `{check="ready",service="hangs"} 1`,
				`{check="ready",service="slow"} 1`,
			}, all(t, m))
			synctest.Wait() // the slow one has heard that its time is over
		}
		require.Equal(t, 3*time.Second, time.Since(began), "both at the same time")
		require.Equal(t, int32(1), asked.Load())
		close(release)
		synctest.Wait()
		require.Contains(t, all(t, m), `{check="health",service="hangs"} 1`)
		require.NoError(t, r.Finish(t.Context()))
	})

	inBubble(t, "are asked once by scrapes that come together", func(t *testing.T) {
		var asked atomic.Int32
		m, r := start(t, &checked{runner.NewResource("db", nothing, nothing), nothing, func(ctx context.Context) error {
			asked.Add(1)
			return sleep(500 * time.Millisecond)(ctx)
		}})
		var scrapes sync.WaitGroup
		for range 10 {
			scrapes.Go(func() {
				_, err := m.Registry().Gather()
				require.NoError(t, err)
			})
		}
		time.Sleep(200 * time.Millisecond)
		require.Contains(t, all(t, m), `{check="health",service="db"} 1`)
		scrapes.Wait()
		require.Equal(t, int32(1), asked.Load())
		require.NoError(t, r.Finish(t.Context()))
	})

	t.Run("can be scraped while everything changes", func(t *testing.T) {
		m := promservice.New(promservice.Registry(prometheus.NewRegistry()))
		r := newRunner(m, runner.WithConcurrency(0))
		var scrapes sync.WaitGroup
		for range 4 {
			scrapes.Go(func() {
				for range 50 {
					_, err := m.Registry().Gather()
					require.NoError(t, err)
				}
			})
		}
		for range 20 {
			var services []runner.Service
			for i := range 20 {
				services = append(services, &checked{runner.NewResource(fmt.Sprint(i), nothing, nothing), nothing, fails})
			}
			require.NoError(t, r.Start(t.Context(), services...))
			require.NoError(t, r.Finish(t.Context()))
		}
		scrapes.Wait()
	})
}

func BenchmarkEvents(b *testing.B) {
	m := promservice.New()
	s := runner.NewResource("db", nothing, nothing)
	b.ReportAllocs()
	for b.Loop() {
		m.BeforeStart(b.Context(), s)
		m.AfterStart(b.Context(), s, nil)
	}
}
