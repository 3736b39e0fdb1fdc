package runner_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/runner"
)

func TestFinishStopsInReverse(t *testing.T) {
	inBubble(t, "stops all services one by one in the opposite order", func(t *testing.T) {
		var j journal
		r := newRunner(runner.WithObserver(witness{&j}))
		slowly := func(name string) runner.Service {
			return runner.NewResource(name, nil, j.notes("stop "+name, takes(time.Second)))
		}
		require.NoError(t, r.Run(t.Context(), slowly("db"), slowly("broker")))
		require.NoError(t, r.Run(t.Context(), slowly("cache")))
		before := len(j.all())
		finish(t, r)
		require.Equal(t, []string{
			"before stop cache", "stop cache", "after stop cache",
			"before stop broker", "stop broker", "after stop broker",
			"before stop db", "stop db", "after stop db",
		}, j.all()[before:])
	})

	inBubble(t, "asks running Runs to end and waits for them", func(t *testing.T) {
		var j journal
		r := newRunner()
		require.NoError(t, r.Run(t.Context(), j.resource("db")))
		wait := running(t, r, j.resource("cache"), j.server("api", takes(time.Second), j.notes("api returns")))
		finish(t, r)
		require.NoError(t, wait())
		require.Equal(t, []string{"close api", "api returns", "stop cache", "stop db"}, j.all()[3:])
		require.Empty(t, names(r))
		require.Equal(t, runner.StateStopped, r.State())
	})

	t.Run("closes what Start has started in its turn", func(t *testing.T) {
		var j journal
		r := newRunner()
		background := runner.NewServer("api", nil, j.notes("close api"))
		require.NoError(t, r.Start(t.Context(), j.resource("db"), background, j.resource("cache")))
		finish(t, r)
		require.Equal(t, []string{"start db", "start cache", "stop cache", "close api", "stop db"}, j.all())
	})

	t.Run("stops the resource of a start that failed once only", func(t *testing.T) {
		var j journal
		r := newRunner()
		require.Error(t, r.Run(t.Context(), j.resource("db"), j.resource("bad", fails(errBoom))))
		finish(t, r)
		require.Equal(t, []string{"start db", "start bad", "stop db"}, j.all())
	})
}

func TestFinishAgain(t *testing.T) {
	t.Run("does nothing before any Run", func(t *testing.T) {
		r := newRunner()
		finish(t, r)
		require.Equal(t, runner.StateIdle, r.State())
	})

	t.Run("does nothing the second time", func(t *testing.T) {
		var j journal
		r := newRunner()
		require.NoError(t, r.Run(t.Context(), j.resource("db")))
		finish(t, r)
		finish(t, r)
		require.Equal(t, []string{"start db", "stop db"}, j.all())
	})

	inBubble(t, "waits for another that is at work", func(t *testing.T) {
		var j journal
		r := newRunner()
		require.NoError(t, r.Run(t.Context(), j.stopping("db", takes(10*time.Second))))
		first := async(func() error { return r.Finish(t.Context()) })
		synctest.Wait()
		began := time.Now()
		finish(t, r)
		require.Equal(t, 10*time.Second, time.Since(began))
		require.NoError(t, first())
		require.Equal(t, []string{"start db", "stop db"}, j.all())
	})

	inBubble(t, "waits for another no longer than its context", func(t *testing.T) {
		r := newRunner()
		require.NoError(t, r.Run(t.Context(), runner.NewResource("db", nil, takes(10*time.Second))))
		first := async(func() error { return r.Finish(t.Context()) })
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		err := r.Finish(ctx)
		require.EqualError(t, err, "wait for another stop: context deadline exceeded")
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.NoError(t, first())
	})

	inBubble(t, "refuses a Run that comes meanwhile, and allows one after", func(t *testing.T) {
		var j journal
		r := newRunner()
		require.NoError(t, r.Run(t.Context(), runner.NewResource("db", nil, takes(time.Second))))
		wait := async(func() error { return r.Finish(t.Context()) })
		synctest.Wait()
		require.ErrorIs(t, r.Run(t.Context(), j.resource("cache")), runner.ErrFinishing)
		require.NoError(t, wait())
		require.NoError(t, r.Run(t.Context(), j.resource("cache")))
		finish(t, r)
		require.Equal(t, []string{"start cache", "stop cache"}, j.all())
	})
}

func TestFinishByDefault(t *testing.T) {
	t.Run("returns at the first failure and tries again from there", func(t *testing.T) {
		var j journal
		r := newRunner()
		failing := true
		broker := j.stopping("broker", func(context.Context) error {
			if failing {
				return errBoom
			}
			return nil
		})
		require.NoError(t, r.Run(t.Context(), j.resource("db"), broker, j.resource("cache")))
		requireServiceError(t, r.Finish(t.Context()), runner.OpStop, "broker", errBoom)
		require.Equal(t, []string{"db", "broker"}, names(r))
		require.Equal(t, runner.StateStopping, r.State())
		failing = false
		finish(t, r)
		require.Equal(t, runner.StateStopped, r.State())
		require.Equal(t, []string{"stop cache", "stop broker", "stop broker", "stop db"}, j.all()[3:])
	})

	t.Run("keeps refusing what is left", func(t *testing.T) {
		r := newRunner()
		failing := true
		db := runner.NewResource("db", nil, func(context.Context) error {
			if failing {
				return errBoom
			}
			return nil
		})
		require.NoError(t, r.Run(t.Context(), db))
		require.Error(t, r.Finish(t.Context()))
		require.ErrorIs(t, r.Run(t.Context(), db), runner.ErrAlreadyStarted)
		failing = false
		finish(t, r)
	})

	t.Run("does not close a server again", func(t *testing.T) {
		var j journal
		r := newRunner()
		require.NoError(t, r.Start(t.Context(), j.resource("db"), runner.NewServer("api", nil, j.notes("close api", fails(errBoom)))))
		requireServiceError(t, r.Finish(t.Context()), runner.OpClose, "api", errBoom)
		require.Equal(t, []string{"db"}, names(r))
		finish(t, r)
		require.Equal(t, []string{"start db", "close api", "stop db"}, j.all())
	})
}

func TestFinishWithContinueOnStopError(t *testing.T) {
	t.Run("goes on past failures and joins them", func(t *testing.T) {
		var j journal
		r := newRunner(runner.WithContinueOnStopError())
		require.NoError(t, r.Run(t.Context(), j.stopping("db", fails(errOther)), j.stopping("broker"), j.stopping("cache", fails(errBoom))))
		require.EqualError(t, r.Finish(t.Context()), "stop \"cache\": boom\nstop \"db\": other")
		require.Equal(t, []string{"stop cache", "stop broker", "stop db"}, j.all()[3:])
		require.Empty(t, names(r), "each service is told to stop once")
		finish(t, r)
		require.Len(t, j.all(), 6)
	})

	t.Run("leaves a single error as it is", func(t *testing.T) {
		r := newRunner(runner.WithContinueOnStopError())
		require.NoError(t, r.Run(t.Context(), runner.NewResource("db", nil, fails(errBoom))))
		require.EqualError(t, r.Finish(t.Context()), `stop "db": boom`)
	})
}

func TestFinishWithContext(t *testing.T) {
	t.Run("ignores a cancellation from before the call", func(t *testing.T) {
		var j journal
		r := newRunner()
		ctx, cancel := context.WithCancel(t.Context())
		require.NoError(t, r.Run(ctx, j.stopping("db", func(ctx context.Context) error { return ctx.Err() })))
		cancel()
		require.NoError(t, r.Finish(ctx))
		require.Equal(t, []string{"start db", "stop db"}, j.all())
	})

	inBubble(t, "keeps the deadline of a context that was cancelled", func(t *testing.T) {
		r := newRunner()
		require.NoError(t, r.Run(t.Context(), runner.NewResource("db", nil, waits)))
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
		cancel()
		began := time.Now()
		requireServiceError(t, r.Finish(ctx), runner.OpStop, "db", context.DeadlineExceeded)
		require.Equal(t, 2*time.Second, time.Since(began))
	})

	inBubble(t, "holds the deadline of the caller", func(t *testing.T) {
		var j journal
		r := newRunner(runner.WithContinueOnStopError())
		require.NoError(t, r.Run(t.Context(), j.resource("db"), j.stopping("cache", stuck(t)), j.resource("broker")))
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
		defer cancel()
		began := time.Now()
		err := r.Finish(ctx)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.ErrorContains(t, err, `stop "cache": context deadline exceeded, abandoned after 2.075s`)
		require.ErrorIs(t, err, runner.ErrStopTimeout, "whatever ended its time")
		require.Less(t, time.Since(began), 2*time.Second+151*time.Millisecond)
		require.Equal(t, []string{"stop broker", "stop cache", "stop db"}, j.all()[3:])
	})

	inBubble(t, "tells every service to stop though its context has expired", func(t *testing.T) {
		var j journal
		r := newRunner(runner.WithContinueOnStopError())
		require.NoError(t, r.Run(t.Context(), j.resource("db"), j.stopping("cache", waits)))
		ctx, cancel := context.WithTimeout(t.Context(), -time.Second)
		defer cancel()
		requireServiceError(t, r.Finish(ctx), runner.OpStop, "cache", context.DeadlineExceeded)
		require.Equal(t, []string{"stop cache", "stop db"}, j.all()[2:])
	})

	inBubble(t, "ignores a cancellation during it", func(t *testing.T) {
		var j journal
		r := newRunner(runner.WithContinueOnStopError())
		require.NoError(t, r.Run(t.Context(), j.resource("db"), j.stopping("cache", takes(2*time.Second))))
		ctx, cancel := context.WithCancelCause(t.Context())
		time.AfterFunc(time.Second, func() { cancel(errBoom) })
		began := time.Now()
		require.NoError(t, r.Finish(ctx))
		require.Equal(t, 2*time.Second, time.Since(began))
		require.Equal(t, []string{"stop cache", "stop db"}, j.all()[2:])
	})
}
