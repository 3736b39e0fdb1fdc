package observers_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"

	"github.com/go-fxservices/services/observers"
	"github.com/go-fxservices/services/runner"
)

// observed is a logger that keeps its lines, which are written at no time.
func observed(level zapcore.LevelEnabler, opts ...zap.Option) (*zap.Logger, *observer.ObservedLogs) {
	core, logs := observer.New(level)
	return zap.New(core, append(opts, zap.WithClock(noTime{}))...), logs
}

type noTime struct{ zapcore.Clock }

func (noTime) Now() time.Time { return time.Time{} }

func entry(level zapcore.Level, message string, fields ...zap.Field) observer.LoggedEntry {
	if fields == nil {
		fields = []zap.Field{}
	}
	return observer.LoggedEntry{Entry: zapcore.Entry{Level: level, Message: message}, Context: fields}
}

func TestZap(t *testing.T) {
	var (
		service  = zap.String("service", "db")
		resource = zap.String("kind", "resource")
		server   = zap.String("service", "api")
		isServer = zap.String("kind", "server")
		settings = zap.String("service", "*observers_test.config")
		took     = zap.Duration("duration", time.Second)
		failed   = zap.Error(errRefused)
	)

	t.Run("writes a line for each event", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			logger, logs := observed(zap.DebugLevel)

			tellAll(t.Context(), observers.NewZap(logger))

			require.Equal(t, []observer.LoggedEntry{
				entry(zap.InfoLevel, "service loading", settings),
				entry(zap.InfoLevel, "service loaded", settings, took),
				entry(zap.InfoLevel, "service starting", service, resource),
				entry(zap.DebugLevel, "attempting service", service, resource, zap.Int("attempt", 1)),
				entry(zap.WarnLevel, "retrying service", service, resource,
					zap.Int("attempt", 1), zap.Duration("pause", time.Minute), failed),
				entry(zap.DebugLevel, "attempting service", service, resource, zap.Int("attempt", 2)),
				entry(zap.InfoLevel, "service started", service, resource, took),
				entry(zap.InfoLevel, "service stopping", server, isServer),
				entry(zap.InfoLevel, "service stopped", server, isServer, took),
				entry(zap.InfoLevel, "signal received", zap.String("signal", "terminated")),
				entry(zap.InfoLevel, "service starting", zap.String("service", "import"), zap.String("kind", "job")),
				entry(zap.InfoLevel, "job done", zap.String("service", "import"), zap.String("kind", "job"), zap.Duration("duration", time.Minute)),
				entry(zap.WarnLevel, "grace period too short", zap.Duration("need", time.Minute),
					zap.Duration("have", time.Second), zap.Strings("chain", []string{"api", "db"})),
			}, logs.AllUntimed())
		})
	})

	t.Run("writes failures as errors", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			logger, logs := observed(zap.ErrorLevel, zap.AddStacktrace(zap.ErrorLevel))

			failAll(t.Context(), observers.NewZap(logger))

			require.Equal(t, []observer.LoggedEntry{
				entry(zap.ErrorLevel, "service load failed", settings, took, failed),
				entry(zap.ErrorLevel, "service start failed", service, resource, took, failed),
				entry(zap.ErrorLevel, "server failed", server, isServer, failed),
				entry(zap.ErrorLevel, "service failed", zap.String("service", "db"), zap.String("kind", "resource"), failed),
				entry(zap.ErrorLevel, "job failed", zap.String("service", "import"), zap.String("kind", "job"), failed),
				entry(zap.ErrorLevel, "service stop failed", service, resource, took, failed),
			}, logs.AllUntimed())
		})
	})

	t.Run("writes the stack of what was abandoned or panicked", func(t *testing.T) {
		logger, logs := observed(zap.InfoLevel)
		z := observers.NewZap(logger)

		z.AfterStop(t.Context(), db, abandoned)
		z.AfterStart(t.Context(), db, panicked)

		require.Equal(t, []observer.LoggedEntry{
			entry(zap.ErrorLevel, "service stop failed", service, resource,
				zap.Error(abandoned), zap.String("stack", "goroutine 7")),
			entry(zap.ErrorLevel, "service start failed", service, resource,
				zap.Error(panicked), zap.String("stack", "goroutine 8")),
		}, logs.AllUntimed())
	})

	t.Run("writes at the levels that it is told to use", func(t *testing.T) {
		logger, logs := observed(zap.DebugLevel)
		z := observers.NewZap(logger)
		z.UseLogLevel(zap.WarnLevel)
		z.UseErrorLevel(zap.FatalLevel) // would end the program

		z.BeforeRetry(t.Context(), db, 1)
		z.BeforeStart(t.Context(), api)
		z.AfterStart(t.Context(), db, errRefused)

		require.Equal(t, []observer.LoggedEntry{
			entry(zap.DebugLevel, "attempting service", service, resource, zap.Int("attempt", 1)),
			entry(zap.WarnLevel, "service starting", server, isServer),
			entry(zap.ErrorLevel, "service start failed", service, resource, failed),
		}, logs.AllUntimed())
	})

	t.Run("keeps warnings between the other lines and failures", func(t *testing.T) {
		logger, logs := observed(zap.DebugLevel)
		for level, use := range map[zapcore.Level]func(*observers.Zap){
			zap.WarnLevel:  func(*observers.Zap) {},
			zap.ErrorLevel: func(z *observers.Zap) { z.UseLogLevel(zap.ErrorLevel) },
			zap.InfoLevel:  func(z *observers.Zap) { z.UseErrorLevel(zap.InfoLevel) },
		} {
			z := observers.NewZap(logger)
			use(z)
			z.RetryFailed(t.Context(), db, 1, errRefused, 0)
			require.Equal(t, []observer.LoggedEntry{
				entry(level, "retrying service", service, resource, zap.Int("attempt", 1), zap.Duration("pause", 0), failed),
			}, logs.TakeAll())
		}
	})

	t.Run("measures failures where only these are written", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			logger, logs := observed(zap.ErrorLevel)
			z := observers.NewZap(logger)

			z.BeforeStart(t.Context(), db)
			time.Sleep(time.Second)
			z.AfterStart(t.Context(), db, errRefused)

			require.Equal(t, []observer.LoggedEntry{
				entry(zap.ErrorLevel, "service start failed", service, resource, took, failed),
			}, logs.AllUntimed())
		})
	})

	t.Run("logs nothing with a nil logger, and with one that has no core", func(t *testing.T) {
		for _, logger := range []*zap.Logger{nil, {}, zap.New((*noCore)(nil))} {
			requireNoAllocations(t, observers.NewZap(logger))
		}
	})

	t.Run("costs no memory where its levels are disabled", func(t *testing.T) {
		logger, _ := observed(zap.FatalLevel)
		requireNoAllocations(t, observers.NewZap(logger))
	})
}

// noCore is for nil pointers.
type noCore struct{ zapcore.Core }

func requireNoAllocations(t *testing.T, o lifecycle) {
	t.Helper()
	ctx := t.Context()
	require.Zero(t, testing.AllocsPerRun(100, func() {
		o.BeforeStart(ctx, db)
		o.BeforeRetry(ctx, db, 2)
		o.RetryFailed(ctx, db, 2, errRefused, 0)
		o.AfterStart(ctx, db, nil)
		o.BeforeStop(ctx, db)
		o.AfterStop(ctx, db, errRefused)
		o.ServerFailed(ctx, api, errAPI)
		o.StateChanged(ctx, runner.StateReady)
	}))
}

// list is a service that cannot be compared, nor be a key of a map.
type list []string

func (l list) Name() string { return l[0] }

func TestDuration(t *testing.T) {
	measured := func(t *testing.T, tell func(*observers.Zap)) (durations []time.Duration) {
		synctest.Test(t, func(*testing.T) {
			logger, logs := observed(zap.InfoLevel)
			tell(observers.NewZap(logger))
			for _, line := range logs.FilterFieldKey("duration").All() {
				durations = append(durations, line.ContextMap()["duration"].(time.Duration))
			}
		})
		return durations
	}
	ctx := context.Background()

	t.Run("is that of the service and the step, whatever happens at the same time", func(t *testing.T) {
		other := runner.NewResource("db", nil, nil) // of the same name
		require.Equal(t, []time.Duration{4 * time.Second, 2 * time.Second, 4 * time.Second}, measured(t, func(z *observers.Zap) {
			z.BeforeStart(ctx, db)
			time.Sleep(time.Second)
			z.BeforeStart(ctx, other)
			time.Sleep(time.Second)
			z.BeforeStop(ctx, db)
			time.Sleep(2 * time.Second)
			z.AfterStart(ctx, db, nil)
			z.AfterStop(ctx, db, nil)
			time.Sleep(time.Second)
			z.AfterStart(ctx, other, nil)
		}))
	})

	t.Run("is measured for a service that cannot be compared", func(t *testing.T) {
		require.Equal(t, []time.Duration{time.Second}, measured(t, func(z *observers.Zap) {
			var one, other runner.Service = list{"list"}, list{"list"}
			z.BeforeStart(ctx, one)
			time.Sleep(time.Second)
			z.BeforeStart(ctx, other)
			z.AfterStart(ctx, one, nil)
		}))
	})

	t.Run("is left out where nothing began, or it was told", func(t *testing.T) {
		require.Equal(t, []time.Duration{0}, measured(t, func(z *observers.Zap) {
			z.AfterStart(ctx, db, nil)
			z.BeforeStart(ctx, db)
			z.AfterStart(ctx, db, nil)
			z.AfterStart(ctx, db, nil)
		}))
	})
}
