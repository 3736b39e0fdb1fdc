package fxservices_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/fx"

	"github.com/go-fxservices/services/fxservices"
	"github.com/go-fxservices/services/runner"
)

// Repo is a plain value whose constructor has a hook.
type Repo struct{}

func hookOf(j *journal, name string) fx.Hook {
	return fx.Hook{OnStart: j.Step("start hook " + name), OnStop: j.Step("stop hook " + name)}
}

func NewRepo(lc fx.Lifecycle, j *journal, _ *DB) *Repo {
	lc.Append(hookOf(j, "repo"))
	return &Repo{}
}

func newAPIOfRepo(j *journal, _ *Repo) *API { return NewAPI(j) }

// failing makes a Cache that cannot start.
func failing(j *journal, _ *Repo) *Cache { return &Cache{j.Resource("cache", fails(errBoom))} }

func TestOrder(t *testing.T) {
	t.Run("is that of construction, whatever the order of options", func(t *testing.T) {
		const want = "start db, start cache, listen api, close api, stop cache, stop db"
		opts := []fx.Option{fxservices.Provide(NewChain), fxservices.Provide(NewDB), fxservices.Provide(NewCache)}
		require.Equal(t, want, live(t, opts[0], opts[1], opts[2]))
		require.Equal(t, want, live(t, opts[2], opts[1], opts[0]))
	})

	t.Run("keeps the hooks of other constructors in their place", func(t *testing.T) {
		require.Equal(t, "start db, start hook repo, listen api, close api, stop hook repo, stop db",
			live(t, fxservices.Provide(newAPIOfRepo, NewDB), fx.Provide(NewRepo)))
	})

	t.Run("keeps the hooks of a service before it", func(t *testing.T) {
		newAPI := func(lc fx.Lifecycle, j *journal) *API {
			lc.Append(hookOf(j, "api"))
			return NewAPI(j)
		}
		require.Equal(t, "start hook api, listen api, close api, stop hook api", live(t, fxservices.Provide(newAPI)))
	})

	t.Run("keeps the hooks of invoked functions, also those of modules", func(t *testing.T) {
		hook := func(name string) fx.Option {
			return fx.Invoke(func(lc fx.Lifecycle, j *journal) { lc.Append(hookOf(j, name)) })
		}
		require.Equal(t, "start hook inner, start hook outer, start db, stop db, stop hook outer, stop hook inner",
			live(t, hook("outer"), fx.Module("inner", hook("inner")), fxservices.Provide(NewDB), needing[*DB]()))
	})

	t.Run("is the same when the application starts again", func(t *testing.T) {
		j := &journal{}
		app := j.build(t, fxservices.Provide(newAPIOfRepo, NewDB), fx.Provide(NewRepo))
		const once = "start db, start hook repo, listen api, close api, stop hook repo, stop db"
		for range 2 {
			require.NoError(t, app.Start(t.Context()))
			require.NoError(t, app.Stop(t.Context()))
		}
		require.Equal(t, once+", "+once, j.String())
	})

	t.Run("leaves out hooks that are appended by a start, until the next one", func(t *testing.T) {
		j := &journal{}
		app := j.build(t, fx.Invoke(func(lc fx.Lifecycle) {
			lc.Append(fx.StartHook(func() { lc.Append(hookOf(j, "late")) }))
		}))
		require.NoError(t, app.Start(t.Context()))
		require.NoError(t, app.Stop(t.Context()))
		require.Empty(t, j.String())
		require.NoError(t, app.Start(t.Context()))
		require.NoError(t, app.Stop(t.Context()))
		require.Equal(t, "start hook late, stop hook late", j.String())
	})
}

func TestRollback(t *testing.T) {
	start := func(t *testing.T, opts ...fx.Option) (*journal, *fx.App, error) {
		t.Helper()
		j := &journal{}
		app := j.build(t, opts...)
		return j, app, app.Start(t.Context())
	}

	t.Run("stops what had started once, in reverse", func(t *testing.T) {
		j, _, err := start(t, fxservices.Provide(failing, NewDB), fx.Provide(NewRepo), needing[*Cache]())
		require.ErrorIs(t, err, errBoom)
		require.EqualError(t, err, `start "cache": boom`)
		require.Equal(t, "start db, start hook repo, start cache, stop hook repo, stop db", j.String())
	})

	t.Run("closes Servers that listen", func(t *testing.T) {
		newCache := func(j *journal, _ *API) *Cache { return &Cache{j.Resource("cache", fails(errBoom))} }
		j, _, err := start(t, fxservices.Provide(newCache, NewAPI), needing[*Cache]())
		require.EqualError(t, err, `start "cache": boom`)
		require.Equal(t, "listen api, start cache, close api", j.String())
	})

	t.Run("leaves nothing for Stop", func(t *testing.T) {
		j, app, err := start(t, fxservices.Provide(failing, NewDB), fx.Provide(NewRepo), needing[*Cache]())
		require.Error(t, err)
		before := j.String()
		require.NoError(t, app.Stop(t.Context()))
		require.Equal(t, before, j.String())
	})

	t.Run("does not stop a hook whose start failed", func(t *testing.T) {
		j, _, err := start(t, fx.Invoke(func(lc fx.Lifecycle, j *journal) {
			lc.Append(hookOf(j, "one"))
			lc.Append(fx.Hook{OnStop: j.Step("stop hook two")})
			lc.Append(fx.Hook{OnStart: fails(errBoom), OnStop: j.Step("stop hook three")})
		}))
		require.ErrorIs(t, err, errBoom)
		require.Equal(t, "start hook one, stop hook two, stop hook one", j.String())
	})

	t.Run("goes on past failures, which are joined to the cause", func(t *testing.T) {
		unstoppable := func(j *journal) *DB { return &DB{j.Stopping("db", fails(context.DeadlineExceeded))} }
		j, _, err := start(t, fxservices.Provide(failing, unstoppable), fx.Provide(NewRepo), needing[*Cache]())
		require.ErrorIs(t, err, errBoom)
		require.EqualError(t, err, "start \"cache\": boom; stop \"db\": context deadline exceeded")
		require.Equal(t, "start db, start hook repo, start cache, stop hook repo, stop db", j.String())
	})

	t.Run("lets the application start again", func(t *testing.T) {
		broken := true
		sometimes := func(j *journal, _ *DB) *Cache {
			return &Cache{j.Resource("cache", func(context.Context) error {
				if broken {
					return errBoom
				}
				return nil
			})}
		}
		j, app, err := start(t, fxservices.Provide(sometimes, NewDB), needing[*Cache]())
		require.ErrorIs(t, err, errBoom)
		require.NoError(t, app.Stop(t.Context()), "fx wants it between two starts")
		broken = false
		require.NoError(t, app.Start(t.Context()))
		require.NoError(t, app.Stop(t.Context()))
		require.Equal(t, "start db, start cache, stop db, start db, start cache, stop cache, stop db", j.String())
	})
}

func TestStop(t *testing.T) {
	t.Run("goes on past failures, and joins them", func(t *testing.T) {
		j := &journal{}
		newDB := func(j *journal) *DB { return &DB{j.Stopping("db", fails(errBoom))} }
		newCache := func(j *journal, _ *DB) *Cache { return &Cache{j.Stopping("cache", panics(errBoom))} }
		app := j.build(t, fxservices.Provide(newDB, newCache), needing[*Cache]())
		require.NoError(t, app.Start(t.Context()))
		err := app.Stop(t.Context())
		require.EqualError(t, err, "stop \"cache\": panic: boom; stop \"db\": boom")
		require.Equal(t, "start db, start cache, stop cache, stop db", j.String())
		var panicked *runner.PanicError
		require.ErrorAs(t, err, &panicked)
		require.NotEmpty(t, panicked.Stack)
	})

	t.Run("does nothing the second time", func(t *testing.T) {
		j := &journal{}
		app := j.build(t, fxservices.Provide(NewAPI))
		require.NoError(t, app.Start(t.Context()))
		require.NoError(t, app.Stop(t.Context()))
		require.NoError(t, app.Stop(t.Context()))
		require.Equal(t, apiLives, j.String())
	})

	t.Run("does nothing before a start", func(t *testing.T) {
		j := &journal{}
		require.NoError(t, j.build(t, fxservices.Provide(NewAPI)).Stop(t.Context()))
		require.Empty(t, j.String())
	})
}

func TestStartThatFxGivesUp(t *testing.T) {
	inBubble(t, "because its context has ended is rolled back when App.Stop has returned", func(t *testing.T) {
		j := &journal{}
		app := j.build(t, cacheThat(waits, takes(5*time.Second)))
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Second, cancel)
		require.Equal(t, context.Canceled, app.Start(ctx))
		require.NoError(t, app.Stop(t.Context()))
		require.Equal(t, "start db, start cache, stop db", j.String())
	})

	inBubble(t, "too soon for the rollback is rolled back when Run returns, with the reason", func(t *testing.T) {
		j := &journal{}
		err := j.run(t.Context(), cacheThat(stuck(t), nothing), fx.StartTimeout(100*time.Millisecond))
		require.ErrorContains(t, err, `start "cache": start of the application timed out after 100ms, of which 50ms is for the rollback, abandoned after 200ms`)
		require.Equal(t, "start db, start cache, stop db", j.String())
	})
}

func TestStopThatFxGivesUp(t *testing.T) {
	inBubble(t, "too soon is over when Run returns, with the reason", func(t *testing.T) {
		j := &journal{}
		ctx, cancel := context.WithCancel(t.Context())
		ended := j.running(ctx, cacheThat(nothing, stuck(t)), fx.StopTimeout(100*time.Millisecond))
		cancel()
		require.ErrorContains(t, <-ended, `stop "db": `)
		require.Equal(t, "start db, start cache, stop cache, stop db", j.String())
	})
}
