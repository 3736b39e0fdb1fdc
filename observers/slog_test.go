package observers_test

import (
	"context"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/observers"
)

// printed is a logger that prints its lines, without their time.
func printed(level slog.Level) (*slog.Logger, func() []string) {
	var text strings.Builder
	handler := slog.NewTextHandler(&text, &slog.HandlerOptions{
		Level: level,
		ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
			if a.Key == slog.TimeKey {
				return slog.Attr{}
			}
			return a
		},
	})
	return slog.New(handler), func() []string { return strings.Split(strings.TrimSpace(text.String()), "\n") }
}

type contextKey struct{}

// tracing is a handler that keeps its contexts.
type tracing struct {
	slog.Handler
	handled *[]context.Context
}

func (h tracing) Handle(ctx context.Context, r slog.Record) error {
	*h.handled = append(*h.handled, ctx)
	return h.Handler.Handle(ctx, r)
}

func TestSlog(t *testing.T) {
	t.Run("writes a line for each event", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			logger, lines := printed(slog.LevelDebug)

			tellAll(t.Context(), observers.NewSlog(logger))

			require.Equal(t, []string{
				`level=INFO msg="service loading" service=*observers_test.config`,
				`level=INFO msg="service loaded" service=*observers_test.config duration=1s`,
				`level=INFO msg="service starting" service=db kind=resource`,
				`level=DEBUG msg="attempting service" service=db kind=resource attempt=1`,
				`level=WARN msg="retrying service" service=db kind=resource attempt=1 pause=1m0s error="connection refused"`,
				`level=DEBUG msg="attempting service" service=db kind=resource attempt=2`,
				`level=INFO msg="service started" service=db kind=resource duration=1s`,
				`level=INFO msg="service stopping" service=api kind=server`,
				`level=INFO msg="service stopped" service=api kind=server duration=1s`,
				`level=INFO msg="signal received" signal=terminated`,
				`level=INFO msg="service starting" service=import kind=job`,
				`level=INFO msg="job done" service=import kind=job duration=1m0s`,
				`level=WARN msg="grace period too short" need=1m0s have=1s chain="[api db]"`,
			}, lines())
		})
	})

	t.Run("writes failures as errors", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			logger, lines := printed(slog.LevelError)

			failAll(t.Context(), observers.NewSlog(logger))

			require.Equal(t, []string{
				`level=ERROR msg="service load failed" service=*observers_test.config duration=1s error="connection refused"`,
				`level=ERROR msg="service start failed" service=db kind=resource duration=1s error="connection refused"`,
				`level=ERROR msg="server failed" service=api kind=server error="connection refused"`,
				`level=ERROR msg="service failed" service=db kind=resource error="connection refused"`,
				`level=ERROR msg="job failed" service=import kind=job error="connection refused"`,
				`level=ERROR msg="service stop failed" service=db kind=resource duration=1s error="connection refused"`,
			}, lines())
		})
	})

	t.Run("writes the stack of what was abandoned or panicked", func(t *testing.T) {
		logger, lines := printed(slog.LevelInfo)
		s := observers.NewSlog(logger)

		s.AfterStop(t.Context(), db, abandoned)
		s.AfterStart(t.Context(), db, panicked)

		require.Equal(t, []string{
			`level=ERROR msg="service stop failed" service=db kind=resource ` +
				`error="stop \"db\": timed out after 1s, abandoned after 1s" stack="goroutine 7"`,
			`level=ERROR msg="service start failed" service=db kind=resource ` +
				`error="start \"db\": panic: boom" stack="goroutine 8"`,
		}, lines())
	})

	t.Run("writes at the levels that it is told to use", func(t *testing.T) {
		logger, lines := printed(slog.LevelDebug)
		s := observers.NewSlog(logger)
		s.UseLogLevel(slog.LevelWarn)
		s.UseErrorLevel(slog.LevelError + 4)

		s.BeforeRetry(t.Context(), db, 1)
		s.BeforeStart(t.Context(), api)
		s.RetryFailed(t.Context(), db, 1, errRefused, time.Second)
		s.AfterStart(t.Context(), db, errRefused)

		require.Equal(t, []string{
			`level=DEBUG msg="attempting service" service=db kind=resource attempt=1`,
			`level=WARN msg="service starting" service=api kind=server`,
			`level=WARN msg="retrying service" service=db kind=resource attempt=1 pause=1s error="connection refused"`,
			`level=ERROR+4 msg="service start failed" service=db kind=resource error="connection refused"`,
		}, lines())
	})

	t.Run("gives the context of the event to the handler", func(t *testing.T) {
		logger, _ := printed(slog.LevelInfo)
		var handled []context.Context
		ctx := context.WithValue(t.Context(), contextKey{}, "trace")

		observers.NewSlog(slog.New(tracing{logger.Handler(), &handled})).BeforeStart(ctx, db)

		require.Equal(t, []context.Context{ctx}, handled)
	})

	t.Run("logs nothing with a nil logger, and with one that has no handler", func(t *testing.T) {
		for _, logger := range []*slog.Logger{nil, {}, slog.New((*tracing)(nil))} {
			requireNoAllocations(t, observers.NewSlog(logger))
		}
	})

	t.Run("costs no memory where its levels are disabled", func(t *testing.T) {
		logger, _ := printed(slog.LevelError + 1)
		requireNoAllocations(t, observers.NewSlog(logger))
	})
}
