package wiring_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cenkalti/backoff/v4"
	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/internal/wiring"
	"github.com/go-fxservices/services/retrier"
	"github.com/go-fxservices/services/runner"
)

func TestTake(t *testing.T) {
	t.Run("takes settings", func(t *testing.T) {
		for _, arg := range []any{
			runner.StopTimeout(1), retrier.New(), (*retrier.Builder)(nil), wiring.After[int](),
		} {
			var s wiring.Settings
			require.True(t, s.Take(arg), "%T", arg)
		}
	})

	t.Run("leaves everything else", func(t *testing.T) {
		for _, arg := range []any{nil, 3, &instance{}, func() {}, errBoom, reflect.TypeFor[int]()} {
			var s wiring.Settings
			require.False(t, s.Take(arg), "%T", arg)
			require.Zero(t, s)
		}
	})
}

func TestAfter(t *testing.T) {
	t.Run("adds up", func(t *testing.T) {
		s := settingsOf(wiring.After[int](), runner.StopTimeout(1), wiring.After[*instance]())
		require.Equal(t, []reflect.Type{reflect.TypeFor[int](), reflect.TypeFor[*instance]()}, s.After())
	})

	t.Run("is empty without a Dependency", func(t *testing.T) {
		s := settingsOf(retrier.New())
		require.Empty(t, s.After())
	})
}

func TestRetried(t *testing.T) {
	for name, c := range map[string]struct {
		args []any
		want bool
	}{
		"no retrier":                        {nil, false},
		"a retrier":                         {[]any{retrier.New()}, true},
		"a retrier that restarts servers":   {[]any{retrier.New().Restarts(1, time.Minute)}, false},
		"a nil retrier after another":       {[]any{retrier.New(), (*retrier.Builder)(nil)}, false},
		"a retrier after one that restarts": {[]any{retrier.New().Restarts(1, time.Minute), retrier.New()}, true},
		"other settings":                    {[]any{runner.StopTimeout(1), wiring.After[int]()}, false},
	} {
		t.Run("is about "+name, func(t *testing.T) { require.Equal(t, c.want, settingsOf(c.args...).Retried()) })
	}
}

// managed returns s with settings.
func managed(s runner.Service, args ...any) runner.Service {
	var q wiring.Sequence
	q.Manage(s, settingsOf(args...), nil)
	return q.Services()[0]
}

// everySecond is a retrier that tries again each second.
func everySecond() *retrier.Builder {
	return retrier.New().BackoffFunc(func() backoff.BackOff { return backoff.NewConstantBackOff(time.Second) })
}

// failsTwice returns a call that succeeds at the third attempt, and the number of its calls.
func failsTwice() (call func(context.Context) error, calls *int) {
	calls = new(int)
	return func(context.Context) error {
		if *calls++; *calls < 3 {
			return errBoom
		}
		return nil
	}, calls
}

func inBubble(t *testing.T, name string, test func(*testing.T)) {
	t.Helper()
	t.Run(name, func(t *testing.T) { synctest.Test(t, test) })
}

func TestSettingsOfOneService(t *testing.T) {
	t.Run("leave a service as it is if there are none", func(t *testing.T) {
		db := &instance{"db"}
		require.Same(t, db, managed(db))
		require.Same(t, db, managed(db, wiring.After[int](), (*retrier.Builder)(nil)))
	})

	t.Run("count before those that it has already, and the last one counts", func(t *testing.T) {
		inner := runner.With(&instance{"db"}, runner.Barrier("inner"))
		_, barrier := wiring.Constraints(managed(inner, runner.Barrier("one"), runner.Barrier("two")))
		require.Equal(t, "two", barrier)
	})
}

func TestRetriedServices(t *testing.T) {
	inBubble(t, "start again until they have started", func(t *testing.T) {
		start, calls := failsTwice()
		db := managed(runner.NewResource("db", start, nil), everySecond())
		require.Equal(t, runner.KindResource, runner.KindOf(db))
		require.NoError(t, runner.NewRunner(runner.WithSignals()).Run(t.Context(), db))
		require.Equal(t, 3, *calls)
	})

	inBubble(t, "run again until they are done", func(t *testing.T) {
		for _, retry := range []*retrier.Builder{everySecond(), everySecond().Restarts(1, time.Minute)} {
			run, calls := failsTwice()
			work := managed(runner.With(runner.NewJob("import", run), runner.StopTimeout(time.Minute)), retry)
			require.Equal(t, runner.KindJob, runner.KindOf(work))
			require.NoError(t, runner.NewRunner(runner.WithSignals()).Run(t.Context(), work))
			require.Equal(t, 3, *calls)
		}
	})

	inBubble(t, "stay what they are, with a Run method beside", func(t *testing.T) {
		start, calls := failsTwice()
		db := managed(&running{runner.NewResource("db", start, nil)}, everySecond())
		require.NoError(t, runner.NewRunner(runner.WithSignals()).Run(t.Context(), db))
		require.Equal(t, 3, *calls)
		api := &runningServer{runner.NewServer("api", nil, nil)}
		require.Same(t, api, managed(api, everySecond()))
	})

	inBubble(t, "listen again if the retrier restarts servers", func(t *testing.T) {
		listen, calls := failsTwice()
		api := managed(runner.NewServer("api", listen, nil), everySecond().Restarts(3, time.Minute))
		r := runner.NewRunner(runner.WithSignals())
		require.NoError(t, r.Start(t.Context(), api))
		time.Sleep(time.Minute)
		require.NoError(t, r.Finish(t.Context()))
		require.Equal(t, 3, *calls)
	})

	t.Run("are not servers without restarts", func(t *testing.T) {
		api := runner.NewServer("api", nil, nil)
		require.Same(t, api, managed(api, everySecond()))
	})

	t.Run("keep the settings that they had", func(t *testing.T) {
		db, cache := &instance{"db"}, &instance{"cache"}
		had := runner.With(cache, runner.After(db), runner.Barrier("had"))
		after, barrier := wiring.Constraints(managed(had, everySecond()))
		require.Equal(t, []runner.Service{db}, after)
		require.Equal(t, "had", barrier)
		_, barrier = wiring.Constraints(managed(had, everySecond(), runner.Barrier("new")))
		require.Equal(t, "new", barrier)
	})

	inBubble(t, "keep the timeouts that they had", func(t *testing.T) {
		waits := func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }
		had := runner.With(runner.NewResource("db", waits, nil), runner.StartTimeout(3*time.Second))
		began := time.Now()
		err := runner.NewRunner(runner.WithSignals()).Run(t.Context(), managed(had, everySecond()))
		require.ErrorIs(t, err, runner.ErrStartTimeout)
		require.Equal(t, 3*time.Second, time.Since(began))
	})
}

func TestLayers(t *testing.T) {
	t.Run("end at the innermost service", func(t *testing.T) {
		db := &instance{"db"}
		require.Same(t, db, wiring.Innermost(runner.With(runner.With(db), runner.StopTimeout(1))))
		require.Same(t, db, wiring.Innermost(db))
	})

	t.Run("have no constraints unless a setting is one", func(t *testing.T) {
		after, barrier := wiring.Constraints(runner.With(&instance{"db"}, runner.StopTimeout(1)))
		require.Empty(t, after)
		require.Empty(t, barrier)
	})
}

// running is a Resource with a Run method, runningServer a Server.
type (
	running       struct{ runner.Resource }
	runningServer struct{ runner.Server }
)

func (*running) Run(context.Context) error       { return errBoom }
func (*runningServer) Run(context.Context) error { return errBoom }

func TestSaysShutdown(t *testing.T) {
	for name, c := range map[string]struct {
		err  error
		says bool
	}{
		"nil":                        {nil, false},
		"ErrShutdown":                {runner.ErrShutdown, true},
		"a step that it has ended":   {&runner.ServiceError{Op: runner.OpStart, Name: "db", Err: runner.ErrShutdown}, true},
		"another failure":            {&runner.ServiceError{Op: runner.OpStart, Name: "db", Err: errBoom}, false},
		"another failure beside":     {errors.Join(runner.ErrShutdown, errBoom), false},
		"what somebody has given it": {fmt.Errorf("%w: %w", errBoom, runner.ErrShutdown), false},
	} {
		t.Run("is about "+name, func(t *testing.T) { require.Equal(t, c.says, wiring.SaysShutdown(c.err)) })
	}
}
