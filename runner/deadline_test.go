package runner_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/runner"
)

// stopper is one of the ways to stop what is started.
type stopper struct {
	name string
	stop func(r *runner.Runner, ctx context.Context, services ...runner.Service) error
}

// stoppers are Finish and Stop.
var stoppers = []stopper{
	{"Finish", func(r *runner.Runner, ctx context.Context, _ ...runner.Service) error { return r.Finish(ctx) }},
	{"Stop", func(r *runner.Runner, ctx context.Context, services ...runner.Service) error {
		return r.Stop(ctx, services...)
	}},
}

// closable is one of the kinds of services that are told to stop.
type closable struct {
	name string
	make func(stop call) runner.Service
}

// closables are a Resource and a Server, as they are and in a wrapper.
var closables = []closable{
	{"a Stop", func(stop call) runner.Service { return runner.NewResource("db", nil, stop) }},
	{"a Close", func(stop call) runner.Service { return runner.NewServer("api", untilEnd, stop) }},
	{"a Stop behind a wrapper", func(stop call) runner.Service { return runner.With(runner.NewResource("db", nil, stop)) }},
	{"a Close behind a wrapper", func(stop call) runner.Service { return runner.With(runner.NewServer("api", untilEnd, stop)) }},
}

// forEachStop runs a test for each kind of service, and for each way to stop it.
func forEachStop(t *testing.T, test func(t *testing.T, make func(call) runner.Service, stop stopper)) {
	t.Helper()
	for _, closable := range closables {
		for _, stop := range stoppers {
			guarded(t, closable.name+" in "+stop.name, func(t *testing.T) { test(t, closable.make, stop) })
		}
	}
}

// timeLeft notes in how long the context of a call ends.
func timeLeft(left *time.Duration) call {
	return func(ctx context.Context) error {
		*left = -1
		if deadline, limited := ctx.Deadline(); limited {
			*left = time.Until(deadline)
		}
		return nil
	}
}

// startUp starts services, and returns once their servers listen. It is for bubbles.
func startUp(t *testing.T, r *runner.Runner, services ...runner.Service) {
	t.Helper()
	require.NoError(t, r.Start(t.Context(), services...))
	synctest.Wait()
}

func TestStopDeadlineIsTheEarliest(t *testing.T) {
	for name, test := range map[string]struct {
		opts    []runner.StarterOption
		own     []runner.Setting
		callers time.Duration
		want    time.Duration
	}{
		"that of the caller":                          {callers: 5 * time.Second, want: 5 * time.Second},
		"that of the caller, without a stop timeout":  {opts: []runner.StarterOption{runner.WithStopTimeout(0)}, callers: time.Hour, want: time.Hour},
		"that of the caller, with one of the service": {own: []runner.Setting{runner.StopTimeout(time.Minute)}, callers: 30 * time.Second, want: 30 * time.Second},
		"that of the caller, at the same time as others": {
			opts: []runner.StarterOption{runner.WithConcurrency(0)}, callers: time.Second, want: time.Second,
		},
		"the stop timeout":                {callers: time.Hour, want: 15 * time.Second},
		"the stop timeout of the service": {own: []runner.Setting{runner.StopTimeout(time.Second)}, callers: time.Hour, want: time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			forEachStop(t, func(t *testing.T, make func(call) runner.Service, stop stopper) {
				var left time.Duration
				r := newRunner(test.opts...)
				service := runner.With(make(timeLeft(&left)), test.own...)
				startUp(t, r, service)
				ctx, cancel := context.WithTimeout(t.Context(), test.callers)
				defer cancel()
				require.NoError(t, stop.stop(r, ctx, service))
				require.Equal(t, test.want, left)
				finish(t, r)
			})
		})
	}

	t.Run("that of a caller who has cancelled before", func(t *testing.T) {
		forEachStop(t, func(t *testing.T, make func(call) runner.Service, stop stopper) {
			var left time.Duration
			r := newRunner()
			service := make(timeLeft(&left))
			startUp(t, r, service)
			ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
			cancel()
			require.NoError(t, stop.stop(r, ctx, service))
			require.Equal(t, 5*time.Second, left)
			finish(t, r)
		})
	})

	for _, stop := range stoppers {
		guarded(t, "for each of several, with what is left for it in "+stop.name, func(t *testing.T) {
			var first, last time.Duration
			r := newRunner()
			one := runner.NewResource("one", nil, timeLeft(&last))
			two := runner.NewResource("two", nil, func(ctx context.Context) error {
				_ = timeLeft(&first)(ctx)
				return takes(10 * time.Second)(ctx)
			})
			startUp(t, r, one, two)
			ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
			defer cancel()
			require.NoError(t, stop.stop(r, ctx, two, one))
			require.Equal(t, 15*time.Second, first, "its own is the earlier one")
			require.Equal(t, 10*time.Second, last, "the caller's is")
			finish(t, r)
		})
	}
}

// watching are the ways to see that a context has ended.
var watching = map[string]call{
	"Done": untilEnd,
	"Err":  pollErr,
	"AfterFunc": func(ctx context.Context) error {
		ended := make(chan struct{})
		context.AfterFunc(ctx, func() { close(ended) })
		<-ended
		return nil
	},
	"a child of it": func(ctx context.Context) error {
		child, cancel := context.WithCancel(ctx)
		defer cancel()
		<-child.Done()
		return nil
	},
}

// pollErr asks a context whether it has ended, again and again.
func pollErr(ctx context.Context) error {
	for ctx.Err() == nil {
		time.Sleep(100 * time.Millisecond)
	}
	return nil
}

func TestStopContextEndsWithDeadlineExceeded(t *testing.T) {
	for name, watch := range watching {
		t.Run("when the deadline of the caller passes, as "+name+" shows", func(t *testing.T) {
			forEachStop(t, func(t *testing.T, make func(call) runner.Service, stop stopper) {
				var ended error
				var lasted time.Duration
				r := newRunner()
				service := make(func(ctx context.Context) error {
					began := time.Now()
					_ = watch(ctx)
					ended, lasted = ctx.Err(), time.Since(began)
					return nil
				})
				startUp(t, r, service)
				ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
				defer cancel()
				_ = stop.stop(r, ctx, service)
				require.Equal(t, context.DeadlineExceeded, ended)
				require.InDelta(t, 5*time.Second, lasted, float64(100*time.Millisecond), "as often as it asks")
				finish(t, r)
			})
		})
	}

	guarded(t, "for those that are told after the deadline of the caller", func(t *testing.T) {
		var j journal
		r := newRunner()
		notes := func(ctx context.Context) error {
			j.note("%v", ctx.Err())
			return nil
		}
		startUp(t, r, runner.NewResource("db", nil, notes), runner.NewServer("api", untilEnd, notes), runner.NewResource("slow", nil, untilEnd))
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		_ = r.Finish(ctx)
		require.Equal(t, []string{"context deadline exceeded", "context deadline exceeded"}, j.all())
	})

	for _, stop := range stoppers {
		guarded(t, "for all when it has passed before "+stop.name, func(t *testing.T) {
			var j journal
			r := newRunner()
			db := runner.NewResource("db", nil, func(ctx context.Context) error {
				j.note("%v", ctx.Err())
				return nil
			})
			startUp(t, r, db)
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			time.Sleep(time.Minute)
			_ = stop.stop(r, ctx, db)
			require.Equal(t, []string{"context deadline exceeded"}, j.all())
			_ = r.Finish(t.Context())
		})
	}
}
