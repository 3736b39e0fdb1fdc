package runner_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/runner"
)

// grace is what a call has to return once its context has ended.
const grace = 150 * time.Millisecond

// requireTimeout requires that err holds the timeout of a step, and returns it.
func requireTimeout(t *testing.T, err error) *runner.TimeoutError {
	t.Helper()
	var timeout *runner.TimeoutError
	require.ErrorAs(t, err, &timeout)
	return timeout
}

func TestStartTimeout(t *testing.T) {
	inBubble(t, "is none by default", func(t *testing.T) {
		r := newRunner()
		require.NoError(t, r.Run(t.Context(), runner.NewResource("db", func(ctx context.Context) error {
			_, limited := ctx.Deadline()
			require.False(t, limited)
			return takes(time.Hour)(ctx)
		}, nil)))
		finish(t, r)
	})

	inBubble(t, "ends the context of Start", func(t *testing.T) {
		r := newRunner(runner.WithStartTimeout(2 * time.Second))
		began := time.Now()
		err := r.Run(t.Context(), runner.NewResource("db", func(ctx context.Context) error {
			<-ctx.Done()
			require.ErrorIs(t, ctx.Err(), context.DeadlineExceeded)
			require.Equal(t, runner.ErrStartTimeout, context.Cause(ctx))
			return errBoom
		}, nil))
		require.Equal(t, 2*time.Second, time.Since(began))
		require.EqualError(t, err, `start "db": timed out after 2s: boom`)
		require.ErrorIs(t, err, runner.ErrStartTimeout)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.ErrorIs(t, err, errBoom)
		timeout := requireTimeout(t, err)
		require.Equal(t, runner.TimeoutError{
			Reason: runner.ErrStartTimeout, Budget: 2 * time.Second, Elapsed: 2 * time.Second, Err: errBoom,
		}, *timeout)
	})

	inBubble(t, "is that of each service", func(t *testing.T) {
		r := newRunner(runner.WithStartTimeout(2 * time.Second))
		slowly := func() runner.Service { return runner.NewResource("db", takes(1500*time.Millisecond), nil) }
		require.NoError(t, r.Run(t.Context(), slowly(), slowly(), slowly()))
		finish(t, r)
	})

	inBubble(t, "is shared by Load, Start and IsReady", func(t *testing.T) {
		r := newRunner(runner.WithStartTimeout(2 * time.Second))
		db := loading(checked(runner.NewResource("db", takes(time.Second), nil), waits), takes(500*time.Millisecond))
		began := time.Now()
		err := r.Run(t.Context(), db)
		require.Equal(t, 2*time.Second, time.Since(began))
		requireServiceError(t, err, runner.OpReady, "db", runner.ErrStartTimeout)
		finish(t, r)
	})

	inBubble(t, "fails a Load that returns nil too late", func(t *testing.T) {
		var j journal
		r := newRunner(runner.WithStartTimeout(time.Second))
		err := r.Run(t.Context(), loading(j.resource("db"), untilEnd))
		require.EqualError(t, err, `load "db": timed out after 1s`)
		require.Empty(t, j.all())
	})

	inBubble(t, "fails an IsReady that returns nil too late", func(t *testing.T) {
		var j journal
		r := newRunner(runner.WithStartTimeout(time.Second))
		err := r.Run(t.Context(), checked(j.resource("db"), untilEnd))
		require.EqualError(t, err, `ready "db": timed out after 1s`)
		require.Equal(t, []string{"start db", "stop db"}, j.all())
	})

	inBubble(t, "stops a Start that returns nil too late like the others", func(t *testing.T) {
		var j journal
		r := newRunner(runner.WithStartTimeout(time.Second))
		err := r.Run(t.Context(), j.resource("cache"), j.resource("db", untilEnd))
		require.EqualError(t, err, `start "db": timed out after 1s`)
		require.Equal(t, []string{"start cache", "start db", "stop db", "stop cache"}, j.all())
	})

	inBubble(t, "says how long a service was not ready", func(t *testing.T) {
		r := newRunner(runner.WithStartTimeout(time.Second))
		err := r.Run(t.Context(), checked(runner.NewServer("api", waits, nil), fails(errBoom)))
		require.EqualError(t, err, `ready "api": timed out after 1s: boom`)
	})

	inBubble(t, "of 0 or less means none", func(t *testing.T) {
		r := newRunner(runner.WithStartTimeout(-1))
		require.NoError(t, r.Run(t.Context(), runner.NewResource("db", takes(time.Hour), nil)))
		finish(t, r)
	})
}

func TestStartAbandons(t *testing.T) {
	inBubble(t, "by name, with elapsed time and stack", func(t *testing.T) {
		var j journal
		r := newRunner(runner.WithStartTimeout(2*time.Second), runner.WithObserver(witness{&j}))
		err := r.Run(t.Context(), runner.NewResource("stuck db", stuck(t), nil))
		require.EqualError(t, err, `start "stuck db": timed out after 2s, abandoned after 2.15s`)
		require.ErrorIs(t, err, runner.ErrStartTimeout)
		timeout := requireTimeout(t, err)
		require.True(t, timeout.Abandoned)
		require.Equal(t, 2*time.Second, timeout.Budget)
		require.Equal(t, 2*time.Second+grace, timeout.Elapsed)
		require.Contains(t, string(timeout.Stack), "helpers_test.go")
		require.Equal(t, []string{
			"before start stuck db", `after start stuck db: start "stuck db": timed out after 2s, abandoned after 2.15s`,
		}, j.all())
	})

	inBubble(t, "and stops what had started", func(t *testing.T) {
		var j journal
		r := newRunner(runner.WithStartTimeout(time.Second))
		require.Error(t, r.Run(t.Context(), j.resource("db"), j.resource("stuck", stuck(t)), j.resource("cache")))
		require.Equal(t, []string{"start db", "start stuck", "stop db"}, j.all())
		finish(t, r)
	})

	inBubble(t, "a Load", func(t *testing.T) {
		r := newRunner(runner.WithStartTimeout(time.Second))
		err := r.Run(t.Context(), loading(runner.NewResource("db", nil, nil), stuck(t)))
		require.EqualError(t, err, `load "db": timed out after 1s, abandoned after 1.15s`)
	})

	inBubble(t, "an IsReady, and stops the service", func(t *testing.T) {
		var j journal
		r := newRunner(runner.WithStartTimeout(time.Second))
		err := r.Run(t.Context(), checked(j.resource("db"), stuck(t)), j.resource("cache"))
		require.EqualError(t, err, `ready "db": timed out after 1s, abandoned after 1.15s`)
		require.Equal(t, []string{"start db", "stop db"}, j.all())
	})

	inBubble(t, "whatever ended its context: a signal", func(t *testing.T) {
		l := newFakeListener()
		r := newRunner(l.option())
		wait := running(t, r, runner.NewResource("db", stuck(t), nil))
		l.terminate()
		err := wait()
		requireSignalError(t, err, sigterm)
		require.ErrorContains(t, err, `start "db": received signal terminated, abandoned after 150ms`)
		finish(t, r)
	})

	inBubble(t, "whatever ended its context: the end of ctx", func(t *testing.T) {
		r := newRunner()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		err := r.Run(ctx, runner.NewResource("db", stuck(t), nil))
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.ErrorContains(t, err, `start "db": context deadline exceeded, abandoned after 1.15s`)
		finish(t, r)
	})

	inBubble(t, "whatever ended its context: the failure of a server", func(t *testing.T) {
		r := newRunner()
		err := r.Run(t.Context(),
			slowServer("api", errBoom),
			runner.NewResource("db", stuck(t), nil))
		requireServiceError(t, err, runner.OpListen, "api", errBoom)
		require.ErrorContains(t, err, `start "db": `)
		require.ErrorContains(t, err, `abandoned after 1.15s`)
		finish(t, r)
	})

	inBubble(t, "whatever ended its context: Finish", func(t *testing.T) {
		r := newRunner()
		wait := running(t, r, runner.NewServer("api", waits, nil), runner.NewResource("db", stuck(t), nil))
		finish(t, r)
		err := wait()
		require.ErrorIs(t, err, runner.ErrFinishing)
		require.ErrorContains(t, err, `start "db": runner is finishing, abandoned after 150ms`)
	})

	inBubble(t, "not by its own budget when that of another Runner ended its context", func(t *testing.T) {
		inner, outer := newRunner(runner.WithStartTimeout(time.Hour)), newRunner(runner.WithStartTimeout(time.Second))
		db := runner.NewResource("inner", stuck(t), nil)
		var err error
		require.Error(t, outer.Run(t.Context(), runner.NewResource("outer", func(ctx context.Context) error {
			err = inner.Run(ctx, db)
			return err
		}, nil)))
		synctest.Wait()
		require.ErrorContains(t, err, `start "inner": start timed out, abandoned after 1.15s`)
		finish(t, inner)
	})

	inBubble(t, "each of many", func(t *testing.T) {
		r := newRunner(runner.WithStartTimeout(time.Second))
		for range 3 {
			require.True(t, requireTimeout(t, r.Run(t.Context(), runner.NewResource("db", stuck(t), nil))).Abandoned)
		}
		synctest.Wait()
		finish(t, r)
	})
}
