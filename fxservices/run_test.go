package fxservices_test

import (
	"context"
	"os"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/fx"
	"go.uber.org/fx/fxevent"

	"github.com/go-fxservices/services/fxservices"
	"github.com/go-fxservices/services/runner"
)

// run runs an application of a Module and opts.
func (j *journal) run(ctx context.Context, opts ...fx.Option) error {
	return fxservices.Run(ctx, fx.NopLogger, fx.Supply(j), module(), fx.Options(opts...))
}

// running begins to run an application, and returns once all that is left is to
// wait. It is for bubbles.
func (j *journal) running(ctx context.Context, opts ...fx.Option) (result <-chan error) {
	ended := make(chan error, 1)
	go func() { ended <- j.run(ctx, opts...) }()
	synctest.Wait()
	return ended
}

func TestRunReturns(t *testing.T) {
	inBubble(t, "nil after a signal", func(t *testing.T) {
		j, signals := &journal{}, newListener()
		time.AfterFunc(time.Second, func() { signals <- syscall.SIGTERM })
		require.NoError(t, fxservices.Run(t.Context(), fx.NopLogger, fx.Supply(j),
			fxservices.Module(signals.heard()), fxservices.Provide(NewAPI)))
		require.Equal(t, apiLives, j.String())
	})

	inBubble(t, "the signal that cancelled the start", func(t *testing.T) {
		j, signals := &journal{}, newListener()
		time.AfterFunc(time.Second, func() { signals <- syscall.SIGTERM })
		err := fxservices.Run(t.Context(), fx.NopLogger, fx.Supply(j),
			fxservices.Module(signals.heard()), cacheThat(waits, nothing))
		require.EqualError(t, err, `start "cache": received signal terminated`)
		require.Equal(t, 128+15, fxservices.ExitCode(err))
		require.Equal(t, "start db, start cache, stop db", j.String())
	})

	inBubble(t, "the second signal, which cut the stop short, joined to the rest", func(t *testing.T) {
		j, signals := &journal{}, newListener()
		time.AfterFunc(time.Second, func() { signals <- syscall.SIGTERM })
		time.AfterFunc(2*time.Second, func() { signals <- syscall.SIGINT })
		err := fxservices.Run(t.Context(), fx.NopLogger, fx.Supply(j),
			fxservices.Module(signals.heard()), cacheThat(nothing, waits))
		require.ErrorContains(t, err, `stop "db": `)
		require.Equal(t, 128+2, fxservices.ExitCode(err))
		require.Equal(t, "start db, start cache, stop cache, stop db", j.String())
	})

	inBubble(t, "nil after fx.Shutdowner", func(t *testing.T) {
		j := &journal{}
		var down fx.Shutdowner
		ended := j.running(t.Context(), fxservices.Provide(NewAPI), fx.Populate(&down))
		require.NoError(t, down.Shutdown())
		require.NoError(t, <-ended)
		require.Equal(t, apiLives, j.String())
	})

	inBubble(t, "the exit code of fx.Shutdowner", func(t *testing.T) {
		j := &journal{}
		var down fx.Shutdowner
		ended := j.running(t.Context(), fxservices.Provide(NewAPI), fx.Populate(&down))
		require.NoError(t, down.Shutdown(fx.ExitCode(3)))
		err := <-ended
		require.EqualError(t, err, "shut down with exit code 3")
		require.Equal(t, 3, fxservices.ExitCode(err))
		require.Equal(t, apiLives, j.String())
	})

	inBubble(t, "the error of a context that ends, and its cause", func(t *testing.T) {
		j := &journal{}
		ctx, cancel := context.WithCancelCause(t.Context())
		ended := j.running(ctx, fxservices.Provide(NewChain, NewCache, NewDB))
		cancel(errBoom)
		err := <-ended
		require.ErrorIs(t, err, context.Canceled)
		require.ErrorIs(t, err, errBoom)
		require.EqualError(t, err, "context canceled: boom")
		require.Equal(t, 1, fxservices.ExitCode(err))
		require.Equal(t, "start db, start cache, listen api, close api, stop cache, stop db", j.String())
	})

	inBubble(t, "the error of a context that ended before a Shutdown, whose exit code comes too late", func(t *testing.T) {
		ctx, cancel := context.WithCancelCause(t.Context())
		newAPI := func(j *journal, down fx.Shutdowner, r *runner.Runner) *API {
			return &API{j.Server("api", func(ctx context.Context) error {
				<-r.Ready()
				cancel(errBoom)
				require.NoError(t, down.Shutdown(fx.ExitCode(20)))
				return untilEnd(ctx)
			})}
		}
		require.EqualError(t, (&journal{}).run(ctx, fxservices.Provide(newAPI)), "context canceled: boom")
	})

	inBubble(t, "the cause of a Shutdown of the Runner before one of fx.Shutdowner, at any time", func(t *testing.T) {
		ends := func(down fx.Shutdowner, r *runner.Runner) {
			r.Shutdown(errBoom)
			require.NoError(t, down.Shutdown(fx.ExitCode(20)))
		}
		onStart := func(lc fx.Lifecycle, down fx.Shutdowner, r *runner.Runner) {
			lc.Append(fx.StartHook(func() { ends(down, r) }))
		}
		for _, invoke := range []any{ends, onStart} {
			err := (&journal{}).run(t.Context(), fxservices.Provide(NewAPI), fx.Invoke(invoke))
			require.ErrorIs(t, err, errBoom)
			require.Equal(t, 1, fxservices.ExitCode(err), "%v", err)
		}
	})

	inBubble(t, "the error of a context alone where that is its cause", func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		require.EqualError(t, (&journal{}).run(ctx, fxservices.Provide(NewAPI)), context.DeadlineExceeded.Error())
	})

	inBubble(t, "the error of a context that ends during the start, which is cancelled", func(t *testing.T) {
		j := &journal{}
		ctx, cancel := context.WithCancelCause(t.Context())
		ended := j.running(ctx, cacheThat(waits, nothing))
		cancel(errBoom)
		err := <-ended
		require.ErrorIs(t, err, context.Canceled)
		require.ErrorIs(t, err, errBoom)
		require.Equal(t, "start db, start cache, stop db", j.String())
	})

	inBubble(t, "the error of a context whose deadline comes during the start", func(t *testing.T) {
		ctx, cancel := context.WithTimeoutCause(t.Context(), time.Second, errBoom)
		defer cancel()
		err := (&journal{}).run(ctx, cacheThat(waits, nothing))
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.NotErrorIs(t, err, context.Canceled)
		require.EqualError(t, err, `start "cache": context deadline exceeded: boom`)
	})

	inBubble(t, "the error of a context that has ended, and starts nothing", func(t *testing.T) {
		j := &journal{}
		ctx, cancel := context.WithCancelCause(t.Context())
		cancel(errBoom)
		err := j.run(ctx, fxservices.Provide(NewAPI))
		require.ErrorIs(t, err, context.Canceled)
		require.ErrorIs(t, err, errBoom)
		require.Empty(t, j.String())
	})

	inBubble(t, "why the start failed", func(t *testing.T) {
		j := &journal{}
		err := j.run(t.Context(), cacheThat(fails(errBoom), nothing))
		require.EqualError(t, err, `start "cache": boom`)
		require.ErrorIs(t, err, errBoom)
		require.Equal(t, "start db, start cache, stop db", j.String())
	})

	inBubble(t, "why a server failed, once", func(t *testing.T) {
		j := &journal{}
		newAPI := func(j *journal, _ *DB) *API { return &API{j.Server("api", takes(time.Second), fails(errBoom))} }
		err := j.run(t.Context(), fxservices.Provide(newAPI, NewDB))
		require.EqualError(t, err, `listen "api": boom`)
		var failed *runner.ServiceError
		require.ErrorAs(t, err, &failed)
		require.Equal(t, runner.OpListen, failed.Op)
		require.Equal(t, 1, fxservices.ExitCode(err))
		require.Equal(t, "start db, listen api, close api, stop db", j.String())
	})

	inBubble(t, "what went wrong with stopping, joined to the rest", func(t *testing.T) {
		ctx, cancel := context.WithCancelCause(t.Context())
		ended := (&journal{}).running(ctx, cacheThat(nothing, fails(context.DeadlineExceeded)))
		cancel(errBoom)
		require.EqualError(t, <-ended, "context canceled: boom\nstop \"db\": context deadline exceeded")
	})

	inBubble(t, "the failure of a server while the rest is stopped", func(t *testing.T) {
		var down fx.Shutdowner
		newAPI := func(j *journal) *API { return &API{j.Server("api", untilEnd, fails(errBoom))} }
		ended := (&journal{}).running(t.Context(), fxservices.Provide(newAPI), fx.Populate(&down))
		require.NoError(t, down.Shutdown())
		require.EqualError(t, <-ended, `listen "api": boom`)
	})
}

func TestRun(t *testing.T) {
	inBubble(t, "is not limited by the start timeout once it has started", func(t *testing.T) {
		var down fx.Shutdowner
		ended := (&journal{}).running(t.Context(), fxservices.Provide(NewAPI), fx.Populate(&down))
		time.Sleep(100 * time.Hour)
		require.Empty(t, ended)
		require.NoError(t, down.Shutdown())
		require.NoError(t, <-ended)
	})

	inBubble(t, "gives services the values of its context", func(t *testing.T) {
		type key struct{}
		seen := func(ctx context.Context) error {
			require.Equal(t, "value", ctx.Value(key{}))
			return nil
		}
		ctx, cancel := context.WithCancel(context.WithValue(t.Context(), key{}, "value"))
		ended := (&journal{}).running(ctx, cacheThat(seen, seen))
		cancel()
		require.ErrorIs(t, <-ended, context.Canceled)
	})

	inBubble(t, "shuts down at once when that is asked for during the start", func(t *testing.T) {
		j := &journal{}
		require.NoError(t, j.run(t.Context(), fxservices.Provide(NewAPI), fx.Invoke(func(lc fx.Lifecycle, down fx.Shutdowner) {
			lc.Append(fx.StartHook(func() error { return down.Shutdown() }))
		})))
		require.Equal(t, apiLives, j.String())
	})

	inBubble(t, "does not change the options it is given", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		opts := append(make([]fx.Option, 0, 8), fx.NopLogger, module())
		require.ErrorIs(t, fxservices.Run(ctx, opts...), context.Canceled)
		require.Nil(t, opts[:3][2])
	})

	inBubble(t, "stops the application when the Runner has a signal of its own", func(t *testing.T) {
		j, signals := &journal{}, newListener()
		time.AfterFunc(time.Second, func() { signals <- syscall.SIGQUIT })
		err := fxservices.Run(t.Context(), fx.NopLogger, fx.Supply(j),
			fxservices.Module(signals.heard()), fxservices.Provide(NewAPI), fxservices.Observe(newStates))
		require.NoError(t, err)
		require.Equal(t, "starting, listen api, ready, stopping, close api, stopped", j.String())
	})

	inBubble(t, "logs why it stops as fx.App.Run does", func(t *testing.T) {
		for want, sent := range map[os.Signal][]os.Signal{syscall.SIGQUIT: {syscall.SIGQUIT}, syscall.SIGTERM: nil} {
			var stopping []os.Signal
			signals := newListener()
			logs := fx.WithLogger(func() fxevent.Logger {
				return logger(func(event fxevent.Event) {
					if e, ok := event.(*fxevent.Stopping); ok {
						stopping = append(stopping, e.Signal)
					}
				})
			})
			ends := fx.Invoke(func(down fx.Shutdowner) {
				time.AfterFunc(time.Second, func() {
					for _, sig := range sent {
						signals <- sig
					}
					time.Sleep(time.Second)
					_ = down.Shutdown()
				})
			})
			require.NoError(t, fxservices.Run(t.Context(), logs, fx.Supply(&journal{}),
				fxservices.Module(signals.heard()), fxservices.Provide(NewAPI), ends))
			require.Equal(t, []os.Signal{want}, stopping)
			time.Sleep(2 * time.Second)
		}
	})

	t.Run("needs a Module", func(t *testing.T) {
		require.EqualError(t, fxservices.Run(t.Context(), fx.NopLogger),
			"fxservices: Module is missing: give fxservices.Module() to fx.New")
	})
}
