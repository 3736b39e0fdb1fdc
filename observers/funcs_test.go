package observers_test

import (
	"context"
	"fmt"
	"os"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/observers"
	"github.com/go-fxservices/services/runner"
)

// everything is an Observer with all events.
type everything interface {
	lifecycle
	runner.ReadinessObserver
	runner.StepObserver
}

var (
	_ everything = observers.Funcs{}
	_ everything = &observers.Funcs{}
)

func callAll(ctx context.Context, o everything) {
	loads := &config{}
	o.BeforeLoad(ctx, loads)
	o.AfterLoad(ctx, loads, errRefused)
	o.BeforeStart(ctx, db)
	o.AfterStart(ctx, db, errRefused)
	o.BeforeStop(ctx, db)
	o.AfterStop(ctx, db, errRefused)
	o.SignalReceived(syscall.SIGTERM)
	o.ServerFailed(ctx, api, errRefused)
	o.BeforeRetry(ctx, db, 3)
	o.StateChanged(ctx, runner.StateReady)
	o.RetryFailed(ctx, db, 3, errRefused, time.Second)
	o.JobDone(ctx, importer{}, errRefused)
	o.ServiceFailed(ctx, db, errRefused)
	o.GracePeriodTooShort(ctx, time.Minute, time.Second, []runner.Service{api, db})
}

func TestFuncs(t *testing.T) {
	t.Run("calls the function of each event", func(t *testing.T) {
		var calls []string
		add := func(format string, args ...any) { calls = append(calls, fmt.Sprintf(format, args...)) }
		ctx := context.WithValue(t.Context(), contextKey{}, "ctx")
		v := func(ctx context.Context) any { return ctx.Value(contextKey{}) }

		callAll(ctx, observers.Funcs{
			OnBeforeLoad:  func(ctx context.Context, c runner.Configurable) { add("%v loading %T", v(ctx), c) },
			OnAfterLoad:   func(ctx context.Context, c runner.Configurable, err error) { add("%v loaded %T: %v", v(ctx), c, err) },
			OnBeforeStart: func(ctx context.Context, s runner.Service) { add("%v starting %s", v(ctx), s.Name()) },
			OnAfterStart: func(ctx context.Context, s runner.Service, err error) {
				add("%v started %s: %v", v(ctx), s.Name(), err)
			},
			OnBeforeStop: func(ctx context.Context, s runner.Service) { add("%v stopping %s", v(ctx), s.Name()) },
			OnAfterStop: func(ctx context.Context, s runner.Service, err error) {
				add("%v stopped %s: %v", v(ctx), s.Name(), err)
			},
			OnSignalReceived: func(sig os.Signal) { add("%v", sig) },
			OnServerFailed:   func(ctx context.Context, s runner.Server, err error) { add("%v failed %s: %v", v(ctx), s.Name(), err) },
			OnBeforeRetry:    func(ctx context.Context, s runner.Service, n int) { add("%v attempt %d of %s", v(ctx), n, s.Name()) },
			OnStateChanged:   func(ctx context.Context, state runner.State) { add("%v %v", v(ctx), state) },
			OnRetryFailed: func(ctx context.Context, s runner.Service, n int, err error, pause time.Duration) {
				add("%v attempt %d of %s: %v, next in %v", v(ctx), n, s.Name(), err, pause)
			},
			OnJobDone: func(ctx context.Context, j runner.Job, err error) { add("%v done %s: %v", v(ctx), j.Name(), err) },
			OnServiceFailed: func(ctx context.Context, s runner.Service, err error) {
				add("%v failed %s: %v", v(ctx), s.Name(), err)
			},
			OnGracePeriodTooShort: func(ctx context.Context, need, have time.Duration, chain []runner.Service) {
				add("%v grace period %v of %v for %d services", v(ctx), have, need, len(chain))
			},
		})

		require.Equal(t, []string{
			"ctx loading *observers_test.config",
			"ctx loaded *observers_test.config: connection refused",
			"ctx starting db",
			"ctx started db: connection refused",
			"ctx stopping db",
			"ctx stopped db: connection refused",
			"terminated",
			"ctx failed api: connection refused",
			"ctx attempt 3 of db",
			"ctx ready",
			"ctx attempt 3 of db: connection refused, next in 1s",
			"ctx done import: connection refused",
			"ctx failed db: connection refused",
			"ctx grace period 1s of 1m0s for 2 services",
		}, calls)
	})

	t.Run("skips functions that are nil", func(t *testing.T) {
		callAll(t.Context(), observers.Funcs{})
		callAll(t.Context(), &observers.Funcs{})
	})

	t.Run("makes the context of a step, which is the given one by default", func(t *testing.T) {
		f := observers.Funcs{OnStepContext: func(ctx context.Context, s runner.Service, op runner.Op) context.Context {
			return context.WithValue(ctx, contextKey{}, s.Name()+" "+string(op))
		}}
		require.Equal(t, "db start", f.StepContext(t.Context(), db, runner.OpStart).Value(contextKey{}))
		require.Equal(t, t.Context(), observers.Funcs{}.StepContext(t.Context(), db, runner.OpStart))
	})
}
