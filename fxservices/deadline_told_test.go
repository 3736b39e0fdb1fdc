package fxservices_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/fx"

	"github.com/go-fxservices/services/fxservices"
	"github.com/go-fxservices/services/observers"
	"github.com/go-fxservices/services/runner"
)

func TestDeadlineOfTheApplication(t *testing.T) {
	inBubble(t, "is a context.DeadlineExceeded to Observers of what it ended", func(t *testing.T) {
		var told error
		app := (&journal{}).build(t,
			fx.StartTimeout(3*time.Second),
			fxservices.Supply(runner.NewResource("db", stuck(t), nil)),
			fxservices.Observe(&observers.Funcs{
				OnAfterStart: func(_ context.Context, _ runner.Service, err error) { told = err },
			}))
		ctx, cancel := context.WithTimeout(t.Context(), app.StartTimeout())
		defer cancel()
		require.Error(t, app.Start(ctx))
		require.ErrorContains(t, told, "start of the application timed out after 3s")
		require.ErrorIs(t, told, context.DeadlineExceeded)
	})
}
