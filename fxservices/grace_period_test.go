package fxservices_test

import (
	"context"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/fx"

	"github.com/go-fxservices/services/fxservices"
	shared "github.com/go-fxservices/services/internal/testing/journal"
	"github.com/go-fxservices/services/runner"
)

// inPeriod is the options of a Module with a grace period of 30 s, for services that may take any time to stop.
func inPeriod(more ...fxservices.Option) fx.Option {
	return fxservices.Module(append([]fxservices.Option{
		fxservices.WithRunner(runner.WithSignals(), runner.WithGracePeriod(30*time.Second)), fxservices.StopTimeout(0),
	}, more...)...)
}

// stuckParts are a server, a hook and a resource that do not stop.
func stuckParts(stuck call) fx.Option {
	return fx.Options(
		fxservices.Provide(
			func(j *journal) *DB { return &DB{j.Stopping("db", stuck)} },
			func(j *journal, lc fx.Lifecycle, _ *DB) (*Cache, error) {
				lc.Append(fx.StopHook(stuckHook(j, stuck)))
				return &Cache{j.Resource("cache")}, nil
			},
			func(j *journal, _ *Cache) *API {
				api := NewAPI(j)
				api.Server.Server = runner.NewServer("api", api.Listen, j.Step("close api", stuck))
				return api
			},
		))
}

func stuckHook(j *journal, stuck call) func(context.Context) error { return j.Step("stop hook", stuck) }

func TestGracePeriod(t *testing.T) {
	for how, end := range map[string]func(signals listener, down fx.Shutdowner, cancel func()){
		"a signal":         func(signals listener, _ fx.Shutdowner, _ func()) { signals <- syscall.SIGTERM },
		"the Shutdowner":   func(_ listener, down fx.Shutdowner, _ func()) { _ = down.Shutdown() },
		"the end of ctx":   func(_ listener, _ fx.Shutdowner, cancel func()) { cancel() },
		"a failing server": nil,
	} {
		inBubble(t, "limits a stop that begins with "+how, func(t *testing.T) {
			j, signals := &journal{}, newListener()
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			bad := fxservices.Provide(func(j *journal) *Admin { return &Admin{j.Server("admin", takes(time.Second), fails(errBoom))} })
			if end != nil {
				bad = fx.Invoke(func(down fx.Shutdowner) { time.AfterFunc(time.Second, func() { end(signals, down, cancel) }) })
			}
			began := time.Now().Add(time.Second)
			err := fxservices.Run(ctx, fx.NopLogger, fx.Supply(j), inPeriod(signals.heard(), fxservices.DrainDelay(5*time.Second)),
				stuckParts(stuck(t)), bad)
			require.Equal(t, 27*time.Second, time.Since(began).Truncate(time.Second))
			require.ErrorIs(t, err, runner.ErrGracePeriod)
			require.Equal(t, 1, fxservices.ExitCode(err))
			for _, name := range []string{"api", "hook ", "db"} {
				require.ErrorContains(t, err, `"`+name)
			}
			require.Subset(t, j.Lines(), []string{"close api", "stop cache", "stop hook", "stop db"})
		})
	}

	inBubble(t, "limits App.Stop, also after a restart", func(t *testing.T) {
		app := (&journal{}).application(inPeriod(), cacheThat(nothing, untilEnd))
		for range 2 {
			require.NoError(t, app.Start(t.Context()))
			took, err := stop(t, app)
			require.ErrorIs(t, err, runner.ErrGracePeriod)
			require.Equal(t, 27*time.Second, took)
		}
	})

	inBubble(t, "limits the rollback of a start", func(t *testing.T) {
		app := (&journal{}).application(inPeriod(), cacheThat(fails(errBoom), untilEnd))
		took, err := start(t, app)
		require.ErrorIs(t, err, runner.ErrGracePeriod)
		require.ErrorIs(t, err, errBoom)
		require.Equal(t, 27*time.Second, took)
	})
}

// tooShort notes what does not fit into a grace period.
type tooShort struct {
	shared.Silent
	*journal
}

func newTooShort(j *journal) *tooShort { return &tooShort{journal: j} }

func (o *tooShort) GracePeriodTooShort(_ context.Context, need, have time.Duration, chain []runner.Service) {
	line := ""
	for _, s := range chain {
		line += " " + s.Name()
	}
	o.Note("needs %v of %v:%s", need, have, line)
}

func TestGracePeriodTooShort(t *testing.T) {
	hooked := fx.Invoke(func(lc fx.Lifecycle, _ *API) { lc.Append(fx.Hook{OnStop: nothing}) })
	lives := func(t *testing.T, opts ...fx.Option) string {
		t.Helper()
		j := &journal{}
		app := j.application(append(opts, hooked, fxservices.Observe(newTooShort))...)
		require.NoError(t, app.Start(t.Context()))
		require.NoError(t, app.Stop(t.Context()))
		return j.Lines()[0]
	}

	inBubble(t, "is told at the start, with the drain delay, hooks and services", func(t *testing.T) {
		require.Equal(t, "needs 43s of 30s: hook github.com/go-fxservices/services/internal/testing/journal.Nothing api cache db",
			lives(t, inPeriod(fxservices.StopTimeout(10*time.Second), fxservices.DrainDelay(3*time.Second)),
				fxservices.Provide(NewDB, NewCache, NewChain)))
	})

	inBubble(t, "is not told where the services that stop at the same time fit", func(t *testing.T) {
		many := fxservices.Supply(runner.NewResource("a", nil, nil), runner.NewResource("b", nil, nil), runner.NewResource("c", nil, nil))
		require.Equal(t, "listen api", lives(t, inPeriod(fxservices.StopTimeout(10*time.Second), fxservices.Concurrent()), many, fxservices.Provide(NewAPI)))
	})
}
