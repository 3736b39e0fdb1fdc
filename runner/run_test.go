package runner_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/runner"
)

func TestRunStartsInOrder(t *testing.T) {
	inBubble(t, "starts resources one at a time in the given order", func(t *testing.T) {
		var j journal
		r := newRunner(runner.WithObserver(witness{&j}))
		require.NoError(t, r.Run(t.Context(), j.resource("db", takes(2*time.Second)), j.resource("broker", takes(time.Second))))
		require.Equal(t, []string{
			"before start db", "start db", "after start db",
			"before start broker", "start broker", "after start broker",
		}, j.all())
		finish(t, r)
	})

	t.Run("loads each service before it starts", func(t *testing.T) {
		var j journal
		r := newRunner(runner.WithObserver(witness{&j}))
		require.NoError(t, r.Run(t.Context(),
			loading(j.resource("db"), j.notes("load db")), loading(j.resource("broker"), j.notes("load broker"))))
		require.Equal(t, []string{
			"before load", "load db", "after load", "before start db", "start db", "after start db",
			"before load", "load broker", "after load", "before start broker", "start broker", "after start broker",
		}, j.all())
		finish(t, r)
	})

	inBubble(t, "loads a server before it listens", func(t *testing.T) {
		var j journal
		r := newRunner()
		wait := running(t, r, loading(j.server("api"), j.notes("load api")))
		require.Equal(t, []string{"load api", "listen api"}, j.all())
		finish(t, r)
		require.NoError(t, wait())
	})
}

func TestRunOfResources(t *testing.T) {
	t.Run("returns once they are started", func(t *testing.T) {
		var j journal
		r := newRunner()
		require.NoError(t, r.Run(t.Context(), j.resource("db"), j.resource("broker")))
		require.Equal(t, []string{"start db", "start broker"}, j.all())
		require.Equal(t, []string{"db", "broker"}, names(r))
		finish(t, r)
	})

	t.Run("can be called again", func(t *testing.T) {
		var j journal
		r := newRunner()
		require.NoError(t, r.Run(t.Context(), j.resource("db")))
		require.NoError(t, r.Run(t.Context(), j.resource("broker")))
		finish(t, r)
		require.Equal(t, []string{"start db", "start broker", "stop broker", "stop db"}, j.all())
	})

	t.Run("goes on though the context ends after it", func(t *testing.T) {
		var j journal
		r := newRunner()
		ctx, cancel := context.WithCancel(t.Context())
		require.NoError(t, r.Run(ctx, j.resource("db")))
		cancel()
		require.Equal(t, []string{"db"}, names(r))
		finish(t, r)
	})

	t.Run("starts nothing when nothing is given", func(t *testing.T) {
		r := newRunner()
		require.NoError(t, r.Run(t.Context()))
		require.Empty(t, r.Services())
		finish(t, r)
	})
}

func TestRunOfResourceThatHesitates(t *testing.T) {
	// hesitates starts though its context has ended, in time not to be abandoned.
	hesitates := func(ctx context.Context) error {
		<-ctx.Done()
		return takes(grace / 2)(ctx)
	}

	inBubble(t, "leaves it up when a signal has ended its start, until Finish", func(t *testing.T) {
		var j journal
		l := newFakeListener()
		r := newRunner(l.option())
		wait := running(t, r, j.resource("db", hesitates), j.resource("cache"))
		l.terminate()
		requireSignalError(t, wait(), sigterm)
		require.Equal(t, []string{"db"}, names(r))
		finish(t, r)
		require.Equal(t, []string{"start db", "stop db"}, j.all())
	})

	inBubble(t, "says so though it was the last one", func(t *testing.T) {
		var j journal
		r := newRunner()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		require.ErrorIs(t, r.Run(ctx, j.resource("db", hesitates)), context.DeadlineExceeded)
		require.Equal(t, []string{"db"}, names(r))
		finish(t, r)
	})

	inBubble(t, "stops it with the others when a server has failed", func(t *testing.T) {
		var j journal
		r := newRunner()
		err := r.Run(t.Context(), j.resource("cache"), slowServer("api", errBoom), j.resource("db", hesitates), j.resource("mq"))
		require.EqualError(t, err, `listen "api": boom`)
		require.Equal(t, []string{"start cache", "start db", "stop db", "stop cache"}, j.all())
	})
}

func TestRunOfServers(t *testing.T) {
	inBubble(t, "lets all of them listen at once and blocks", func(t *testing.T) {
		var j journal
		r := newRunner()
		wait := running(t, r, j.server("api"), j.server("metrics"))
		require.Equal(t, []string{"listen api", "listen metrics"}, j.sorted())
		finish(t, r)
		require.NoError(t, wait())
	})

	inBubble(t, "goes on when Listen returns nil at once", func(t *testing.T) {
		var j journal
		l := newFakeListener()
		r := newRunner(l.option())
		wait := running(t, r, runner.NewServer("api", j.notes("listen api"), j.notes("close api")))
		time.Sleep(time.Hour)
		j.note("an hour later")
		l.terminate()
		require.NoError(t, wait())
		require.Equal(t, []string{"listen api", "an hour later", "close api"}, j.all())
		finish(t, r)
	})

	inBubble(t, "goes on when one of them ends without an error", func(t *testing.T) {
		var j journal
		r := newRunner()
		wait := running(t, r, runner.NewServer("consumer", takes(time.Second), nil), j.server("api"))
		time.Sleep(time.Hour)
		require.Equal(t, []string{"consumer", "api"}, names(r))
		finish(t, r)
		require.NoError(t, wait())
	})

	inBubble(t, "starts resources beside them in the given order", func(t *testing.T) {
		var j journal
		r := newRunner()
		wait := running(t, r, j.resource("db"), j.server("api"), j.resource("broker", takes(time.Second)))
		time.Sleep(time.Second)
		synctest.Wait()
		require.Equal(t, []string{"db", "api", "broker"}, names(r))
		finish(t, r)
		require.NoError(t, wait())
		require.Equal(t, []string{"stop broker", "stop db"}, j.all()[4:])
	})
}

func TestRunClosesServers(t *testing.T) {
	inBubble(t, "closes all servers of the run at the same time", func(t *testing.T) {
		l := newFakeListener()
		r := newRunner(l.option())
		wait := running(t, r,
			runner.NewServer("api", untilEnd, takes(3*time.Second)),
			runner.NewServer("metrics", untilEnd, takes(2*time.Second)))
		l.terminate()
		began := time.Now()
		require.NoError(t, wait())
		require.Equal(t, 3*time.Second, time.Since(began))
		finish(t, r)
	})

	inBubble(t, "waits for every Listen to return", func(t *testing.T) {
		var j journal
		l := newFakeListener()
		r := newRunner(l.option())
		wait := running(t, r, j.server("api", takes(5*time.Second), j.notes("api returns")))
		l.terminate()
		require.NoError(t, wait())
		require.Equal(t, []string{"listen api", "close api", "api returns"}, j.all())
		finish(t, r)
	})

	inBubble(t, "closes the servers of other runs with those", func(t *testing.T) {
		l := newFakeListener()
		r := newRunner(l.option())
		api, metrics := running(t, r, (&journal{}).server("api")), running(t, r, (&journal{}).server("metrics"))
		l.terminate()
		require.NoError(t, api())
		require.NoError(t, metrics())
		finish(t, r)
	})

	inBubble(t, "leaves the servers of other runs alone when its own context ends", func(t *testing.T) {
		var j journal
		r := newRunner()
		wait := running(t, r, j.server("api"))
		ctx, cancel := context.WithCancel(t.Context())
		other := async(func() error { return r.Run(ctx, j.server("metrics")) })
		synctest.Wait()
		cancel()
		require.ErrorIs(t, other(), context.Canceled)
		require.Equal(t, []string{"api"}, names(r))
		finish(t, r)
		require.NoError(t, wait())
	})
}
