package observers_test

import (
	"context"
	"log/slog"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"github.com/go-fxservices/services/observers"
	"github.com/go-fxservices/services/runner"
)

func queued() []runner.Service {
	cache := runner.NewResource("cache", nil, nil)
	return []runner.Service{
		cache, db,
		runner.With(api, runner.After(db, cache)),
		runner.With(runner.NewResource("migrations", nil, nil), runner.Barrier("by hand")),
	}
}

func TestQueuedServices(t *testing.T) {
	t.Run("are written at level debug by Zap if they have a place", func(t *testing.T) {
		logger, logs := observed(zap.DebugLevel)
		observers.NewZap(logger).ServicesQueued(t.Context(), queued())
		require.Equal(t, []observer.LoggedEntry{
			entry(zap.DebugLevel, "service queued",
				zap.String("service", "api"), zap.String("kind", "server"), zap.Strings("after", []string{"db", "cache"})),
			entry(zap.DebugLevel, "service queued",
				zap.String("service", "migrations"), zap.String("kind", "resource"), zap.String("barrier", "by hand")),
		}, logs.AllUntimed())
	})

	t.Run("are written by Slog", func(t *testing.T) {
		logger, lines := printed(slog.LevelDebug)
		observers.NewSlog(logger).ServicesQueued(t.Context(), queued())
		require.Equal(t, []string{
			`level=DEBUG msg="service queued" service=api kind=server after="[db cache]"`,
			`level=DEBUG msg="service queued" service=migrations kind=resource barrier="by hand"`,
		}, lines())
	})

	t.Run("are not looked at where debug is off", func(t *testing.T) {
		logger, logs := observed(zap.InfoLevel)
		observers.NewZap(logger).ServicesQueued(t.Context(), []runner.Service{nil})
		require.Empty(t, logs.All())
	})

	t.Run("are given to Funcs", func(t *testing.T) {
		var got []runner.Service
		f := observers.Funcs{
			OnServicesQueued: func(_ context.Context, services []runner.Service) { got = services },
			OnBeforeReady:    func(_ context.Context, s runner.Service) { got = append(got, s) },
		}
		f.ServicesQueued(t.Context(), []runner.Service{db})
		f.BeforeReady(t.Context(), api)
		require.Equal(t, []runner.Service{db, api}, got)
		observers.Funcs{}.ServicesQueued(t.Context(), nil)
		observers.Funcs{}.BeforeReady(t.Context(), nil)
	})
}
