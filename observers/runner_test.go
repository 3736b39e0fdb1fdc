package observers_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"github.com/go-fxservices/services/observers"
	"github.com/go-fxservices/services/runner"
)

func sleep(d time.Duration) func(context.Context) error {
	return func(context.Context) error {
		time.Sleep(d)
		return nil
	}
}

func TestZapOfARunner(t *testing.T) {
	t.Run("tells the life of a service", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			logger, logs := observed(zap.InfoLevel)
			r := runner.NewRunner(runner.WithSignals(), runner.WithObserver(observers.NewZap(logger)))
			service, kind := zap.String("service", "db"), zap.String("kind", "resource")

			require.NoError(t, r.Run(t.Context(), runner.NewResource("db", sleep(time.Second), sleep(time.Minute))))
			require.ErrorIs(t, r.Finish(t.Context()), runner.ErrStopTimeout)
			time.Sleep(time.Minute) // for what was abandoned

			last := logs.AllUntimed()[3]
			require.Equal(t, []observer.LoggedEntry{
				entry(zap.InfoLevel, "service starting", service, kind),
				entry(zap.InfoLevel, "service started", service, kind, zap.Duration("duration", time.Second)),
				entry(zap.InfoLevel, "service stopping", service, kind),
			}, logs.AllUntimed()[:3])
			require.Equal(t, zap.ErrorLevel, last.Level)
			require.Equal(t, "service stop failed", last.Message)
			require.Contains(t, last.ContextMap()["error"], `stop "db": timed out after 15s`)
			require.Contains(t, last.ContextMap()["stack"], "time.Sleep")
		})
	})
}
