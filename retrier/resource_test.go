package retrier_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cenkalti/backoff/v4"
	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/retrier"
	"github.com/go-fxservices/services/runner"
)

func TestStop(t *testing.T) {
	t.Run("stops what has started, once", func(t *testing.T) {
		var log events
		db := retrier.New().Build(log.failing("db"))
		require.NoError(t, db.Start(t.Context()))

		require.NoError(t, db.Stop(t.Context()))
		require.NoError(t, db.Stop(t.Context()))

		require.Equal(t, []string{"start db", "stop db"}, log.all())
	})

	t.Run("stops nothing that has not started", func(t *testing.T) {
		var log events
		db := retrier.New().Backoff(&backoff.StopBackOff{}).Build(log.failing("db", errRefused))
		require.NoError(t, db.Stop(t.Context()))
		require.ErrorIs(t, db.Start(t.Context()), retrier.ErrGaveUp)
		require.NoError(t, db.Stop(t.Context()))

		require.Equal(t, []string{"start db"}, log.all())
	})

	t.Run("can be tried again after an error or a panic", func(t *testing.T) {
		results := []func() error{
			func() error { return errors.New("busy") },
			func() error { panic("boom") },
			func() error { return nil },
		}
		db := retrier.New().Build(runner.NewResource("db", nil, func(context.Context) error {
			result := results[0]
			results = results[1:]
			return result()
		}))
		require.NoError(t, db.Start(t.Context()))

		require.EqualError(t, db.Stop(t.Context()), "busy")
		require.PanicsWithValue(t, "boom", func() { _ = db.Stop(t.Context()) })
		require.NoError(t, db.Stop(t.Context()))
		require.Empty(t, results)
	})

	t.Run("refuses another Stop and a Start meanwhile", func(t *testing.T) {
		stopping, release := make(chan struct{}), make(chan struct{})
		db := retrier.New().Build(runner.NewResource("db", nil, func(context.Context) error {
			close(stopping)
			<-release
			return nil
		}))
		require.NoError(t, db.Start(t.Context()))
		result := make(chan error)
		go func() { result <- db.Stop(context.Background()) }()
		<-stopping

		require.ErrorIs(t, db.Stop(t.Context()), retrier.ErrStopping)
		require.ErrorIs(t, db.Start(t.Context()), retrier.ErrStopping)

		close(release)
		require.NoError(t, <-result)
	})
}

func TestStopDuringStart(t *testing.T) {
	// starting builds a Start that waits in its first attempt, and returns its result.
	starting := func(start func(context.Context) error, log *events) (*retrier.Resource, <-chan error) {
		began := make(chan struct{})
		db := retrier.New().Backoff(backoff.NewConstantBackOff(time.Hour)).Build(runner.NewResource("db",
			func(ctx context.Context) error { close(began); return start(ctx) },
			func(context.Context) error { log.add("stop db"); return nil },
		))
		result := make(chan error, 1)
		go func() { result <- db.Start(context.Background()) }()
		<-began
		return db, result
	}

	t.Run("cancels the attempt and waits for it", func(t *testing.T) {
		var log events
		db, result := starting(func(ctx context.Context) error {
			<-ctx.Done()
			log.add("cancelled: %v", context.Cause(ctx))
			return errRefused
		}, &log)

		require.NoError(t, db.Stop(t.Context()))

		err := <-result
		require.EqualError(t, err, "context canceled (stopped while starting) after 1 attempt: connection refused")
		require.ErrorIs(t, err, retrier.ErrStopped)
		require.ErrorIs(t, err, context.Canceled)
		require.Equal(t, []string{"cancelled: stopped while starting"}, log.all())
	})

	t.Run("cancels a pause", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			var log events
			begin := time.Now()
			db, result := starting(func(context.Context) error { return errRefused }, &log)
			synctest.Wait()

			require.NoError(t, db.Stop(t.Context()))

			require.ErrorIs(t, <-result, retrier.ErrStopped)
			require.Zero(t, time.Since(begin))
			require.Empty(t, log.all())
		})
	})

	t.Run("stops the resource if it has started nevertheless", func(t *testing.T) {
		var log events
		db, result := starting(func(ctx context.Context) error {
			<-ctx.Done()
			log.add("started db")
			return nil
		}, &log)

		require.NoError(t, db.Stop(t.Context()))

		require.NoError(t, <-result)
		require.Equal(t, []string{"started db", "stop db"}, log.all())
	})

	t.Run("stops waiting when its context ends, and can be tried again", func(t *testing.T) {
		var log events
		release := make(chan struct{})
		db, result := starting(func(context.Context) error { <-release; return nil }, &log)
		ctx, cancel := context.WithCancelCause(t.Context())
		late := errors.New("late")
		cancel(late)

		err := db.Stop(ctx)

		require.EqualError(t, err, "start has not returned: context canceled (late)")
		require.ErrorIs(t, err, late)
		close(release)
		require.NoError(t, <-result)
		require.Empty(t, log.all())
		require.NoError(t, db.Stop(t.Context()))
		require.Equal(t, []string{"stop db"}, log.all())
	})

	t.Run("cancels the attempt for all its goroutines", func(t *testing.T) {
		const goroutines = 50
		var log events
		var waiting sync.WaitGroup
		waiting.Add(goroutines)
		db, result := starting(func(ctx context.Context) error {
			var all sync.WaitGroup
			for range goroutines {
				all.Go(func() {
					done := ctx.Done()
					waiting.Done()
					<-done
				})
			}
			all.Wait()
			return ctx.Err()
		}, &log)
		waiting.Wait()

		require.NoError(t, db.Stop(t.Context()))

		require.ErrorIs(t, <-result, retrier.ErrStopped)
	})

	t.Run("cancels what the attempt derived from its context", func(t *testing.T) {
		var log events
		began := make(chan struct{})
		db := retrier.New().Build(runner.NewResource("db", func(ctx context.Context) error {
			child, cancel := context.WithCancel(ctx)
			defer cancel()
			close(began)
			<-child.Done()
			return context.Cause(child)
		}, nil))
		result := make(chan error, 1)
		go func() { result <- db.Start(context.Background()) }()
		<-began

		require.NoError(t, db.Stop(t.Context()))
		require.EqualError(t, <-result, "context canceled (stopped while starting) after 1 attempt: stopped while starting")
		require.Empty(t, log.all())
	})
}

// plain is a resource that is found by its type.
type plain struct{ runner.Resource }

func (*plain) Load(context.Context) error { return nil }

func TestUnwrap(t *testing.T) {
	t.Run("leaves what the resource can do visible", func(t *testing.T) {
		inner := &plain{runner.NewResource("db", nil, nil)}
		db := retrier.New().Build(inner)

		found, ok := runner.As[runner.Configurable](db)

		require.True(t, ok)
		require.Same(t, inner, found)
		require.Equal(t, "db", runner.NameOf(db))
		require.Equal(t, runner.KindResource, runner.KindOf(db))
	})
}

func TestNilResource(t *testing.T) {
	for name, resource := range map[string]runner.Resource{
		"nil is an error of Start":           nil,
		"a nil pointer is an error of Start": (*plain)(nil),
	} {
		t.Run(name, func(t *testing.T) {
			db := retrier.New().Build(resource)

			err := db.Start(t.Context())

			require.EqualError(t, err, "invalid service type: retrier has a nil resource")
			require.ErrorIs(t, err, runner.ErrInvalidServiceType)
			require.NoError(t, db.Stop(t.Context()))
			require.Equal(t, "*retrier.Resource", runner.NameOf(db))
			require.Nil(t, db.Unwrap())
		})
	}
}
