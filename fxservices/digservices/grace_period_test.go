package digservices_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/dig"

	"github.com/go-fxservices/services/fxservices/digservices"
	"github.com/go-fxservices/services/internal/testing/journal"
	"github.com/go-fxservices/services/runner"
)

func TestGracePeriod(t *testing.T) {
	t.Run("limits the stop of an application", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			e := &events{}
			app := digservices.New(dig.New(), runner.NewRunner(
				runner.WithSignals(), runner.WithGracePeriod(30*time.Second), runner.WithStopTimeout(0), runner.WithDrainDelay(5*time.Second)))
			stuck := journal.Stuck(t)
			require.NoError(t, app.Provide(func() *db { return &db{e.Stopping("db", stuck)} }))
			require.NoError(t, app.Provide(e.newCache))
			require.NoError(t, app.Provide(e.newServer))
			began := time.Now()
			err := runUntilReady(t, app)
			require.ErrorIs(t, err, runner.ErrGracePeriod)
			require.ErrorContains(t, err, `stop "db": grace period is over, abandoned after 22`)
			require.Equal(t, 27*time.Second, time.Since(began).Truncate(time.Second))
			require.Equal(t, []string{"start db", "start cache", "listen server", "close server", "stop cache", "stop db"}, e.Lines())
		})
	})
}
