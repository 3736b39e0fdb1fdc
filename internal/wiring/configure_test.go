package wiring_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/internal/wiring"
	"github.com/go-fxservices/services/runner"
)

func TestConfigure(t *testing.T) {
	t.Run("applies options in their order, after those that the Runner was made with", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			r := runner.NewRunner(runner.WithSignals(), runner.WithDrainDelay(time.Minute))
			wiring.Configure(r)
			wiring.Configure(r, runner.WithDrainDelay(time.Hour), runner.WithDrainDelay(time.Second))
			require.NoError(t, r.Start(t.Context(), runner.NewServer("api", nil, nil)))
			began := time.Now()
			require.NoError(t, r.Finish(t.Context()))
			require.Equal(t, time.Second, time.Since(began))
		})
	})
}
