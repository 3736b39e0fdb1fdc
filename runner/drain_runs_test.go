package runner_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/runner"
)

func TestDrainDelayOfManyRuns(t *testing.T) {
	inBubble(t, "keeps the servers of each of them", func(t *testing.T) {
		l := newFakeListener()
		r := newRunner(l.option(), runner.WithDrainDelay(5*time.Second))
		var (
			mu     sync.Mutex
			closed []time.Time
		)
		lasting := func(name string) runner.Server {
			return runner.NewServer(name, waits, func(context.Context) error {
				mu.Lock()
				defer mu.Unlock()
				closed = append(closed, time.Now())
				return nil
			})
		}
		one, two := running(t, r, lasting("api")), running(t, r, lasting("web"))
		drained := time.Now().Add(5 * time.Second)
		l.terminate()
		require.NoError(t, one())
		require.NoError(t, two())
		require.Equal(t, []time.Time{drained, drained}, closed)
		finish(t, r)
	})
}
