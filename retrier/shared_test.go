package retrier_test

import (
	"context"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/retrier"
)

// crowded is a backoff that notices calls at the same time, and gives them time to
// come.
type crowded struct {
	inside atomic.Int32
	crowd  atomic.Bool
}

func (c *crowded) Reset() { c.NextBackOff() }

func (c *crowded) NextBackOff() (none time.Duration) {
	if c.inside.Add(1) > 1 {
		c.crowd.Store(true)
	}
	for range 100 {
		runtime.Gosched()
	}
	c.inside.Add(-1)
	return none
}

func TestSharedBackoff(t *testing.T) {
	t.Run("is called by one Start at a time", func(t *testing.T) {
		var (
			pauses crowded
			all    sync.WaitGroup
			log    events
		)
		builder := retrier.New().Backoff(&pauses)
		for range 20 {
			db := builder.Build(log.failing("db", errRefused, errRefused, errRefused))
			all.Go(func() { _ = db.Start(context.Background()) })
		}
		all.Wait()
		require.False(t, pauses.crowd.Load())
	})
}
