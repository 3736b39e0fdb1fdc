package observers_test

import (
	"context"
	"log/slog"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"github.com/go-fxservices/services/internal/eventinfo"
	"github.com/go-fxservices/services/observers"
	"github.com/go-fxservices/services/runner"
)

// queued returns services that have other names when they are asked themselves, and the
// context in which the Runner says how it knows them.
func queued(ctx context.Context) (context.Context, []runner.Service) {
	return eventinfo.With(ctx, &eventinfo.Info{Subjects: []eventinfo.Subject{
		{Name: "cache", Kind: "resource"},
		{Name: "api", Kind: "server", After: []string{"db", "cache"}},
		{Name: "migrations", Kind: "resource", Barrier: "by hand"},
	}}), []runner.Service{silent{}, silent{}, silent{}}
}

func TestQueuedServices(t *testing.T) {
	t.Run("are written at level debug by Zap if they have a place", func(t *testing.T) {
		logger, logs := observed(zap.DebugLevel)
		observers.NewZap(logger).ServicesQueued(queued(t.Context()))
		require.Equal(t, []observer.LoggedEntry{
			entry(zap.DebugLevel, "service queued",
				zap.String("service", "api"), zap.String("kind", "server"), zap.Strings("after", []string{"db", "cache"})),
			entry(zap.DebugLevel, "service queued",
				zap.String("service", "migrations"), zap.String("kind", "resource"), zap.String("barrier", "by hand")),
		}, logs.AllUntimed())
	})

	t.Run("are written by Slog", func(t *testing.T) {
		logger, lines := printed(slog.LevelDebug)
		observers.NewSlog(logger).ServicesQueued(queued(t.Context()))
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

	t.Run("are a warning if all of them are barriers for one reason", func(t *testing.T) {
		ofBarriers := func(reasons ...string) (context.Context, []runner.Service) {
			info, services := &eventinfo.Info{}, []runner.Service{}
			for _, reason := range reasons {
				info.Subjects = append(info.Subjects, eventinfo.Subject{Name: "db", Kind: "resource", Barrier: reason})
				services = append(services, silent{})
			}
			return eventinfo.With(t.Context(), info), services
		}
		logger, logs := observed(zap.WarnLevel)
		zapped := observers.NewZap(logger)
		for _, several := range [][]string{{"why"}, {"why", ""}, {"why", "why else"}, {"", ""}, {}} {
			zapped.ServicesQueued(ofBarriers(several...))
		}
		require.Empty(t, logs.All())
		zapped.ServicesQueued(ofBarriers("why", "why", "why"))
		require.Equal(t, []observer.LoggedEntry{
			entry(zap.WarnLevel, "services start one at a time", zap.String("barrier", "why")),
		}, logs.AllUntimed())
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
