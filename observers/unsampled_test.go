package observers_test

import (
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"

	"github.com/go-fxservices/services/observers"
	"github.com/go-fxservices/services/runner"
)

// sampled samples as zap.NewProductionConfig does.
func sampled(core zapcore.Core) zapcore.Core {
	return zapcore.NewSamplerWithOptions(core, time.Second, 100, 100)
}

// startMany starts services of the same name, and returns how many lines that
// takes.
func startMany(t *testing.T, z *observers.Zap, services int) int {
	for range services {
		s := runner.NewResource("db", nil, nil)
		z.BeforeStart(t.Context(), s)
		z.AfterStart(t.Context(), s, nil)
	}
	return 2 * services
}

func TestZapGetsPastSampling(t *testing.T) {
	const services = 1000

	t.Run("of zap's production logger", func(t *testing.T) {
		logger, logs := observed(zap.InfoLevel, zap.WrapCore(sampled))
		for range services {
			logger.Info("service started") // what the sampler is for
		}
		require.Equal(t, 109, logs.Len())
		logs.TakeAll()

		require.Equal(t, startMany(t, observers.NewZap(logger), services), logs.Len())
		require.Equal(t, services, logs.FilterMessage("service starting").Len())
		require.Equal(t, services, logs.FilterMessage("service started").Len())
	})

	t.Run("with fields, a name and a hook added below and above the sampler", func(t *testing.T) {
		hooked := 0
		count := zap.Hooks(func(zapcore.Entry) error { hooked++; return nil })
		logger, logs := observed(zap.InfoLevel, count, zap.WrapCore(sampled), count)
		logger = logger.Named("app").With(zap.Int("a", 1)).WithLazy(zap.Int("b", 2))

		lines := startMany(t, observers.NewZap(logger), services)

		require.Equal(t, lines, logs.Len())
		require.Equal(t, 2*lines, hooked)
		require.Equal(t, observer.LoggedEntry{
			Entry: zapcore.Entry{Level: zap.InfoLevel, LoggerName: "app", Message: "service starting"},
			Context: []zap.Field{
				zap.Int("a", 1), zap.Int("b", 2),
				zap.String("service", "db"), zap.String("kind", "resource"),
			},
		}, logs.All()[0])
	})

	t.Run("that lets one line pass", func(t *testing.T) {
		logger, logs := observed(zap.InfoLevel, zap.WrapCore(func(core zapcore.Core) zapcore.Core {
			return zapcore.NewSamplerWithOptions(core, time.Hour, 1, 0)
		}))
		require.Equal(t, startMany(t, observers.NewZap(logger), 500), logs.Len())
	})

	t.Run("that busy messages of the program have used up", func(t *testing.T) {
		logger, logs := observed(zap.InfoLevel, zap.WrapCore(sampled))
		for i := range 500 { // a message in about every eighth bucket
			for range 101 {
				logger.Info("request " + strconv.Itoa(i))
			}
		}
		logs.TakeAll()
		require.Equal(t, startMany(t, observers.NewZap(logger), services), logs.Len())
	})
}

func TestZapHeedsLevels(t *testing.T) {
	t.Run("of each part of a tee, sampled below or above it", func(t *testing.T) {
		infos, infoLogs := observer.New(zap.InfoLevel)
		errors, errorLogs := observer.New(zap.ErrorLevel)
		for name, core := range map[string]zapcore.Core{
			"below": zapcore.NewTee(sampled(infos), sampled(errors)),
			"above": sampled(zapcore.NewTee(infos, errors)),
		} {
			z := observers.NewZap(zap.New(core))

			lines := startMany(t, z, 1000)
			for range 1000 {
				z.AfterStop(t.Context(), db, errRefused)
			}

			require.Len(t, infoLogs.TakeAll(), lines+1000, name)
			require.Len(t, errorLogs.TakeAll(), 1000, name)
		}
	})

	t.Run("that change", func(t *testing.T) {
		level := zap.NewAtomicLevelAt(zap.ErrorLevel)
		logger, logs := observed(level, zap.WrapCore(sampled))
		z := observers.NewZap(logger)
		z.BeforeStart(t.Context(), db)
		require.Zero(t, logs.Len())

		level.SetLevel(zap.InfoLevel)
		z.BeforeStart(t.Context(), db)
		require.Equal(t, 1, logs.Len())
	})
}

// muted refuses each entry, though its level is enabled.
type muted struct {
	zapcore.Core
	seen *[]string
}

func (m muted) Check(entry zapcore.Entry, checked *zapcore.CheckedEntry) *zapcore.CheckedEntry {
	*m.seen = append(*m.seen, entry.Message)
	return checked
}

func TestZapHeedsCores(t *testing.T) {
	t.Run("that refuse a line again and again", func(t *testing.T) {
		var seen []string
		logger, logs := observed(zap.InfoLevel, zap.WrapCore(func(core zapcore.Core) zapcore.Core {
			return muted{core, &seen}
		}))

		observers.NewZap(logger).BeforeStart(t.Context(), db)

		require.Zero(t, logs.Len())
		require.Len(t, seen, 16)
		require.Regexp(t, `^service starting #[0-9a-z]+$`, seen[0])
		require.NotEqual(t, seen[0], seen[1])
	})

	t.Run("that tell the caller", func(t *testing.T) {
		logger, logs := observed(zap.InfoLevel, zap.AddCaller())
		observers.NewZap(logger).BeforeStart(t.Context(), db)
		require.True(t, logs.All()[0].Caller.Defined)
	})
}
