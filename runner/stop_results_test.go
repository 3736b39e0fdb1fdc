package runner_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/runner"
)

func TestResultOfAStopElsewhere(t *testing.T) {
	inBubble(t, "is that of whoever waits for it, too", func(t *testing.T) {
		var j journal
		r := newRunnerFor(t)
		failing := true
		db := j.stopping("db", takes(time.Second), func(context.Context) error {
			if failing {
				return errBoom
			}
			return nil
		})
		require.NoError(t, r.Run(t.Context(), db))
		first := async(func() error { return r.Stop(t.Context(), db) })
		synctest.Wait()
		require.ErrorIs(t, r.Stop(t.Context(), db), errBoom)
		require.ErrorIs(t, first(), errBoom)
		require.Equal(t, []string{"start db", "stop db"}, j.all())
		failing = false
	})
}

func TestStopContextEndsWithItsCall(t *testing.T) {
	inBubble(t, "before the next service stops", func(t *testing.T) {
		r := newRunnerFor(t)
		var kept context.Context
		require.NoError(t, r.Run(t.Context(),
			runner.NewResource("db", nil, func(context.Context) error {
				require.ErrorIs(t, kept.Err(), context.Canceled)
				return nil
			}),
			runner.NewResource("cache", nil, func(ctx context.Context) error {
				kept = ctx
				return ctx.Err()
			}),
		))
		finish(t, r)
		require.NotNil(t, kept)
	})
}
