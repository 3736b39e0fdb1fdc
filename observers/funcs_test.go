package observers_test

import (
	"context"
	"fmt"
	"os"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/observers"
	"github.com/go-fxservices/services/runner"
)

// everything is all that an Observer can be.
type everything interface {
	lifecycle
	runner.StateObserver
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
		}, calls)
	})

	t.Run("skips functions that are nil", func(t *testing.T) {
		callAll(t.Context(), observers.Funcs{})
		callAll(t.Context(), &observers.Funcs{})
	})
}
