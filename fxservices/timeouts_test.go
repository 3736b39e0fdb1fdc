package fxservices_test

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/fx"

	"github.com/go-fxservices/services/fxservices"
	"github.com/go-fxservices/services/runner"
)

// start starts an application as fx.App.Run does, and returns how long it took.
func start(t *testing.T, app *fx.App) (time.Duration, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), app.StartTimeout())
	defer cancel()
	began := time.Now()
	err := app.Start(ctx)
	return time.Since(began), err
}

// stop stops an application as fx.App.Run does, and returns how long it took.
func stop(t *testing.T, app *fx.App) (time.Duration, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), app.StopTimeout())
	defer cancel()
	began := time.Now()
	err := app.Stop(ctx)
	return time.Since(began), err
}

// cacheThat is a Cache of which start is what Start does, and a DB of which stop
// is what Stop does.
func cacheThat(start, stop call) fx.Option {
	return fx.Options(fxservices.Provide(
		func(j *journal) *DB { return &DB{j.Stopping("db", stop)} },
		func(j *journal, _ *DB) *Cache { return &Cache{j.Resource("cache", start)} },
	), needing[*Cache]())
}

func TestStartDeadline(t *testing.T) {
	inBubble(t, "is 15 s by default, as in fx", func(t *testing.T) {
		j := &journal{}
		took, err := start(t, j.build(t, cacheThat(waits, nothing)))
		require.Equal(t, 15*time.Second, took)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.ErrorContains(t, err, `start "cache": context deadline exceeded: start of the application timed out after 15s`)
		require.Equal(t, "start db, start cache, stop db", j.String())
	})

	inBubble(t, "can be a day, like any other", func(t *testing.T) {
		j := &journal{}
		app := j.application(module(), cacheThat(takes(20*time.Hour), nothing), fx.StartTimeout(24*time.Hour))
		_, err := start(t, app)
		require.NoError(t, err)
		require.NoError(t, app.Stop(t.Context()))
		ctx, cancel := context.WithTimeout(t.Context(), 24*time.Hour)
		defer cancel()
		require.NoError(t, app.Start(ctx))
		require.NoError(t, app.Stop(t.Context()))
	})

	inBubble(t, "is none where the caller of App.Start gives none", func(t *testing.T) {
		app := (&journal{}).build(t, cacheThat(takes(time.Hour), nothing))
		require.NoError(t, app.Start(t.Context()))
		require.NoError(t, app.Stop(t.Context()))
	})

	for total, want := range map[time.Duration]time.Duration{
		3 * time.Second:  2 * time.Second,
		15 * time.Second: 10 * time.Second,
		time.Minute:      55 * time.Second,
		48 * time.Hour:   48*time.Hour - 5*time.Second,
	} {
		inBubble(t, "leaves time for the rollback of fx.StartTimeout after Module: "+total.String(), func(t *testing.T) {
			app := (&journal{}).application(module(), cacheThat(waits, nothing), fx.StartTimeout(total))
			took, err := start(t, app)
			require.Equal(t, want, took)
			require.ErrorContains(t, err, fmt.Sprintf("start of the application timed out after %v, of which %v is for the rollback", total, total-want))
		})
	}

	inBubble(t, "is said in full on a busy machine, too", func(t *testing.T) {
		app := (&journal{}).application(module(), cacheThat(waits, nothing), fx.StartTimeout(3*time.Second))
		ctx, cancel := context.WithTimeout(t.Context(), app.StartTimeout())
		defer cancel()
		time.Sleep(30 * time.Millisecond)
		require.ErrorContains(t, app.Start(ctx), "start of the application timed out after 3s, of which 1s is for the rollback")
	})

	inBubble(t, "is not changed by fx.StartTimeout before Module", func(t *testing.T) {
		app := (&journal{}).application(fx.StartTimeout(time.Second), module(), cacheThat(takes(10*time.Second), nothing))
		_, err := start(t, app)
		require.NoError(t, err)
		require.NoError(t, app.Stop(t.Context()))
	})

	inBubble(t, "gives rollback a context that has not ended", func(t *testing.T) {
		stop := func(ctx context.Context) error {
			require.NoError(t, ctx.Err())
			deadline, ok := ctx.Deadline()
			require.True(t, ok)
			require.Equal(t, 15*time.Second, time.Until(deadline), "the stop timeout of the service")
			return takes(10 * time.Second)(ctx)
		}
		j := &journal{}
		took, err := start(t, j.build(t, cacheThat(waits, stop)))
		require.Equal(t, 25*time.Second, took)
		require.EqualError(t, err, `start "cache": context deadline exceeded: start of the application timed out after 15s`)
		require.Equal(t, "start db, start cache, stop db", j.String())
	})

	inBubble(t, "lets a rollback that is stuck end before fx gives up, and names it", func(t *testing.T) {
		j := &journal{}
		app := j.application(module(), cacheThat(stuck(t), stuck(t)), fx.StartTimeout(3*time.Second))
		took, err := start(t, app)
		require.Less(t, took, 3*time.Second)
		require.ErrorContains(t, err, `start "cache": start of the application timed out after 3s, of which 1s is for the rollback, abandoned after 2.15s`)
		require.ErrorContains(t, err, `stop "db": `)
		require.Equal(t, "start db, start cache, stop db", j.String())
	})

	inBubble(t, "that is too short to divide ends the start all the same", func(t *testing.T) {
		app := (&journal{}).application(module(), cacheThat(waits, nothing), fx.StartTimeout(1))
		_, err := start(t, app)
		require.ErrorIs(t, err, context.DeadlineExceeded)
	})
}

func TestStartTimeout(t *testing.T) {
	inBubble(t, "limits each service", func(t *testing.T) {
		j := &journal{}
		app := j.application(module(fxservices.StartTimeout(2*time.Second)), cacheThat(waits, nothing))
		took, err := start(t, app)
		require.Equal(t, 2*time.Second, took)
		require.ErrorIs(t, err, runner.ErrStartTimeout)
		require.ErrorContains(t, err, `start "cache": timed out after 2s`)
		require.Equal(t, "start db, start cache, stop db", j.String())
	})

	inBubble(t, "of a call of Provide holds for its services", func(t *testing.T) {
		newCache := func(j *journal) *Cache { return &Cache{j.Resource("cache", waits)} }
		app := (&journal{}).application(module(fxservices.StartTimeout(time.Hour)),
			fxservices.Provide(runner.StartTimeout(3*time.Second), newCache), needing[*Cache]())
		took, err := start(t, app)
		require.Equal(t, 3*time.Second, took)
		require.ErrorContains(t, err, `start "cache": timed out after 3s`)
	})
}

func TestStopTimeout(t *testing.T) {
	inBubble(t, "is that of each service: a slow one eats no other's", func(t *testing.T) {
		slow := takes(14 * time.Second)
		j := &journal{}
		app := j.build(t, cacheThat(nothing, slow), fx.Invoke(func(lc fx.Lifecycle, _ *DB) {
			lc.Append(fx.Hook{OnStop: slow})
			lc.Append(fx.Hook{OnStop: slow})
		}))
		require.NoError(t, app.Start(t.Context()))
		took, err := stop(t, app)
		require.NoError(t, err)
		require.Equal(t, 3*14*time.Second, took)
		require.Equal(t, "start db, start cache, stop cache, stop db", j.String())
	})

	inBubble(t, "can be set for all", func(t *testing.T) {
		app := (&journal{}).application(module(fxservices.StopTimeout(2*time.Second)), cacheThat(nothing, waits))
		require.NoError(t, app.Start(t.Context()))
		took, err := stop(t, app)
		require.Equal(t, 2*time.Second, took)
		require.ErrorContains(t, err, `stop "db": timed out after 2s`)
	})

	inBubble(t, "can be set for the services of a call of Provide", func(t *testing.T) {
		newDB := func(j *journal) *DB { return &DB{j.Stopping("db", waits)} }
		app := (&journal{}).build(t, fxservices.Provide(newDB, runner.StopTimeout(3*time.Second)), needing[*DB]())
		require.NoError(t, app.Start(t.Context()))
		took, err := stop(t, app)
		require.Equal(t, 3*time.Second, took)
		require.ErrorContains(t, err, `stop "db": timed out after 3s`)
	})

	for name, c := range map[string]struct {
		option fx.Option
		given  time.Duration // to App.Stop; 0: that of fx.StopTimeout
	}{
		"of fx.StopTimeout after Module": {fx.StopTimeout(time.Minute), 0},
		"that App.Stop is given":         {fx.Options(), time.Minute},
	} {
		inBubble(t, "is the longer one "+name, func(t *testing.T) {
			j := &journal{}
			hook := func(lc fx.Lifecycle, _ *Cache) { lc.Append(fx.StopHook(takes(30 * time.Second))) }
			app := j.application(module(), cacheThat(nothing, waits), c.option, fx.Invoke(hook))
			require.NoError(t, app.Start(t.Context()))
			ctx, cancel := context.WithTimeout(t.Context(), cmp.Or(c.given, app.StopTimeout()))
			defer cancel()
			err := app.Stop(ctx)
			require.ErrorContains(t, err, `stop "db": `)
			require.NotContains(t, err.Error(), "hook")
			require.Equal(t, "start db, start cache, stop cache, stop db", j.String())
		})
	}

	inBubble(t, "is the longer one of fx.StopTimeout in a rollback, too", func(t *testing.T) {
		app := (&journal{}).application(module(), cacheThat(fails(errBoom), takes(30*time.Second)), fx.StopTimeout(time.Minute))
		took, err := start(t, app)
		require.EqualError(t, err, `start "cache": boom`)
		require.Equal(t, 30*time.Second, took)
	})

	inBubble(t, "is that of Module where it has one, whatever the caller allows", func(t *testing.T) {
		for _, own := range []fxservices.Option{
			fxservices.StopTimeout(2 * time.Second), fxservices.WithRunner(runner.WithStopTimeout(2 * time.Second)),
		} {
			app := (&journal{}).application(module(own), cacheThat(nothing, waits), fx.StopTimeout(time.Minute))
			require.NoError(t, app.Start(t.Context()))
			took, err := stop(t, app)
			require.Equal(t, 2*time.Second, took)
			require.ErrorContains(t, err, `stop "db": timed out after 2s`)
		}
	})

	inBubble(t, "of one service stays where the caller allows more", func(t *testing.T) {
		newDB := func(j *journal) *DB { return &DB{j.Stopping("db", waits)} }
		app := (&journal{}).application(module(), fxservices.Provide(newDB, runner.StopTimeout(3*time.Second)), needing[*DB]())
		require.NoError(t, app.Start(t.Context()))
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		require.ErrorContains(t, app.Stop(ctx), `stop "db": timed out after 3s`)
	})

	for name, opt := range map[string]fx.Option{"fx.StopTimeout": fx.StopTimeout(time.Minute), "the caller of App.Stop": fx.Options()} {
		inBubble(t, "is named in full where a stop takes longer than the whole may, by "+name, func(t *testing.T) {
			app := (&journal{}).application(module(), cacheThat(nothing, stuck(t)), opt)
			require.NoError(t, app.Start(t.Context()))
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			time.Sleep(time.Millisecond) // a busy machine
			err := app.Stop(ctx)
			require.EqualError(t, err, `stop "db": stop of the application timed out after `+map[string]string{
				"fx.StopTimeout": "1m0s", "the caller of App.Stop": "59.999s",
			}[name]+", abandoned after 59.849s")
			require.ErrorIs(t, err, context.DeadlineExceeded)
			require.ErrorIs(t, err, runner.ErrStopTimeout)
		})
	}

	inBubble(t, "is not that of a Runner inside a service", func(t *testing.T) {
		inner := runner.NewRunner(runner.WithSignals(), runner.WithStopTimeout(time.Second))
		start := func(ctx context.Context) error { return inner.Start(ctx, runner.NewResource("inner", nil, stuck(t))) }
		app := (&journal{}).build(t, fxservices.Supply(runner.NewResource("outer", start, inner.Finish)))
		require.NoError(t, app.Start(t.Context()))
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		require.EqualError(t, app.Stop(ctx), `stop "outer": stop "inner": timed out after 1s, abandoned after 1.15s`)
	})

	inBubble(t, "and that of a start can be the longest there is", func(t *testing.T) {
		long := takes(100 * time.Hour)
		app := (&journal{}).application(module(), cacheThat(long, long), fx.StartTimeout(math.MaxInt64), fx.StopTimeout(math.MaxInt64))
		_, err := start(t, app)
		require.NoError(t, err)
		_, err = stop(t, app)
		require.NoError(t, err)
	})

	inBubble(t, "yields to the deadline of the caller, and still nothing is skipped", func(t *testing.T) {
		j := &journal{}
		app := j.application(module(), cacheThat(nothing, stuck(t)), fx.StopTimeout(6*time.Second),
			fx.Invoke(func(lc fx.Lifecycle, _ *Cache) { lc.Append(fx.Hook{OnStop: stuck(t)}) }))
		require.NoError(t, app.Start(t.Context()))
		took, err := stop(t, app)
		require.Less(t, took, 6*time.Second)
		require.ErrorContains(t, err, "stop \"hook "+stepsPackage+"Stuck")
		require.ErrorContains(t, err, `stop "db": `)
		require.Equal(t, "start db, start cache, stop cache, stop db", j.String())
	})
}

func TestContextOfStop(t *testing.T) {
	for name, limit := range map[string]time.Duration{"no deadline": 0, "a deadline": time.Minute} {
		inBubble(t, "goes on when that of App.Stop is cancelled, which has "+name, func(t *testing.T) {
			j := &journal{}
			app := j.build(t, cacheThat(nothing, func(ctx context.Context) error {
				time.Sleep(5 * time.Second)
				j.Note("%v", ctx.Err())
				return nil
			}))
			require.NoError(t, app.Start(t.Context()))
			ctx, cancel := context.WithCancel(t.Context())
			if limit > 0 {
				ctx, cancel = context.WithTimeout(t.Context(), limit)
			}
			time.AfterFunc(time.Second, cancel)
			require.Equal(t, context.Canceled, app.Stop(ctx))
			time.Sleep(5 * time.Second)
			require.Equal(t, "start db, start cache, stop cache, stop db, <nil>", j.String())
		})
	}
}

func TestContextOfListen(t *testing.T) {
	inBubble(t, "lives until the server is closed", func(t *testing.T) {
		contexts := make(chan context.Context, 1)
		newAPI := func(j *journal) *API {
			return &API{j.Server("api", func(ctx context.Context) error {
				contexts <- ctx
				return untilEnd(ctx)
			})}
		}
		app := (&journal{}).build(t, fxservices.Provide(newAPI))
		_, err := start(t, app)
		require.NoError(t, err)
		listening := <-contexts
		time.Sleep(time.Hour)
		require.NoError(t, listening.Err())
		_, limited := listening.Deadline()
		require.False(t, limited)
		require.NoError(t, app.Stop(t.Context()))
		require.ErrorIs(t, listening.Err(), context.Canceled)
	})
}
