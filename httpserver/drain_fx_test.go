//go:build !plan9

package httpserver_test

import (
	"context"
	"testing"
	"time"

	"go.uber.org/fx"

	"github.com/go-fxservices/services/fxservices"
	"github.com/go-fxservices/services/runner"
)

// TestDrainOfApplication is on its own because fx does not build for Plan 9.
func TestDrainOfApplication(t *testing.T) {
	t.Parallel()
	t.Run("loses no request", func(t *testing.T) {
		t.Parallel()
		requireNoLoss(t, application)
	})

	t.Run("asks clients to leave, with every version of HTTP", func(t *testing.T) {
		t.Parallel()
		requireAskedToLeave(t, application)
	})
}

func application(ctx context.Context, delay time.Duration, server runner.Server, opts ...runner.StarterOption) error {
	return fxservices.Run(ctx, fx.NopLogger, fxservices.Supply(server),
		fxservices.Module(fxservices.WithRunner(opts...), fxservices.DrainDelay(delay)))
}
