package runner_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-fxservices/services/runner"
	"github.com/stretchr/testify/require"
)

func TestStart(t *testing.T) {
	inBubble(t, "returns once resources and servers are up, and they go on", func(t *testing.T) {
		var j journal
		r := newRunner()
		ctx, cancel := context.WithCancel(t.Context())
		require.NoError(t, r.Start(ctx, j.resource("db"), j.server("api")))
		cancel()
		time.Sleep(time.Hour)
		require.Equal(t, []string{"db", "api"}, names(r))
		finish(t, r)
		require.Equal(t, []string{"start db", "listen api", "close api", "stop db"}, j.all())
	})

	t.Run("rolls a failure back", func(t *testing.T) {
		var j journal
		r := newRunner()
		err := r.Start(t.Context(), j.resource("db"), runner.NewServer("api", nil, j.notes("close api")), j.resource("bad", fails(errBoom)))
		require.EqualError(t, err, `start "bad": boom`)
		require.Equal(t, []string{"start db", "start bad", "close api", "stop db"}, j.all())
		finish(t, r)
	})

	inBubble(t, "rolls back when one of its servers fails meanwhile", func(t *testing.T) {
		var j journal
		r := newRunner()
		err := r.Start(t.Context(), j.resource("db"), slowServer("api", errBoom), runner.NewResource("slow", waits, nil))
		requireServiceError(t, err, runner.OpListen, "api", errBoom)
		require.Equal(t, []string{"start db", "stop db"}, j.all())
		finish(t, r)
	})

	inBubble(t, "leaves it to Wait and Finish to tell of its servers that fail", func(t *testing.T) {
		r := newRunner()
		late := runner.NewServer("late", func(context.Context) error { time.Sleep(time.Minute); return errOther }, nil)
		slow := runner.NewResource("slow", nil, takes(10*time.Second))
		later := runner.NewServer("later", func(context.Context) error { time.Sleep(time.Minute + time.Second); return errRefused }, nil)
		require.NoError(t, r.Start(t.Context(), slowServer("api", errBoom), late, later, slow))
		time.Sleep(time.Minute)
		requireServiceError(t, r.Wait(t.Context()), runner.OpListen, "api", errBoom)
		require.EqualError(t, r.Finish(t.Context()), "listen \"later\": refused\nlisten \"late\": other")
		require.Empty(t, names(r), "they are no failures to stop")
		finish(t, r)
	})

	inBubble(t, "ended by a signal names the step it met", func(t *testing.T) {
		l := newFakeListener()
		r := newRunner(l.option())
		wait := async(func() error { return r.Start(t.Context(), checked((&journal{}).resource("db"), fails(errBoom))) })
		time.Sleep(time.Second)
		l.terminate()
		require.EqualError(t, wait(), `ready "db": received signal terminated`)
		finish(t, r)
	})

	inBubble(t, "ended by ctx leaves all up until Finish", func(t *testing.T) {
		var j journal
		r := newRunner()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		err := r.Start(ctx, j.resource("db"), j.server("api"), slow(&j))
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.Equal(t, []string{"db", "api"}, names(r))
		require.NotContains(t, j.all(), "close api")
		finish(t, r)
	})

	inBubble(t, "ended by a signal leaves all up until Finish", func(t *testing.T) {
		l := newFakeListener()
		r := newRunner(l.option())
		wait := async(func() error {
			return r.Start(t.Context(), (&journal{}).resource("db"), runner.NewServer("api", waits, nil), slow(&journal{}))
		})
		synctest.Wait()
		l.terminate()
		requireSignalError(t, wait(), sigterm)
		require.Equal(t, []string{"db", "api"}, names(r))
		finish(t, r)
	})

	inBubble(t, "ended by Finish says so", func(t *testing.T) {
		r := newRunner()
		wait := async(func() error { return r.Start(t.Context(), runner.NewServer("api", waits, nil), slow(&journal{})) })
		synctest.Wait()
		finish(t, r)
		require.ErrorIs(t, wait(), runner.ErrFinishing)
		require.Empty(t, names(r))
	})
}

func TestStop(t *testing.T) {
	t.Run("stops the given services, newest first whatever their order", func(t *testing.T) {
		var j journal
		r := newRunner()
		db, broker, cache := j.resource("db"), j.resource("broker"), j.resource("cache")
		require.NoError(t, r.Run(t.Context(), db, broker, cache))
		require.NoError(t, r.Stop(t.Context(), db, cache))
		require.Equal(t, []string{"stop cache", "stop db"}, j.all()[3:])
		require.Equal(t, []string{"broker"}, names(r))
		finish(t, r)
	})

	t.Run("closes servers", func(t *testing.T) {
		var j journal
		r := newRunner()
		api := runner.NewServer("api", waits, j.notes("close api"))
		require.NoError(t, r.Start(t.Context(), api))
		require.NoError(t, r.Stop(t.Context(), api))
		require.Equal(t, []string{"close api"}, j.all())
		finish(t, r)
	})

	t.Run("finds services through wrappers, and values by value", func(t *testing.T) {
		r := newRunner()
		db := runner.NewResource("db", nil, nil)
		require.NoError(t, r.Run(t.Context(), runner.With(db), valueResource{"cache"}))
		require.NoError(t, r.Stop(t.Context(), db))
		require.NoError(t, r.Stop(t.Context(), valueResource{"cache"}))
		finish(t, r)
	})

	t.Run("refuses what is not started before anything is stopped", func(t *testing.T) {
		var j journal
		r := newRunner()
		db := j.resource("db")
		require.NoError(t, r.Run(t.Context(), db))
		for text, service := range map[string]runner.Service{
			`service 2, "cache": not started`: j.resource("cache"),
			`service 2, "<nil>": not started`: nil,
			`service 2, "odd": not started`:   odd{name: []string{"odd"}},
		} {
			err := r.Stop(t.Context(), db, service)
			require.ErrorIs(t, err, runner.ErrNotStarted)
			require.EqualError(t, err, text)
		}
		require.Equal(t, []string{"db"}, names(r))
		finish(t, r)
		require.ErrorIs(t, r.Stop(t.Context(), db), runner.ErrNotStarted)
	})

	inBubble(t, "is cut short when ctx ends", func(t *testing.T) {
		var j journal
		r := newRunner(runner.WithContinueOnStopError())
		db, cache := j.stopping("db", waits), j.stopping("cache", waits)
		require.NoError(t, r.Run(t.Context(), db, cache))
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		began := time.Now()
		require.Error(t, r.Stop(ctx, db, cache))
		require.Equal(t, time.Second, time.Since(began))
		require.Equal(t, []string{"stop cache", "stop db"}, j.all()[2:])
		finish(t, r)
	})

	inBubble(t, "is cut short by a second signal", func(t *testing.T) {
		l := newFakeListener()
		r := newRunner(l.option(), runner.WithContinueOnStopError())
		db := runner.NewResource("db", nil, waits)
		require.NoError(t, r.Run(t.Context(), db))
		wait := async(func() error { return r.Stop(t.Context(), db) })
		synctest.Wait()
		l.send(sigterm, sigterm)
		requireSignalError(t, wait(), sigterm)
		require.Error(t, r.Finish(t.Context()))
	})

	inBubble(t, "does not wait for the stop of another service", func(t *testing.T) {
		r := newRunner()
		db, cache := runner.NewResource("db", nil, takes(10*time.Second)), runner.NewResource("cache", nil, nil)
		require.NoError(t, r.Run(t.Context(), db, cache))
		wait := async(func() error { return r.Stop(t.Context(), db) })
		synctest.Wait()
		require.Zero(t, elapsed(func() { require.NoError(t, r.Stop(t.Context(), cache)) }))
		require.NoError(t, wait())
		finish(t, r)
	})
}

// odd is a service that cannot be compared.
type odd struct{ name []string }

func (o odd) Name() string                 { return o.name[0] }
func (odd) Start(context.Context) error    { return nil }
func (odd) Stop(ctx context.Context) error { return ctx.Err() }

func TestWait(t *testing.T) {
	// waiting starts a server and waits for the Runner to end.
	waiting := func(t *testing.T, ctx context.Context, server runner.Server) (l *fakeListener, r *runner.Runner, wait func() error) {
		t.Helper()
		l = newFakeListener()
		r = newRunner(l.option())
		require.NoError(t, r.Start(t.Context(), server))
		return l, r, async(func() error { return r.Wait(ctx) })
	}

	t.Run("returns at once before the first Run and after Finish", func(t *testing.T) {
		r := newRunner()
		require.NoError(t, r.Wait(t.Context()))
		require.NoError(t, r.Run(t.Context(), runner.NewResource("db", nil, nil)))
		finish(t, r)
		require.NoError(t, r.Wait(t.Context()))
	})

	inBubble(t, "returns nil after a signal", func(t *testing.T) {
		l, r, wait := waiting(t, t.Context(), runner.NewServer("api", waits, nil))
		l.terminate()
		require.NoError(t, wait())
		require.Equal(t, []string{"api"}, names(r), "nothing is stopped before Finish")
		finish(t, r)
	})

	inBubble(t, "returns nil when Finish is called", func(t *testing.T) {
		_, r, wait := waiting(t, t.Context(), runner.NewServer("api", waits, nil))
		finish(t, r)
		require.NoError(t, wait())
	})

	inBubble(t, "returns the failure of a server that Start has started", func(t *testing.T) {
		_, r, wait := waiting(t, t.Context(), slowServer("api", errBoom))
		requireServiceError(t, wait(), runner.OpListen, "api", errBoom)
		finish(t, r)
	})

	inBubble(t, "returns the error of ctx and its cause", func(t *testing.T) {
		ctx, cancel := context.WithTimeoutCause(t.Context(), time.Second, errBoom)
		defer cancel()
		_, r, wait := waiting(t, ctx, runner.NewServer("api", waits, nil))
		err := wait()
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.ErrorIs(t, err, errBoom)
		require.Equal(t, []string{"api"}, names(r))
		finish(t, r)
	})

	inBubble(t, "ends together with every Run when such a server fails", func(t *testing.T) {
		_, r, wait := waiting(t, t.Context(), slowServer("api", errBoom))
		run := running(t, r, runner.NewServer("web", waits, nil))
		requireServiceError(t, run(), runner.OpListen, "api", errBoom)
		require.Error(t, wait())
		requireServiceError(t, r.Run(t.Context(), runner.NewResource("db", nil, nil)), runner.OpListen, "api", errBoom)
		finish(t, r)
	})
}
