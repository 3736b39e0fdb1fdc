package timeline_test

import (
	"fmt"
	"io"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/observers/timeline"
	"github.com/go-fxservices/services/runner"
)

func namesOf(s timeline.Snapshot) []string {
	var names []string
	for _, service := range s.Services {
		names = append(names, service.Name)
	}
	return names
}

func limited(n int) (*runner.Runner, *timeline.Timeline) {
	tl := timeline.New(timeline.WithLimit(n))
	return runner.NewRunner(runner.WithSignals(), runner.WithObserver(tl)), tl
}

func TestLimit(t *testing.T) {
	t.Run("drops the oldest that have stopped or failed", func(t *testing.T) {
		r, tl := limited(3)
		a, b := resource("a", 0), resource("b", 0)
		require.NoError(t, r.Run(t.Context(), a, b))
		require.NoError(t, r.Stop(t.Context(), b))
		require.Error(t, r.Run(t.Context(), &slow{name: "c", startErr: errRefused}))
		require.NoError(t, r.Run(t.Context(), resource("d", 0)))
		require.Equal(t, []string{"a", "c", "d"}, namesOf(tl.Snapshot()))
		require.NoError(t, r.Run(t.Context(), resource("e", 0)))
		require.Equal(t, []string{"a", "d", "e"}, namesOf(tl.Snapshot()))
		require.Equal(t, 2, tl.Snapshot().Dropped)
		require.NoError(t, r.Finish(t.Context()))
	})

	t.Run("keeps a server that has failed until it has stopped", func(t *testing.T) {
		ctx, api := t.Context(), runner.NewServer("api", nil, nil)
		tl := timeline.New(timeline.WithLimit(1))
		tl.ServicesQueued(ctx, []runner.Service{api})
		tl.BeforeStart(ctx, api)
		tl.AfterStart(ctx, api, nil)
		tl.ServerFailed(ctx, api, errRefused)
		tl.ServicesQueued(ctx, []runner.Service{resource("db", 0)})
		tl.BeforeStop(ctx, api)
		tl.AfterStop(ctx, api, nil)
		require.Equal(t, []string{"api"}, namesOf(tl.Snapshot()))
		require.False(t, tl.Snapshot().Services[0].Stopped.IsZero())
		tl.ServicesQueued(ctx, []runner.Service{resource("db", 0)})
		require.Equal(t, []string{"db"}, namesOf(tl.Snapshot()))
	})

	t.Run("leaves out new services where all others are up", func(t *testing.T) {
		r, tl := limited(2)
		require.NoError(t, r.Run(t.Context(), resource("a", 0), resource("b", 0), resource("c", 0)))
		require.NoError(t, r.Run(t.Context(), resource("d", 0)))
		require.Equal(t, []string{"a", "b"}, namesOf(tl.Snapshot()))
		require.Equal(t, 2, tl.Snapshot().Dropped)
		require.NoError(t, r.Finish(t.Context()))
	})

	t.Run("drops services that never began because another had failed", func(t *testing.T) {
		r, tl := limited(3)
		for range 5 {
			fails := &loading{slow{name: "fails", loadErr: errRefused}}
			require.Error(t, r.Run(t.Context(), fails, resource("never begun", 0)))
		}
		require.NoError(t, r.Run(t.Context(), resource("a", 0), resource("b", 0), resource("c", 0)))
		require.Equal(t, []string{"a", "b", "c"}, namesOf(tl.Snapshot()))
		require.NoError(t, r.Finish(t.Context()))
	})

	t.Run("bounds the services however often they start and stop", func(t *testing.T) {
		r, tl := limited(10)
		for i := range 100 {
			s := resource(fmt.Sprint(i), 0)
			require.NoError(t, r.Run(t.Context(), s))
			require.NoError(t, r.Stop(t.Context(), s))
		}
		require.Len(t, tl.Snapshot().Services, 10)
		require.Equal(t, 90, tl.Snapshot().Dropped)
		require.NoError(t, r.Finish(t.Context()))
	})

	t.Run("is 10,000 where it makes no sense", func(t *testing.T) {
		tl := timeline.New(timeline.WithLimit(0))
		tl.ServicesQueued(t.Context(), make([]runner.Service, 10_001))
		require.Len(t, tl.Snapshot().Services, 10_000)
	})
}

func TestOptions(t *testing.T) {
	t.Run("nil ones are skipped", func(t *testing.T) {
		require.NotNil(t, timeline.New(nil))
	})

	t.Run("a clock replaces the time", func(t *testing.T) {
		now := time.Date(2026, 1, 2, 3, 4, 5, 6, time.UTC)
		tl := timeline.New(timeline.WithClock(func() time.Time { return now }))
		require.Equal(t, now, tl.Snapshot().Began)
		now = now.Add(time.Second)
		require.Equal(t, now, tl.Snapshot().Taken)
	})

	t.Run("a nil clock is that of the system", func(t *testing.T) {
		before := time.Now()
		require.False(t, timeline.New(timeline.WithClock(nil)).Snapshot().Began.Before(before))
	})
}

func TestConcurrentUse(t *testing.T) {
	tl := timeline.New(timeline.WithLimit(20))
	r := runner.NewRunner(runner.WithSignals(), runner.WithObserver(tl), runner.WithConcurrency(0))
	var runs, readers sync.WaitGroup
	over := make(chan struct{})
	readers.Go(func() {
		for {
			select {
			case <-over:
				return
			default:
				s := tl.Snapshot()
				s.CriticalPath()
				_ = s.WriteText(io.Discard)
				_ = s.WriteJSON(io.Discard)
			}
		}
	})
	for n := range 4 {
		runs.Go(func() {
			for i := range 25 {
				a := resource(fmt.Sprint(n, " a ", i), 0)
				b := runner.With(resource(fmt.Sprint(n, " b ", i), 0), runner.After(a))
				if r.Run(t.Context(), b, a) == nil && i%2 == 0 {
					_ = r.Stop(t.Context(), a, b)
				}
			}
		})
	}
	runs.Wait()
	close(over)
	readers.Wait()
	require.NoError(t, r.Finish(t.Context()))
	s := tl.Snapshot()
	require.Len(t, s.Services, 20)
	require.Equal(t, 180, s.Dropped)
}
