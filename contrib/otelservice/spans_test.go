package otelservice_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/cenkalti/backoff/v4"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"

	"github.com/go-fxservices/services/contrib/otelservice"
	"github.com/go-fxservices/services/retrier"
	"github.com/go-fxservices/services/runner"
)

// tree returns the spans that have ended, in the order in which they did: "parent > name attributes, events".
func (s *sdk) tree(t *testing.T) (lines []string) {
	t.Helper()
	names := map[trace.SpanID]string{}
	for _, span := range s.spans.Started() {
		names[span.SpanContext().SpanID()] = span.Name()
	}
	require.Len(t, s.spans.Ended(), len(names), "each span ends once")
	for _, span := range s.spans.Ended() {
		line := span.Name()
		if span.Parent().IsValid() {
			line = names[span.Parent().SpanID()] + " > " + line
		}
		for _, a := range span.Attributes() {
			line += " " + a.Value.String()
		}
		for _, e := range span.Events() {
			line += ", " + e.Name
			for _, a := range e.Attributes {
				line += " " + a.Value.String()
			}
		}
		if span.Status().Code == codes.Error {
			line += ", failed" + span.Status().Description
		}
		if took := span.EndTime().Sub(span.StartTime()); took > 0 {
			line += fmt.Sprintf(" (%v)", took)
		}
		lines = append(lines, line)
	}
	require.NotContains(t, strings.Join(lines, "\n"), "s3cr3t")
	return lines
}

// ready is a service that takes a second to be ready.
type ready struct{ runner.Resource }

func (*ready) IsReady(ctx context.Context) error { return sleep(time.Second)(ctx) }

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

type loaded struct{ runner.Resource }

func (loaded) Load(ctx context.Context) error { return sleep(time.Second)(ctx) }

// exporter sends what is recorded.
type exporter struct{ runner.Resource }

func (exporter) ExportsTelemetry() {}

// uncomparable is a service that is no key of a map.
type uncomparable struct {
	runner.Resource
	_ []int
}

func TestSpans(t *testing.T) {
	inBubble(t, "are those of a life", func(t *testing.T) {
		s := newSDK()
		r := s.newRunner(runner.WithDrainDelay(5 * time.Second))
		ctx, span := s.tracer.Start(t.Context(), "main")
		db := loaded{runner.NewResource("db", sleep(2*time.Second), sleep(3*time.Second))}
		slow := &ready{runner.NewResource("ready", nothing, nothing)}
		end := make(chan struct{})
		server := runner.NewServer("api", func(context.Context) error { <-end; return nil },
			func(context.Context) error { close(end); return nil })
		require.NoError(t, r.Start(ctx, db, slow, uncomparable{Resource: runner.NewResource("list", nothing, nothing)}, server))
		span.End()
		require.NoError(t, r.Finish(context.Background()))
		require.Equal(t, []string{
			"app.start > service.load db resource (1s)",
			"app.start > service.start db resource (2s)",
			"app.start > service.start ready resource (1s)",
			"app.start > service.start list resource",
			"app.start > service.start api server",
			"main > app.start (4s)",
			"main (4s)",
			"app.stop > service.stop api server",
			"app.stop > service.stop list resource",
			"app.stop > service.stop ready resource",
			"app.stop > service.stop db resource (3s)",
			"app.stop (8s)",
		}, s.tree(t))
	})

	inBubble(t, "end before what sends them", func(t *testing.T) {
		s := newSDK()
		r := s.newRunner()
		exporter := exporter{runner.NewResource("exporter", nothing, sleep(time.Hour))}
		require.NoError(t, r.Start(t.Context(), runner.With(exporter, runner.StopTimeout(time.Second)), runner.NewResource("db", nothing, nothing)))
		require.Error(t, r.Finish(t.Context()))
		require.Equal(t, []string{
			"app.start > service.start exporter resource", "app.start > service.start db resource", "app.start",
			"app.stop > service.stop db resource", "app.stop",
		}, s.tree(t))
	})

	inBubble(t, "tell failures and retries, without their texts", func(t *testing.T) {
		s := newSDK()
		r := s.newRunner()
		attempts := 0
		flaky := retrier.New().Backoff(backoff.NewConstantBackOff(time.Second)).Build(runner.NewResource("flaky", func(context.Context) error {
			if attempts++; attempts < 3 {
				return errSecret
			}
			return nil
		}, fails))
		require.ErrorIs(t, r.Run(t.Context(), flaky, runner.NewResource("db", fails, nothing)), errSecret)
		require.NoError(t, r.Finish(t.Context()))
		require.Equal(t, []string{
			"app.start > service.start flaky resource, retry 1 *errors.errorString 1, retry 2 *errors.errorString 1 (2s)",
			"app.start > service.start db resource *errors.errorString, failed",
			"app.start *errors.errorString, failed (2s)",
			"app.stop > service.stop flaky resource *errors.errorString, failed",
			"app.stop",
		}, s.tree(t))
	})

	inBubble(t, "are the parents of what services do", func(t *testing.T) {
		s := newSDK()
		r := s.newRunner()
		query := func(what string) func(context.Context) error {
			return func(ctx context.Context) error {
				_, span := s.tracer.Start(ctx, what)
				span.End()
				return nil
			}
		}
		end := make(chan struct{})
		server := runner.NewServer("api", func(ctx context.Context) error {
			_ = query("listen")(ctx)
			<-end
			return nil
		}, func(ctx context.Context) error {
			close(end)
			return query("close")(ctx)
		})
		job := runner.NewJob("import", query("run"))
		require.NoError(t, r.Start(t.Context(), runner.NewResource("db", query("start"), query("stop")), server, job))
		require.NoError(t, r.Finish(t.Context()))
		tree := s.tree(t)
		for _, line := range []string{
			"service.start > start", "listen", "run", "service.stop > close", "service.stop > stop",
		} {
			require.Contains(t, tree, line)
		}
	})

	inBubble(t, "are those of each Run and of each life", func(t *testing.T) {
		s := newSDK()
		r := s.newRunner()
		for range 2 {
			require.NoError(t, r.Start(t.Context(), runner.NewResource("db", nothing, nothing)))
			require.NoError(t, r.Start(t.Context(), runner.NewResource("cache", nothing, nothing)))
			require.ErrorIs(t, r.Start(t.Context(), runner.NewResource("queue", fails, nothing)), errSecret)
			require.NoError(t, r.Finish(t.Context()))
		}
		life := []string{
			"app.start > service.start db resource", "app.start",
			"app.start > service.start cache resource", "app.start",
			"app.start > service.start queue resource *errors.errorString, failed", "app.start *errors.errorString, failed", "app.stop",
			"app.stop > service.stop cache resource", "app.stop > service.stop db resource", "app.stop",
		}
		require.Equal(t, append(life, life...), s.tree(t))
	})

	inBubble(t, "end where a start is cut short", func(t *testing.T) {
		s := newSDK()
		r := s.newRunner()
		time.AfterFunc(time.Second, func() { r.Shutdown(nil) })
		require.ErrorIs(t, r.Run(t.Context(), runner.NewResource("db", sleep(time.Hour), nothing)), runner.ErrShutdown)
		require.NoError(t, r.Finish(t.Context()))
		tree := s.tree(t)
		require.Len(t, tree, 3)
		require.Regexp(t, `^app.start > service.start db resource .*, failed \(1s\)$`, tree[0])
	})

	t.Run("go nowhere without an SDK", func(t *testing.T) {
		r := runner.NewRunner(runner.WithSignals(), runner.WithObserver(otelservice.New()))
		require.NoError(t, r.Start(t.Context(), runner.NewResource("db", nothing, nothing)))
		require.NoError(t, r.Finish(t.Context()))
	})
}

func BenchmarkEvents(b *testing.B) {
	s := runner.NewResource("db", nothing, nothing)
	o := otelservice.New()
	ctx := b.Context()
	b.ReportAllocs()
	for b.Loop() {
		o.AfterStart(o.StepContext(ctx, s, runner.OpStart), s, nil)
	}
}
