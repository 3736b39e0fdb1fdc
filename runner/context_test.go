package runner_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-fxservices/services/runner"
	"github.com/stretchr/testify/require"
)

type key struct{}

// withValue is the context of a program, with a value in it.
func withValue(t *testing.T) context.Context {
	t.Helper()
	return context.WithValue(t.Context(), key{}, "value")
}

// keeps requires the value of withValue.
func keeps(t *testing.T) call {
	t.Helper()
	return func(ctx context.Context) error {
		require.Equal(t, "value", ctx.Value(key{}))
		return nil
	}
}

func TestContextValues(t *testing.T) {
	t.Run("are those of the caller in every step", func(t *testing.T) {
		r := newRunner()
		db := runner.NewResource("db", keeps(t), keeps(t))
		api := runner.NewServer("api", keeps(t), keeps(t))
		require.NoError(t, r.Start(withValue(t), loading(checked(db, keeps(t)), keeps(t)), api))
		require.NoError(t, r.Finish(withValue(t)))
	})

	inBubble(t, "are those of Run when Run closes", func(t *testing.T) {
		r := newRunner()
		ctx, cancel := context.WithCancel(withValue(t))
		time.AfterFunc(time.Second, cancel)
		require.ErrorIs(t, r.Run(ctx, runner.NewServer("api", untilEnd, keeps(t))), context.Canceled)
		finish(t, r)
	})

	t.Run("are those of Run in a rollback", func(t *testing.T) {
		r := newRunner()
		err := r.Run(withValue(t), runner.NewResource("db", nil, keeps(t)), runner.NewResource("bad", fails(errBoom), nil))
		require.EqualError(t, err, `start "bad": boom`)
	})
}

func TestStartContext(t *testing.T) {
	// inStart returns what ended the context of Start.
	inStart := func(t *testing.T, end func(context.CancelCauseFunc, *fakeListener, *runner.Runner)) (ended error, run error) {
		t.Helper()
		l := newFakeListener()
		r := newRunner(l.option())
		ctx, cancel := context.WithCancelCause(t.Context())
		wait := async(func() error {
			return r.Run(ctx, runner.NewResource("db", func(ctx context.Context) error {
				<-ctx.Done()
				ended = context.Cause(ctx)
				return ctx.Err()
			}, nil))
		})
		synctest.Wait()
		end(cancel, l, r)
		run = wait()
		finish(t, r)
		return ended, run
	}

	inBubble(t, "ends with ctx, with its cause", func(t *testing.T) {
		ended, err := inStart(t, func(cancel context.CancelCauseFunc, _ *fakeListener, _ *runner.Runner) { cancel(errBoom) })
		require.Equal(t, errBoom, ended)
		require.ErrorIs(t, err, errBoom)
	})

	inBubble(t, "ends with a signal", func(t *testing.T) {
		ended, err := inStart(t, func(_ context.CancelCauseFunc, l *fakeListener, _ *runner.Runner) { l.terminate() })
		requireSignalError(t, ended, sigterm)
		requireSignalError(t, err, sigterm)
	})

	inBubble(t, "ends with Finish", func(t *testing.T) {
		ended, err := inStart(t, func(_ context.CancelCauseFunc, _ *fakeListener, r *runner.Runner) { finish(t, r) })
		require.Equal(t, runner.ErrFinishing, ended)
		require.ErrorIs(t, err, runner.ErrFinishing)
	})

	t.Run("ends with the start", func(t *testing.T) {
		var kept context.Context
		r := newRunner(runner.WithStartTimeout(time.Hour))
		require.NoError(t, r.Run(t.Context(), runner.NewResource("db", func(ctx context.Context) error {
			kept = ctx
			return nil
		}, nil)))
		require.ErrorIs(t, kept.Err(), context.Canceled)
		finish(t, r)
	})

	t.Run("has the deadline of ctx", func(t *testing.T) {
		r := newRunner()
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		want, _ := ctx.Deadline()
		require.NoError(t, r.Run(ctx, runner.NewResource("db", func(ctx context.Context) error {
			deadline, _ := ctx.Deadline()
			require.Equal(t, want, deadline)
			return nil
		}, nil)))
		finish(t, r)
	})
}

func TestListenContext(t *testing.T) {
	inBubble(t, "outlives ctx and lasts until Close has returned", func(t *testing.T) {
		var j journal
		r := newRunner(runner.WithStartTimeout(time.Second))
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		api := runner.NewServer("api", func(ctx context.Context) error {
			_, limited := ctx.Deadline()
			require.False(t, limited, "it has no deadline")
			<-ctx.Done()
			j.note("context ended: %v", context.Cause(ctx))
			return ctx.Err()
		}, j.notes("close api", takes(time.Second), j.notes("api closed")))
		require.ErrorIs(t, r.Run(ctx, api), context.DeadlineExceeded)
		require.Equal(t, []string{"close api", "api closed", "context ended: context canceled"}, j.all())
		finish(t, r)
	})

	inBubble(t, "outlives a Listen that returned nil at once", func(t *testing.T) {
		var j journal
		r := newRunner()
		require.NoError(t, r.Start(t.Context(), runner.NewServer("api", func(ctx context.Context) error {
			context.AfterFunc(ctx, func() { j.note("context ended") })
			return nil
		}, j.notes("close api", takes(time.Second), j.notes("api closed")))))
		time.Sleep(time.Hour)
		finish(t, r)
		synctest.Wait()
		require.Equal(t, []string{"close api", "api closed", "context ended"}, j.all())
	})

	inBubble(t, "ends with the stop timeout", func(t *testing.T) {
		r := newRunner(runner.WithStopTimeout(2 * time.Second))
		var ended time.Duration
		began := time.Now()
		require.NoError(t, r.Start(t.Context(), runner.NewServer("api", func(ctx context.Context) error {
			<-ctx.Done()
			ended = time.Since(began)
			require.Equal(t, runner.ErrStopTimeout, context.Cause(ctx))
			return nil
		}, stuck(t))))
		require.ErrorIs(t, r.Finish(t.Context()), runner.ErrStopTimeout)
		require.Equal(t, 2*time.Second, ended)
	})

	inBubble(t, "ends when the server has failed", func(t *testing.T) {
		var j journal
		r := newRunner()
		err := r.Run(t.Context(), runner.NewServer("api", func(ctx context.Context) error {
			context.AfterFunc(ctx, func() { j.note("context ended") })
			return errBoom
		}, nil))
		require.ErrorIs(t, err, errBoom)
		synctest.Wait()
		require.Equal(t, []string{"context ended"}, j.all())
		finish(t, r)
	})
}

func TestStopContext(t *testing.T) {
	inBubble(t, "is not the one that has ended", func(t *testing.T) {
		r := newRunner()
		ctx, cancel := context.WithCancel(t.Context())
		fresh := func(ctx context.Context) error {
			deadline, limited := ctx.Deadline()
			require.True(t, limited)
			require.Equal(t, 15*time.Second, time.Until(deadline))
			return ctx.Err()
		}
		time.AfterFunc(time.Second, cancel)
		require.Equal(t, context.Canceled, r.Run(ctx, runner.NewServer("api", waits, fresh)))
		finish(t, r)
	})

	inBubble(t, "is fresh in a rollback after a start timeout", func(t *testing.T) {
		r := newRunner(runner.WithStartTimeout(time.Second))
		fresh := func(ctx context.Context) error { return ctx.Err() }
		err := r.Run(t.Context(), runner.NewResource("db", nil, fresh), runner.NewResource("bad", waits, nil))
		require.EqualError(t, err, `start "bad": timed out after 1s: context deadline exceeded`)
	})

	t.Run("ends when the stop has returned", func(t *testing.T) {
		var early, late context.Context
		r := newRunner()
		require.NoError(t, r.Run(t.Context(), runner.NewResource("db", nil, func(ctx context.Context) error {
			early = ctx
			return ctx.Err()
		}), runner.NewResource("cache", nil, func(ctx context.Context) error {
			late = ctx
			return nil
		})))
		finish(t, r)
		require.ErrorIs(t, early.Err(), context.Canceled)
		require.ErrorIs(t, late.Err(), context.Canceled)
		require.Nil(t, late.Value(key{}))
	})
}
