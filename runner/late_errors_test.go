package runner_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/runner"
)

// lateFailures are the ways of a Stop to fail.
var lateFailures = map[string]struct {
	stop  func(over chan struct{}) call
	check func(*testing.T, error)
}{
	"an error": {func(chan struct{}) call { return fails(errBoom) }, func(t *testing.T, err error) {
		t.Helper()
		require.ErrorIs(t, err, errBoom)
	}},
	"a panic": {func(chan struct{}) call { return panics("kaboom") }, func(t *testing.T, err error) {
		t.Helper()
		require.ErrorContains(t, err, "panic: kaboom")
	}},
	"runtime.Goexit": {func(chan struct{}) call { return exits }, func(t *testing.T, err error) {
		t.Helper()
		require.ErrorContains(t, err, "runtime.Goexit was called")
	}},
	"no return": {func(over chan struct{}) call { return until(over) }, func(t *testing.T, err error) {
		t.Helper()
		require.True(t, requireTimeout(t, err).Abandoned)
	}},
}

func TestErrorOfTheStopAfterALateStart(t *testing.T) {
	for name, failure := range lateFailures {
		for _, method := range []string{"Run", "Start"} {
			for how, with := range map[string]func(runner.Service) runner.Service{
				"":                   func(s runner.Service) runner.Service { return s },
				", behind a wrapper": func(s runner.Service) runner.Service { return runner.With(s) },
			} {
				guarded(t, "is told to AfterStop and returned by Finish: "+name+" after "+method+how, func(t *testing.T) {
					over := newHang(t)
					var told []error
					r := newRunner(runner.WithStartTimeout(time.Second), runner.WithStopTimeout(time.Second), runner.WithObserver(&stopErrors{told: &told}))
					db := with(runner.NewResource("db", takes(time.Minute), failure.stop(over)))
					require.ErrorIs(t, methods[method](r, t.Context(), db), runner.ErrStartTimeout)
					time.Sleep(2 * time.Minute)
					synctest.Wait()
					require.Len(t, told, 1)
					requireServiceError(t, told[0], runner.OpStop, "db", told[0].(*runner.ServiceError).Err) //nolint:errorlint // it must be one
					failure.check(t, told[0])
					failure.check(t, r.Finish(t.Context()))
				})
			}
		}
	}

	guarded(t, "is returned by the next Finish, though one came before", func(t *testing.T) {
		r := newRunner(runner.WithStartTimeout(time.Second))
		require.Error(t, r.Run(t.Context(), runner.NewResource("db", takes(time.Minute), fails(errBoom))))
		_ = r.Finish(t.Context())
		time.Sleep(2 * time.Minute)
		requireServiceError(t, r.Finish(t.Context()), runner.OpStop, "db", errBoom)
	})

	guarded(t, "is returned once", func(t *testing.T) {
		r := newRunner(runner.WithStartTimeout(time.Second), runner.WithContinueOnStopError())
		require.Error(t, r.Run(t.Context(), runner.NewResource("db", takes(time.Minute), fails(errBoom))))
		time.Sleep(2 * time.Minute)
		require.ErrorIs(t, r.Finish(t.Context()), errBoom)
		require.NoError(t, r.Finish(t.Context()))
	})

	guarded(t, "is joined to that of another, and to what else has failed", func(t *testing.T) {
		r := newRunner(runner.WithStartTimeout(time.Second), runner.WithContinueOnStopError(), runner.WithConcurrency(0))
		require.NoError(t, r.Run(t.Context(), runner.NewResource("up", nil, fails(context.DeadlineExceeded))))
		require.Error(t, r.Run(t.Context(),
			runner.NewResource("db", takes(time.Minute), fails(errBoom)), runner.NewResource("cache", takes(time.Minute), fails(errOther))))
		time.Sleep(2 * time.Minute)
		err := r.Finish(t.Context())
		for _, cause := range []error{errBoom, errOther, context.DeadlineExceeded} {
			require.ErrorIs(t, err, cause)
		}
	})

	guarded(t, "is returned by a Finish that came before it, or by the next", func(t *testing.T) {
		r := newRunner(runner.WithStartTimeout(time.Second))
		require.NoError(t, r.Run(t.Context(), runner.NewResource("up", nil, takes(10*time.Second))))
		require.Error(t, r.Run(t.Context(), runner.NewResource("db", takes(5*time.Second), fails(errBoom))))
		first := r.Finish(t.Context())
		require.ErrorIs(t, errors.Join(first, r.Finish(t.Context())), errBoom)
	})
}

// stopErrors is an Observer of the errors of stops.
type stopErrors struct {
	nobody
	told *[]error
}

func (s *stopErrors) AfterStop(_ context.Context, _ runner.Service, err error) {
	*s.told = append(*s.told, err)
}
