package runner_test

import (
	"bytes"
	"context"
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/runner"
)

// unpanicked is t.Run for a test that fails alone where the Runner panics.
func unpanicked(t *testing.T, name string, test func(*testing.T)) {
	t.Helper()
	t.Run(name, func(t *testing.T) {
		require.NoError(t, recovering(func() error {
			test(t)
			return nil
		}))
	})
}

// The zero Runner listens for real signals, and so does not get into a bubble.
func TestZeroRunner(t *testing.T) {
	unpanicked(t, "starts and stops, again and again", func(t *testing.T) {
		var j journal
		var r runner.Runner
		db := j.resource("db")
		for range 2 {
			require.NoError(t, r.Run(t.Context(), db))
			require.Equal(t, []string{"db"}, names(&r))
			require.Equal(t, runner.StateReady, r.State())
			require.NoError(t, r.Finish(t.Context()))
			require.Equal(t, runner.StateStopped, r.State())
		}
		require.Equal(t, []string{"start db", "stop db", "start db", "stop db"}, j.all())
	})

	unpanicked(t, "has nothing to stop, nor to wait for, before it is used", func(t *testing.T) {
		var r runner.Runner
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
		defer cancel()
		require.NoError(t, r.Finish(ctx))
		require.NoError(t, r.Wait(ctx))
		require.NoError(t, r.Stop(ctx))
		require.ErrorIs(t, r.Stop(ctx, runner.NewResource("db", nil, nil)), runner.ErrNotStarted)
		require.Equal(t, runner.StateIdle, r.State())
		require.Empty(t, r.Services())
		var text bytes.Buffer
		require.NoError(t, r.Dump(&text))
		require.Equal(t, "runner: idle\n", text.String())
	})

	unpanicked(t, "serves until Finish", func(t *testing.T) {
		var j journal
		var r runner.Runner
		listening := make(chan struct{})
		api := runner.NewServer("api", func(ctx context.Context) error {
			close(listening)
			return untilEnd(ctx)
		}, j.notes("close api"))
		wait := async(func() error { return recovering(func() error { return r.Run(t.Context(), j.resource("db"), api) }) })
		select {
		case <-listening:
		case <-time.After(10 * time.Second):
			require.FailNow(t, "it does not listen")
		}
		require.NoError(t, r.Finish(t.Context()))
		require.NoError(t, wait())
		require.Equal(t, []string{"start db", "close api", "stop db"}, j.all())
	})

	unpanicked(t, "stops one service, and gives it 15 s", func(t *testing.T) {
		var left time.Duration
		var r runner.Runner
		db := runner.NewResource("db", nil, timeLeft(&left))
		require.NoError(t, r.Start(t.Context(), db))
		require.NoError(t, r.Stop(t.Context(), db))
		require.InDelta(t, 15, left.Seconds(), 5)
		require.NoError(t, r.Finish(t.Context()))
	})

	unpanicked(t, "starts one after the other", func(t *testing.T) {
		var j journal
		var r runner.Runner
		yields := func(context.Context) error {
			for range 1000 {
				runtime.Gosched()
			}
			return nil
		}
		slowly := func(name string) runner.Service { return j.resource(name, yields, j.notes(name+" is up")) }
		require.NoError(t, r.Run(t.Context(), slowly("a"), slowly("b"), slowly("c")))
		require.Equal(t, []string{"start a", "a is up", "start b", "b is up", "start c", "c is up"}, j.all())
		require.NoError(t, r.Finish(t.Context()))
	})

	unpanicked(t, "keeps the older ones at the first failure of Finish", func(t *testing.T) {
		var r runner.Runner
		failed := false
		require.NoError(t, r.Run(t.Context(), runner.NewResource("db", nil, nil), runner.NewResource("bad", nil, func(context.Context) error {
			if failed {
				return nil
			}
			failed = true
			return errBoom
		})))
		require.EqualError(t, r.Finish(t.Context()), `stop "bad": boom`)
		require.Equal(t, []string{"db", "bad"}, names(&r))
		require.NoError(t, r.Finish(t.Context()))
		require.Empty(t, names(&r))
	})
}
