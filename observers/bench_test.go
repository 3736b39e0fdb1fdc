package observers_test

import (
	"context"
	"io"
	"testing"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"github.com/go-fxservices/services/observers"
)

func jsonLogger(level zapcore.Level) *zap.Logger {
	encoder := zapcore.NewJSONEncoder(zap.NewProductionEncoderConfig())
	return zap.New(zapcore.NewCore(encoder, zapcore.AddSync(io.Discard), level))
}

// BenchmarkZap is what a start costs that is told to Zap, which is two lines,
// beside two such lines written by hand.
func BenchmarkZap(b *testing.B) {
	ctx := context.Background()

	b.Run("by hand", func(b *testing.B) {
		b.ReportAllocs()
		logger := jsonLogger(zap.InfoLevel)
		for b.Loop() {
			logger.Info("service starting", zap.String("service", "db"), zap.String("kind", "resource"))
			logger.Info("service started", zap.String("service", "db"), zap.String("kind", "resource"), zap.Duration("duration", 1))
		}
	})
	for name, level := range map[string]zapcore.Level{"observer": zap.InfoLevel, "observer, disabled": zap.FatalLevel} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			z := observers.NewZap(jsonLogger(level))
			for b.Loop() {
				z.BeforeStart(ctx, db)
				z.AfterStart(ctx, db, nil)
			}
		})
	}
}
