package runner_test

import (
	"context"
	"os"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-fxservices/services/runner"
	"github.com/stretchr/testify/require"
)

func TestFirstSignal(t *testing.T) {
	inBubble(t, "is told to Observers before anything ends", func(t *testing.T) {
		var j journal
		l := newFakeListener()
		r := newRunner(l.option(), runner.WithObserver(witness{&j}))
		wait := running(t, r, runner.NewServer("api", waits, nil))
		l.send(os.Interrupt)
		require.NoError(t, wait())
		finish(t, r)
		require.Equal(t, []string{
			"before start api", "after start api", "signal interrupt", "before stop api", "after stop api",
		}, j.all())
	})

	inBubble(t, "between two Runs lets the second start nothing", func(t *testing.T) {
		var j journal
		l := newFakeListener()
		r := newRunner(l.option())
		require.NoError(t, r.Run(t.Context(), j.resource("db")))
		l.terminate()
		requireSignalError(t, r.Run(t.Context(), loading(j.server("api"), j.notes("load api"))), sigterm)
		requireSignalError(t, r.Start(t.Context(), j.server("api")), sigterm)
		finish(t, r)
		require.Equal(t, []string{"start db", "stop db"}, j.all())
	})

	inBubble(t, "during Finish is told and changes nothing", func(t *testing.T) {
		var j journal
		l := newFakeListener()
		r := newRunner(l.option(), runner.WithObserver(witness{&j}))
		require.NoError(t, r.Run(t.Context(), runner.NewResource("db", nil, takes(10*time.Second))))
		wait := async(func() error { return r.Finish(t.Context()) })
		synctest.Wait()
		l.terminate()
		require.NoError(t, wait())
		require.Equal(t, []string{"before stop db", "signal terminated", "after stop db"}, j.all()[2:])
	})

	inBubble(t, "ends all Runs", func(t *testing.T) {
		l := newFakeListener()
		r := newRunner(l.option())
		serving := running(t, r, runner.NewServer("api", waits, nil))
		starting := running(t, r, runner.NewResource("db", waits, nil))
		l.terminate()
		require.NoError(t, serving())
		requireSignalError(t, starting(), sigterm)
		finish(t, r)
	})

	inBubble(t, "is past once Finish has returned", func(t *testing.T) {
		var j journal
		r := newRunner(runner.WithListenerBuilder(func() runner.Listener { return newFakeListener() }))
		require.NoError(t, r.Run(t.Context(), j.resource("db")))
		finish(t, r)
		require.NoError(t, r.Run(t.Context(), j.resource("db")))
		finish(t, r)
	})
}

func TestSecondSignal(t *testing.T) {
	inBubble(t, "cancels the contexts of running stops", func(t *testing.T) {
		l := newFakeListener()
		r := newRunner(l.option())
		require.NoError(t, r.Run(t.Context(), runner.NewResource("db", nil, func(ctx context.Context) error {
			<-ctx.Done()
			requireSignalError(t, context.Cause(ctx), os.Interrupt)
			return nil
		})))
		wait := async(func() error { return r.Finish(t.Context()) })
		synctest.Wait()
		began := time.Now()
		l.send(sigterm, os.Interrupt)
		requireSignalError(t, wait(), os.Interrupt)
		require.Zero(t, time.Since(began))
	})

	inBubble(t, "cuts the close of a Run short", func(t *testing.T) {
		l := newFakeListener()
		r := newRunner(l.option())
		closes := func(ctx context.Context) error { <-ctx.Done(); return nil }
		wait := running(t, r, runner.NewServer("api", untilEnd, closes), runner.NewServer("web", stuck(t), nil))
		l.terminate()
		began := time.Now()
		l.send(os.Interrupt)
		err := wait()
		require.Equal(t, grace, time.Since(began))
		requireSignalError(t, err, os.Interrupt)
		require.ErrorContains(t, err, `listen "web": received signal interrupt, abandoned after 150ms`)
		require.NotEmpty(t, requireTimeout(t, err).Stack, "it is named with its stack")
		require.ErrorIs(t, err, runner.ErrStopTimeout)
		requireSignalError(t, r.Finish(t.Context()), os.Interrupt)
	})

	inBubble(t, "is named by a Close that it ended", func(t *testing.T) {
		l := newFakeListener()
		r := newRunner(l.option())
		wait := running(t, r, runner.NewServer("api", untilEnd, waits))
		l.terminate()
		l.send(os.Interrupt)
		err := wait()
		require.ErrorContains(t, err, `close "api": received signal interrupt: context canceled`)
		require.ErrorIs(t, err, runner.ErrStopTimeout)
		requireSignalError(t, r.Finish(t.Context()), os.Interrupt)
	})

	inBubble(t, "cancels the context of Listen too", func(t *testing.T) {
		l := newFakeListener()
		r := newRunner(l.option())
		wait := running(t, r, runner.NewServer("api", waits, stuck(t)))
		l.send(sigterm, sigterm)
		err := wait()
		require.ErrorContains(t, err, `close "api": received signal terminated, abandoned after 150ms`)
		require.NotContains(t, err.Error(), "listen")
		requireSignalError(t, r.Finish(t.Context()), sigterm)
	})

	for name, opts := range map[string][]runner.StarterOption{
		"by default":                   nil,
		"with WithContinueOnStopError": {runner.WithContinueOnStopError()},
	} {
		inBubble(t, "skips nothing that is not yet stopped "+name, func(t *testing.T) {
			var j journal
			l := newFakeListener()
			r := newRunner(append(opts, l.option())...)
			ended := func(ctx context.Context) error {
				require.Error(t, ctx.Err(), "with an ended context")
				return nil
			}
			require.NoError(t, r.Run(t.Context(), j.stopping("db", ended), j.stopping("stuck", stuck(t)), j.stopping("cache", stuck(t))))
			wait := async(func() error { return r.Finish(t.Context()) })
			time.Sleep(time.Second)
			began := time.Now()
			l.send(sigterm, sigterm)
			err := wait()
			require.LessOrEqual(t, time.Since(began), grace, "they share a short grace")
			requireSignalError(t, err, sigterm)
			require.ErrorContains(t, err, `stop "cache": received signal terminated, abandoned after 1.05s`)
			require.ErrorContains(t, err, `stop "stuck": received signal terminated, abandoned after 50ms`)
			require.Equal(t, []string{"stop cache", "stop stuck", "stop db"}, j.all()[3:])
		})
	}

	inBubble(t, "cuts a rollback short", func(t *testing.T) {
		var j journal
		l := newFakeListener()
		r := newRunner(l.option())
		wait := running(t, r, j.resource("db"), j.stopping("cache", waits), j.resource("bad", fails(errBoom)))
		l.send(sigterm, sigterm)
		err := wait()
		requireServiceError(t, err, runner.OpStart, "bad", errBoom)
		requireSignalError(t, err, sigterm)
		require.Equal(t, []string{"stop cache", "stop db"}, j.all()[3:])
		requireSignalError(t, r.Finish(t.Context()), sigterm)
	})

	inBubble(t, "leaves a Listen what is left of the grace, not of the stop timeout", func(t *testing.T) {
		var j journal
		l := newFakeListener()
		r := newRunner(l.option())
		require.NoError(t, r.Start(t.Context(), j.resource("db"), runner.NewServer("api", stuck(t), func(ctx context.Context) error {
			<-ctx.Done()
			time.Sleep(10 * time.Millisecond)
			return nil
		})))
		wait := async(func() error { return r.Finish(t.Context()) })
		time.Sleep(5 * time.Second)
		began := time.Now()
		l.send(sigterm, sigterm)
		require.ErrorContains(t, wait(), `listen "api": received signal terminated, abandoned after 5.0`)
		require.LessOrEqual(t, time.Since(began), grace)
		require.Equal(t, []string{"start db", "stop db"}, j.all())
	})
}

func TestListeners(t *testing.T) {
	inBubble(t, "are built at the first Run and stopped once by Finish", func(t *testing.T) {
		var built []*fakeListener
		r := newRunner(runner.WithListenerBuilder(func() runner.Listener {
			built = append(built, newFakeListener())
			return built[len(built)-1]
		}))
		finish(t, r)
		require.Empty(t, built)
		require.NoError(t, r.Run(t.Context()))
		require.NoError(t, r.Run(t.Context()))
		require.Len(t, built, 1)
		require.Zero(t, built[0].stops)
		finish(t, r)
		finish(t, r)
		require.Equal(t, 1, built[0].stops)
		require.NoError(t, r.Run(t.Context()))
		require.Len(t, built, 2, "a Run after Finish listens again")
		finish(t, r)
	})

	inBubble(t, "do not signal with a closed channel", func(t *testing.T) {
		l := newFakeListener()
		close(l.signals)
		r := newRunner(l.option())
		wait := running(t, r, runner.NewServer("api", waits, nil))
		require.Equal(t, []string{"api"}, names(r))
		finish(t, r)
		require.NoError(t, wait())
		require.Equal(t, 1, l.stops)
	})

	inBubble(t, "may have no channel", func(t *testing.T) {
		l := &fakeListener{}
		r := newRunner(l.option())
		require.NoError(t, r.Run(t.Context(), runner.NewResource("db", nil, nil)))
		finish(t, r)
		require.Equal(t, 1, l.stops)
	})

	inBubble(t, "may be none", func(t *testing.T) {
		for _, build := range []func() runner.Listener{nil, func() runner.Listener { return nil }} {
			r := newRunner(runner.WithListenerBuilder(build))
			require.NoError(t, r.Run(t.Context(), runner.NewResource("db", nil, nil)))
			finish(t, r)
		}
	})

	inBubble(t, "are replaced by a later option", func(t *testing.T) {
		l := newFakeListener()
		r := newRunner(l.option(), runner.WithSignals())
		require.NoError(t, r.Run(t.Context()))
		finish(t, r)
		require.Zero(t, l.stops)
	})
}
