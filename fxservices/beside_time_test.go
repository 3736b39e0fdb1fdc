package fxservices_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/fx"

	"github.com/go-fxservices/services/fxservices"
	shared "github.com/go-fxservices/services/internal/testing/journal"
	"github.com/go-fxservices/services/runner"
)

// The tests in the files beside_*_test.go run one small program twice, as a
// program of plain fx and with Module, and compare all that happens. There is one
// for each difference that the documentation promises.

// inHooks is a program of plain fx: what services do is done by lifecycle hooks.
func inHooks(services ...runner.Service) fx.Option {
	return fx.Invoke(func(lc fx.Lifecycle) {
		for _, s := range services {
			lc.Append(usualHook(s))
		}
	})
}

// usualHook is the hook that is usual in plain fx: that of a server starts a
// goroutine, and waits until the server is up.
func usualHook(s runner.Service) fx.Hook {
	if r, ok := s.(runner.Resource); ok {
		return fx.Hook{OnStart: r.Start, OnStop: r.Stop}
	}
	listening := s.(*shared.Server)
	return fx.Hook{OnStop: listening.Close, OnStart: func(ctx context.Context) error {
		go func() { _ = listening.Listen(ctx) }()
		return listening.IsReady(ctx)
	}}
}

// managed is the same program with Module. It needs a Module.
func managed(services ...runner.Service) fx.Option { return fxservices.Supply(services...) }

// timed is a server that notes when the context that it listens with has ended.
func timed(j *journal) *shared.Server {
	began := time.Now()
	return j.Server("api", untilEnd, func(context.Context) error {
		j.Note("end of api after %v", time.Since(began))
		return nil
	})
}

func TestBesideStartTimeout(t *testing.T) {
	services := func(j *journal) []runner.Service {
		return []runner.Service{j.Resource("db"), j.Resource("cache", waits)}
	}

	inBubble(t, "plain fx stops nothing", func(t *testing.T) {
		j := &journal{}
		took, err := start(t, j.application(inHooks(services(j)...)))
		synctest.Wait()
		require.Equal(t, 15*time.Second, took)
		require.EqualError(t, err, "context deadline exceeded")
		require.Equal(t, "start db, start cache", j.String())
	})

	inBubble(t, "fxservices stops what had started, once, on a context that has not ended", func(t *testing.T) {
		j := &journal{}
		app := j.application(module(), managed(j.Stopping("db", func(ctx context.Context) error { return ctx.Err() }),
			j.Resource("cache", waits)))
		took, err := start(t, app)
		require.Equal(t, 15*time.Second, took)
		require.EqualError(t, err, `start "cache": context deadline exceeded: start of the application timed out after 15s`)
		_, err = stop(t, app)
		require.NoError(t, err)
		require.Equal(t, "start db, start cache, stop db", j.String())
	})
}

func TestBesideSlowStop(t *testing.T) {
	services := func(j *journal) []runner.Service {
		slow := takes(14 * time.Second)
		return []runner.Service{j.Resource("db"), j.Stopping("cache", slow), j.Stopping("queue", slow)}
	}

	inBubble(t, "plain fx gives up after one budget for all, and skips the rest", func(t *testing.T) {
		j := &journal{}
		app := j.application(inHooks(services(j)...))
		require.NoError(t, app.Start(t.Context()))
		took, err := stop(t, app)
		require.Equal(t, 15*time.Second, took)
		require.EqualError(t, err, "context deadline exceeded")
		time.Sleep(time.Hour)
		require.Equal(t, "start db, start cache, start queue, stop queue, stop cache", j.String())
	})

	inBubble(t, "fxservices gives each its own budget, and skips nothing", func(t *testing.T) {
		j := &journal{}
		app := j.application(module(), managed(services(j)...))
		require.NoError(t, app.Start(t.Context()))
		took, err := stop(t, app)
		require.Equal(t, 28*time.Second, took)
		require.NoError(t, err)
		require.Equal(t, "start db, start cache, start queue, stop queue, stop cache, stop db", j.String())
	})
}

func TestBesideStuckHook(t *testing.T) {
	services := func(t *testing.T, j *journal) []runner.Service {
		t.Helper()
		return []runner.Service{j.Resource("db"), j.Stopping("cache", stuck(t))}
	}

	inBubble(t, "plain fx does not say which, and skips the rest", func(t *testing.T) {
		j := &journal{}
		app := j.application(inHooks(services(t, j)...))
		require.NoError(t, app.Start(t.Context()))
		_, err := stop(t, app)
		require.EqualError(t, err, "context deadline exceeded")
		require.Equal(t, "start db, start cache, stop cache", j.String())
	})

	inBubble(t, "fxservices names it, with its time and its stack, and stops the rest", func(t *testing.T) {
		j := &journal{}
		app := j.application(module(), managed(services(t, j)...))
		require.NoError(t, app.Start(t.Context()))
		_, err := stop(t, app)
		require.EqualError(t, err, `stop "cache": timed out after 15s, abandoned after 15.15s`)
		require.ErrorIs(t, err, runner.ErrStopTimeout)
		var timeout *runner.TimeoutError
		require.ErrorAs(t, err, &timeout)
		require.Contains(t, string(timeout.Stack), "journal.Stuck")
		require.Equal(t, "start db, start cache, stop cache, stop db", j.String())
	})
}

func TestBesideContextOfStart(t *testing.T) {
	// live lives for an hour, as fx.App.Run does: the context of the start is
	// cancelled after the stop.
	live := func(t *testing.T, app *fx.App) {
		t.Helper()
		ctx, cancel := context.WithTimeout(t.Context(), app.StartTimeout())
		defer cancel()
		require.NoError(t, app.Start(ctx))
		time.Sleep(time.Hour)
		_, err := stop(t, app)
		require.NoError(t, err)
	}

	inBubble(t, "plain fx lets it expire under a server that keeps it", func(t *testing.T) {
		j := &journal{}
		live(t, j.application(inHooks(timed(j))))
		require.Equal(t, "listen api, end of api after 15s, close api", j.String())
	})

	inBubble(t, "fxservices gives the server one that lives until it is closed", func(t *testing.T) {
		j := &journal{}
		live(t, j.application(module(), managed(timed(j))))
		require.Equal(t, "listen api, close api, end of api after 1h0m0s", j.String())
	})
}

func TestBesideDrainDelay(t *testing.T) {
	live := func(t *testing.T, app *fx.App) {
		t.Helper()
		require.NoError(t, app.Start(t.Context()))
		time.Sleep(time.Second)
		require.NoError(t, app.Stop(t.Context()))
	}

	inBubble(t, "plain fx has none: servers are closed at once", func(t *testing.T) {
		j := &journal{}
		s := timed(j)
		ctx, cancel := context.WithCancel(t.Context()) // until the close: that of the start would expire
		live(t, j.application(fx.Invoke(func(lc fx.Lifecycle) {
			lc.Append(fx.Hook{
				OnStart: func(start context.Context) error {
					go func() { _ = s.Listen(ctx) }()
					return s.IsReady(start)
				},
				OnStop: func(stop context.Context) error {
					defer cancel()
					return s.Close(stop)
				},
			})
		})))
		synctest.Wait()
		require.Equal(t, "listen api, close api, end of api after 1s", j.String())
	})

	inBubble(t, "fxservices is no longer ready first, and closes servers after it", func(t *testing.T) {
		j := &journal{}
		live(t, j.application(module(fxservices.DrainDelay(5*time.Second)), managed(timed(j)),
			fxservices.Observe(newClocked)))
		require.Equal(t, "starting at 0s, listen api, ready at 0s, draining at 1s, "+
			"stopping at 6s, close api, end of api after 6s, stopped at 6s", j.String())
	})
}
