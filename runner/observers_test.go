package runner_test

import (
	"context"
	"os"
	"runtime"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/internal/retryevents"
	"github.com/go-fxservices/services/runner"
)

func TestObservers(t *testing.T) {
	inBubble(t, "are told of each event in the order they were added", func(t *testing.T) {
		var j journal
		l := newFakeListener()
		r := newRunner(l.option(), runner.WithObserver(witness{&j}), runner.WithObserver(witness{&j}))
		wait := running(t, r, loading(j.resource("db"), fails(nil)), runner.NewServer("api", waits, nil))
		l.terminate()
		require.NoError(t, wait())
		finish(t, r)
		require.Equal(t, []string{
			"before load", "before load", "after load", "after load",
			"before start db", "before start db", "start db", "after start db", "after start db",
			"before start api", "before start api", "after start api", "after start api",
			"signal terminated", "signal terminated",
			"before stop api", "before stop api", "after stop api", "after stop api",
			"before stop db", "before stop db", "stop db", "after stop db", "after stop db",
		}, j.all())
	})

	t.Run("are told once, however often they were given", func(t *testing.T) {
		var j journal
		one := &witness{&j}
		r := newRunner(runner.WithObserver(one), runner.WithReporter(one), runner.WithObserver(witness{&j}))
		require.NoError(t, r.Run(t.Context(), j.resource("db", fails(nil))))
		finish(t, r)
		require.Equal(t, []string{
			"before start db", "before start db", "start db", "after start db", "after start db",
			"before stop db", "before stop db", "stop db", "after stop db", "after stop db",
		}, j.all())
	})

	t.Run("are told of errors as ServiceErrors", func(t *testing.T) {
		var j journal
		r := newRunner(runner.WithObserver(witness{&j}))
		require.Error(t, r.Run(t.Context(), j.stopping("db", fails(errOther)), j.resource("bad", fails(errBoom))))
		require.Equal(t, []string{
			"before start db", "start db", "after start db",
			"before start bad", "start bad", `after start bad: start "bad": boom`,
			"before stop db", "stop db", `after stop db: stop "db": other`,
		}, j.all())
	})

	t.Run("get the service as it was given", func(t *testing.T) {
		var given runner.Service
		var loaded runner.Configurable
		r := newRunner(runner.WithObserver(&seen{service: &given, configurable: &loaded}))
		layer := loading((&journal{}).resource("db"), fails(nil))
		db := runner.With(layer)
		require.NoError(t, r.Run(t.Context(), db))
		require.Same(t, db, given)
		require.Same(t, layer, loaded, "a Configurable is the layer that loads")
		finish(t, r)
	})

	inBubble(t, "hear that a service is started when it is ready", func(t *testing.T) {
		var j journal
		r := newRunner(runner.WithObserver(witness{&j}))
		readyAt := time.Now().Add(time.Second)
		db := checked(j.resource("db"), func(context.Context) error {
			if time.Now().Before(readyAt) {
				return errBoom
			}
			j.note("ready")
			return nil
		})
		require.NoError(t, r.Run(t.Context(), db))
		require.Equal(t, []string{"before start db", "start db", "ready", "after start db"}, j.all())
		finish(t, r)
	})

	t.Run("may be nil, and may be given by the older name", func(t *testing.T) {
		var j journal
		r := newRunner(runner.WithObserver(nil), runner.WithReporter(runner.Reporter(witness{&j})), nil)
		require.NoError(t, r.Run(t.Context(), j.resource("db")))
		require.Equal(t, []string{"before start db", "start db", "after start db"}, j.all())
		finish(t, r)
	})
}

// seen keeps what an Observer was given.
type seen struct {
	nobody
	service      *runner.Service
	configurable *runner.Configurable
}

func (s *seen) BeforeStart(_ context.Context, service runner.Service)    { *s.service = service }
func (s *seen) BeforeLoad(_ context.Context, loaded runner.Configurable) { *s.configurable = loaded }

func TestLaterEvents(t *testing.T) {
	inBubble(t, "tell of a server that failed, and only then", func(t *testing.T) {
		var j journal
		r := newRunner(runner.WithObserver(failureWitness{journal: &j}))
		err := r.Run(t.Context(),
			slowServer("api", errBoom),
			runner.NewServer("web", func(ctx context.Context) error { <-ctx.Done(); return errOther }, nil))
		require.ErrorIs(t, err, errBoom)
		require.Equal(t, []string{`server api failed: listen "api": boom`}, j.all())
		finish(t, r)
	})

	t.Run("tell of attempts to start", func(t *testing.T) {
		var j journal
		r := newRunner(runner.WithObserver(retryWitness{journal: &j}))
		db := runner.NewResource("db", nil, nil)
		retried := j.resource("db", func(ctx context.Context) error {
			retryevents.From(ctx).BeforeRetry(ctx, db, 1)
			retryevents.From(ctx).BeforeRetry(context.WithValue(ctx, t, t), db, 2)
			return nil
		})
		require.NoError(t, r.Run(t.Context(), retried))
		require.Equal(t, []string{"start db", "attempt 1 of db", "attempt 2 of db"}, j.all())
		finish(t, r)
	})

	t.Run("tell what is queued, and what waits to be ready", func(t *testing.T) {
		var j journal
		r := newRunner(runner.WithObserver(queueWitness{journal: &j}))
		db := checked(j.resource("db"), fails(nil))
		require.NoError(t, r.Run(t.Context(), db, after(j.resource("cache"), db)))
		require.Equal(t, []string{"queued db", "queued cache after 1", "start db", "waits for db", "start cache"}, j.all())
		require.Error(t, r.Run(t.Context(), checked(j.resource("bad", fails(errBoom)), fails(nil))))
		require.Equal(t, []string{"queued bad", "start bad"}, j.all()[5:])
		finish(t, r)
	})

	t.Run("tell nobody of attempts outside of a Runner", func(t *testing.T) {
		retryevents.From(t.Context()).BeforeRetry(t.Context(), runner.NewResource("db", nil, nil), 1)
	})
}

func TestObserverWithoutLocks(t *testing.T) {
	inBubble(t, "can ask the Runner", func(t *testing.T) {
		var r *runner.Runner
		ask := func() { _, _ = r.Services(), r.State() }
		l := newFakeListener()
		r = newRunner(l.option(), runner.WithObserver(&told{
			beforeStart: ask, afterStart: ask, beforeStop: ask, afterStop: ask, signal: ask,
		}))
		wait := running(t, r, runner.NewResource("db", nil, nil), runner.NewServer("api", waits, nil))
		l.terminate()
		require.NoError(t, wait())
		finish(t, r)
	})
}

// broken is an Observer that crashes at every event.
type broken struct{ crash func() }

func (b broken) BeforeStart(context.Context, runner.Service)           { b.crash() }
func (b broken) AfterStart(context.Context, runner.Service, error)     { b.crash() }
func (b broken) BeforeStop(context.Context, runner.Service)            { b.crash() }
func (b broken) AfterStop(context.Context, runner.Service, error)      { b.crash() }
func (b broken) BeforeLoad(context.Context, runner.Configurable)       { b.crash() }
func (b broken) AfterLoad(context.Context, runner.Configurable, error) { b.crash() }
func (b broken) SignalReceived(os.Signal)                              { b.crash() }
func (b broken) ServerFailed(context.Context, runner.Server, error)    { b.crash() }
func (b broken) BeforeRetry(context.Context, runner.Service, int)      { b.crash() }
func (b broken) StateChanged(context.Context, runner.State)            { b.crash() }

func TestObserverPanics(t *testing.T) {
	for name, crash := range map[string]func(){
		"a panic":        func() { panic("kaboom") },
		"runtime.Goexit": runtime.Goexit,
	} {
		inBubble(t, "never change the lifecycle: "+name, func(t *testing.T) {
			var j journal
			l := newFakeListener()
			two := runner.WithObserver(broken{crash})
			r := newRunner(l.option(), two, two, runner.WithObserver(witness{&j}))
			db := loading(j.resource("db", func(ctx context.Context) error { retryevents.From(ctx).BeforeRetry(ctx, nil, 1); return nil }), fails(nil))
			wait := running(t, r, db, runner.NewServer("api", waits, nil))
			l.terminate()
			requireObserverError(t, wait())
			requireObserverError(t, r.Finish(t.Context()))
			require.Equal(t, []string{
				"before load", "after load", "before start db", "start db", "after start db",
				"before start api", "after start api", "signal terminated", "before stop api", "after stop api",
				"before stop db", "stop db", "after stop db",
			}, j.all(), "another Observer is told all the same")
			require.Equal(t, runner.StateStopped, r.State())
		})

		inBubble(t, "are joined to a failure: "+name, func(t *testing.T) {
			r := newRunner(runner.WithObserver(broken{crash}))
			err := r.Run(t.Context(), slowServer("api", errBoom))
			requireServiceError(t, err, runner.OpListen, "api", errBoom)
			requireObserverError(t, err)
			requireObserverError(t, r.Finish(t.Context()))
		})
	}

	inBubble(t, "do not add up without end", func(t *testing.T) {
		r := newRunner(runner.WithObserver(broken{func() { panic("kaboom") }}))
		many := make([]runner.Service, 100)
		for i := range many {
			many[i] = runner.NewResource("db", nil, nil)
		}
		err := r.Run(t.Context(), many...)
		joined, ok := err.(interface{ Unwrap() []error })
		require.True(t, ok)
		require.Len(t, joined.Unwrap(), 16)
		synctest.Wait()
		require.Error(t, r.Finish(t.Context()))
	})
}

func requireObserverError(t *testing.T, err error) {
	t.Helper()
	var failed *runner.ObserverError
	require.ErrorAs(t, err, &failed)
	require.IsType(t, broken{}, failed.Observer)
	require.ErrorContains(t, failed, "observer runner_test.broken: panic: ")
	var panicked *runner.PanicError
	require.ErrorAs(t, err, &panicked)
	require.NotEmpty(t, panicked.Stack)
}
