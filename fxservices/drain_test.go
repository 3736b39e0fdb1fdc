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

	"github.com/go-fxservices/services/fxservices"
	shared "github.com/go-fxservices/services/internal/testing/journal"
	"github.com/go-fxservices/services/runner"
)

// listener is where tests send signals from.
type listener chan os.Signal

func newListener() listener { return make(listener, 3) }

func (l listener) Receive() <-chan os.Signal { return l }
func (l listener) Stop()                     {}

// heard is the option of Module for a Runner that listens to l.
func (l listener) heard() fxservices.Option {
	return fxservices.WithRunner(runner.WithListenerBuilder(func() runner.Listener { return l }))
}

// clocked is a journal with the time of each state of the Runner.
type clocked struct {
	shared.Silent
	*journal
	began time.Time
}

func newClocked(j *journal) *clocked { return &clocked{journal: j, began: time.Now()} }

func (c *clocked) StateChanged(_ context.Context, state runner.State) {
	c.Note("%v at %v", state, time.Since(c.began))
}

func TestDrainDelay(t *testing.T) {
	drain := fxservices.DrainDelay(5 * time.Second)
	const drained = "starting at 0s, listen api, ready at 0s, draining at 1s, stopping at 6s, close api, stopped at 6s"

	inBubble(t, "lets servers serve on after a signal", func(t *testing.T) {
		j, signals := &journal{}, newListener()
		time.AfterFunc(time.Second, func() { signals <- syscall.SIGTERM })
		require.NoError(t, fxservices.Run(t.Context(), fx.NopLogger, fx.Supply(j),
			fxservices.Module(signals.heard(), drain), fxservices.Provide(NewAPI), fxservices.Observe(newClocked)))
		require.Equal(t, drained, j.String())
	})

	inBubble(t, "lets servers serve on after the end of the context of Run", func(t *testing.T) {
		j := &journal{}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		err := fxservices.Run(ctx, fx.NopLogger, fx.Supply(j), module(drain),
			fxservices.Provide(NewAPI), fxservices.Observe(newClocked))
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.Equal(t, drained, j.String())
	})

	inBubble(t, "lets others serve on after the failure of a server", func(t *testing.T) {
		j := &journal{}
		newAdmin := func(j *journal, _ *API) *Admin { return &Admin{j.Server("admin", takes(time.Second), fails(errBoom))} }
		err := fxservices.Run(t.Context(), fx.NopLogger, fx.Supply(j), module(drain),
			fxservices.Provide(NewAPI, newAdmin), fxservices.Observe(newClocked))
		require.EqualError(t, err, `listen "admin": boom`)
		require.Equal(t, "starting at 0s, listen api, listen admin, ready at 0s, draining at 1s, "+
			"stopping at 6s, close admin, close api, stopped at 6s", j.String())
	})

	inBubble(t, "lets servers serve on after App.Stop", func(t *testing.T) {
		j := &journal{}
		app := j.application(module(drain), fxservices.Provide(NewAPI), fxservices.Observe(newClocked))
		require.NoError(t, app.Start(t.Context()))
		time.Sleep(time.Second)
		require.NoError(t, app.Stop(t.Context()))
		require.Equal(t, drained, j.String())
	})

	inBubble(t, "is cut short by a second signal", func(t *testing.T) {
		j, signals := &journal{}, newListener()
		time.AfterFunc(time.Second, func() { signals <- syscall.SIGTERM })
		time.AfterFunc(2*time.Second, func() { signals <- syscall.SIGTERM })
		err := fxservices.Run(t.Context(), fx.NopLogger, fx.Supply(j),
			fxservices.Module(signals.heard(), drain), fxservices.Provide(NewAPI), fxservices.Observe(newClocked))
		require.Equal(t, 128+15, fxservices.ExitCode(err))
		require.Equal(t, "starting at 0s, listen api, ready at 0s, draining at 1s, stopping at 2s, close api, stopped at 2s", j.String())
	})

	inBubble(t, "is not for a rollback", func(t *testing.T) {
		j := &journal{}
		newCache := func(j *journal, _ *API) *Cache { return &Cache{j.Resource("cache", fails(errBoom))} }
		app := j.application(module(drain), fxservices.Provide(NewAPI, newCache), needing[*Cache](), fxservices.Observe(newClocked))
		require.ErrorIs(t, app.Start(t.Context()), errBoom)
		require.Equal(t, "starting at 0s, listen api, start cache, stopping at 0s, close api, stopped at 0s", j.String())
	})

	inBubble(t, "is not for a start that a signal cancels", func(t *testing.T) {
		j, signals := &journal{}, newListener()
		time.AfterFunc(time.Second, func() { signals <- syscall.SIGTERM })
		err := fxservices.Run(t.Context(), fx.NopLogger, fx.Supply(j), fxservices.Module(signals.heard(), drain),
			cacheThat(waits, nothing), fxservices.Observe(newClocked))
		require.Equal(t, 128+15, fxservices.ExitCode(err))
		require.Equal(t, "starting at 0s, start db, start cache, stopping at 1s, stop db, stopped at 1s", j.String())
	})

	inBubble(t, "turns off the state ready first, while the servers go on", func(t *testing.T) {
		var r *runner.Runner
		app := (&journal{}).application(module(drain), fxservices.Provide(NewAPI), fx.Populate(&r))
		require.Equal(t, runner.StateIdle, r.State())
		require.NoError(t, app.Start(t.Context()))
		require.Equal(t, runner.StateReady, r.State())
		stopped := make(chan error)
		go func() { stopped <- app.Stop(t.Context()) }()
		synctest.Wait()
		require.Equal(t, runner.StateDraining, r.State())
		require.Equal(t, runner.ServiceReady, r.Services()[0].State)
		require.NoError(t, <-stopped)
		require.Equal(t, runner.StateStopped, r.State())
	})
}
