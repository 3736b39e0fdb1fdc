package runner_test

import (
	"context"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/runner"
)

// entering is a Server that knows whether its Listen was entered.
type entering struct{ entered atomic.Bool }

func (s *entering) Name() string { return "api" }

func (s *entering) Listen(ctx context.Context) error {
	s.entered.Store(true)
	return waits(ctx)
}

func (s *entering) Close(context.Context) error { return nil }

// TestUpBeforeListen requires that nobody takes a server for started before its
// Listen was entered.
func TestUpBeforeListen(t *testing.T) {
	// each calls begin for many servers, with what looks whether one is up too early.
	each := func(t *testing.T, who string, begin func(t *testing.T, api *entering, look func())) {
		t.Helper()
		onProcessors(t, who, func(t *testing.T) {
			rarely(t, func() (tooEarly int) {
				for range 100 {
					api, early := &entering{}, atomic.Bool{}
					begin(t, api, func() {
						if !api.entered.Load() {
							early.Store(true)
						}
					})
					if early.Load() {
						tooEarly++
					}
				}
				return tooEarly
			}, "its Listen was not entered")
		})
	}
	for mode, opts := range map[string][]runner.StarterOption{
		"one by one": nil, "at the same time": {runner.WithConcurrency(0)},
	} {
		each(t, "Start returns, "+mode, func(t *testing.T, api *entering, look func()) {
			r := newRunner(opts...)
			require.NoError(t, r.Start(t.Context(), api))
			look()
			finish(t, r)
		})

		each(t, "AfterStart is called, "+mode, func(t *testing.T, api *entering, look func()) {
			r := newRunner(append(opts, runner.WithObserver(&told{afterStart: look}))...)
			require.NoError(t, r.Start(t.Context(), runner.With(api)))
			finish(t, r)
		})

		each(t, "AfterStart is called in Run, "+mode, func(t *testing.T, api *entering, look func()) {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			r := newRunner(append(opts, runner.WithObserver(&told{afterStart: func() { look(); cancel() }}))...)
			require.ErrorIs(t, r.Run(ctx, api), context.Canceled)
			finish(t, r)
		})

		each(t, "the state is ready, "+mode, func(t *testing.T, api *entering, look func()) {
			r := newRunner(append(opts, runner.WithObserver(readyTold{do: look}))...)
			require.NoError(t, r.Start(t.Context(), api))
			finish(t, r)
		})

		each(t, "what is after it starts, "+mode, func(t *testing.T, api *entering, look func()) {
			r := newRunner(opts...)
			db := runner.NewResource("db", func(context.Context) error { look(); return nil }, nil)
			require.NoError(t, r.Start(t.Context(), after(db, api), api))
			finish(t, r)
		})

		each(t, "it is asked whether it is ready, "+mode, func(t *testing.T, api *entering, look func()) {
			r := newRunner(opts...)
			require.NoError(t, r.Start(t.Context(), checked(api, func(context.Context) error { look(); return nil })))
			finish(t, r)
		})
	}

	each(t, "the next one starts", func(t *testing.T, api *entering, look func()) {
		r := newRunner()
		db := runner.NewResource("db", func(context.Context) error { look(); return nil }, nil)
		require.NoError(t, r.Start(t.Context(), api, db))
		finish(t, r)
	})
}

// readyTold is an Observer that does something when the Runner is ready.
type readyTold struct {
	nobody
	do func()
}

func (o readyTold) StateChanged(_ context.Context, state runner.State) {
	if state == runner.StateReady {
		o.do()
	}
}
