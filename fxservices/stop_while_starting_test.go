package fxservices_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/fx"
	"go.uber.org/fx/fxevent"

	"github.com/go-fxservices/services/fxservices"
)

func TestStopWhileStarting(t *testing.T) {
	for name, cache := range map[string]call{"heeds its context": waits, "is stuck": nil} {
		inBubble(t, "ends the start, and stops what has started: the start "+name, func(t *testing.T) {
			if cache == nil {
				cache = stuck(t)
			}
			j := &journal{}
			app := j.build(t, cacheThat(cache, nothing))
			started := async(func() error { return app.Start(t.Context()) })
			time.Sleep(time.Second)
			began := time.Now()
			require.NoError(t, app.Stop(t.Context()))
			require.LessOrEqual(t, time.Since(began), 250*time.Millisecond)
			require.Equal(t, "start db, start cache, stop db", j.String())
			require.ErrorContains(t, <-started, "the application was stopped while it started")
		})
	}

	inBubble(t, "from within a start hook, too", func(t *testing.T) {
		j := &journal{}
		var app *fx.App
		stopped := make(chan error, 1)
		stops := func(context.Context) error {
			stopped <- app.Stop(context.Background())
			return nil
		}
		app = j.build(t, cacheThat(stops, nothing))
		err := app.Start(t.Context())
		require.ErrorContains(t, err, "the application was stopped while it started")
		require.NoError(t, <-stopped)
		time.Sleep(time.Second) // the hook was left behind
		require.Equal(t, "start db, start cache, stop db, stop cache", j.String())
	})

	inBubble(t, "by a second start, which is an error and rolls back", func(t *testing.T) {
		j := &journal{}
		app := j.build(t, cacheThat(waits, nothing))
		started := async(func() error { return app.Start(t.Context()) })
		time.Sleep(time.Second)
		require.ErrorContains(t, app.Start(t.Context()), "attempted to start lifecycle when in state: starting")
		require.ErrorContains(t, <-started, "the application was stopped while it started")
		require.Equal(t, "start db, start cache, stop db", j.String())
	})

	inBubble(t, "before anything has started, too", func(t *testing.T) {
		j := &journal{}
		var app *fx.App
		stops := once(func(context.Context) error { return app.Stop(t.Context()) })
		app = fx.New(fx.Supply(j), module(), fxservices.Provide(NewAPI), fx.WithLogger(func() fxevent.Logger {
			return logger(func(event fxevent.Event) {
				if _, starting := event.(*fxevent.OnStartExecuting); starting {
					require.NoError(t, stops(t.Context()))
				}
			})
		}))
		require.ErrorContains(t, app.Start(t.Context()), "the application was stopped while it started")
		require.Empty(t, j.String())
		require.NoError(t, app.Start(t.Context()))
		require.NoError(t, app.Stop(t.Context()))
		require.Equal(t, apiLives, j.String())
	})

	inBubble(t, "leaves an application that can start again", func(t *testing.T) {
		j := &journal{}
		app := j.build(t, cacheThat(takes(time.Second), nothing))
		started := async(func() error { return app.Start(t.Context()) })
		time.Sleep(time.Millisecond)
		require.NoError(t, app.Stop(t.Context()))
		require.Error(t, <-started)
		time.Sleep(time.Second) // the start of the cache is left behind, and undone once it returns
		require.NoError(t, app.Start(t.Context()))
		require.NoError(t, app.Stop(t.Context()))
		require.Equal(t, "start db, start cache, stop db, stop cache, start db, start cache, stop cache, stop db", j.String())
	})
}

// async calls f on a goroutine of its own, and returns where its result comes.
func async(f func() error) <-chan error {
	result := make(chan error, 1)
	go func() { result <- f() }()
	return result
}
