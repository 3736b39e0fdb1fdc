package runner_test

import (
	"context"
	"runtime/pprof"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/runner"
)

// labelling are the ways of a service to use the labels of the profiler around code that hangs.
var labelling = map[string]func(hang call) call{
	"inside of pprof.Do": func(hang call) call {
		return func(ctx context.Context) (err error) {
			pprof.Do(ctx, pprof.Labels("phase", "connect"), func(ctx context.Context) { err = hang(ctx) })
			return err
		}
	},
	"after pprof.Do": func(hang call) call {
		return func(ctx context.Context) error {
			pprof.Do(ctx, pprof.Labels("phase", "connect"), func(context.Context) {})
			return hang(ctx)
		}
	},
	"in one pprof.Do of two": func(hang call) call {
		return func(ctx context.Context) (err error) {
			pprof.Do(ctx, pprof.Labels("phase", "connect"), func(ctx context.Context) {
				pprof.Do(ctx, pprof.Labels("phase", "ping", "host", "db1"), func(context.Context) {})
				err = hang(ctx)
			})
			return err
		}
	},
	"on a goroutine that has the labels of the context": func(hang call) call {
		return func(ctx context.Context) error {
			done := make(chan error)
			go func() {
				pprof.SetGoroutineLabels(ctx)
				done <- hang(ctx)
			}()
			return <-done
		}
	},
	"with a context of its own that has a value more": func(hang call) call {
		return func(ctx context.Context) (err error) {
			pprof.Do(context.WithValue(ctx, key{}, "value"), pprof.Labels("phase", "connect"), func(context.Context) {})
			return hang(ctx)
		}
	},
}

func TestStackOfAServiceWithLabels(t *testing.T) {
	steps := map[string]func(hang call) runner.Service{
		"Load":    func(hang call) runner.Service { return loading(runner.NewResource("db", nil, nil), hang) },
		"Start":   func(hang call) runner.Service { return runner.NewResource("db", hang, nil) },
		"IsReady": func(hang call) runner.Service { return checked(runner.NewResource("db", nil, nil), hang) },
		"Listen":  func(hang call) runner.Service { return runner.NewServer("db", hang, nil) },
		"Close":   func(hang call) runner.Service { return runner.NewServer("db", nil, hang) },
		"Stop":    func(hang call) runner.Service { return runner.NewResource("db", nil, hang) },
	}
	for how, labels := range labelling {
		for step, make := range steps {
			guarded(t, "is there when "+step+" hangs "+how, func(t *testing.T) {
				over := newHang(t)
				r := newRunner(runner.WithStartTimeout(time.Second), runner.WithStopTimeout(time.Second))
				service := make(labels(stuckHere(over)))
				err := r.Start(t.Context(), service)
				if err == nil {
					time.Sleep(time.Second)
					err = r.Finish(t.Context())
				}
				requireStacks(t, err, []runner.Service{service})
			})
		}
	}

	guarded(t, "is there when the caller has labels", func(t *testing.T) {
		over := newHang(t)
		r := newRunner(runner.WithStopTimeout(time.Second))
		db := runner.NewResource("db", nil, labelling["after pprof.Do"](stuckHere(over)))
		labelled(t.Context(), "caller", func(ctx context.Context) {
			require.NoError(t, r.Run(ctx, db))
			requireStacks(t, r.Finish(ctx), []runner.Service{db})
		})
	})
}
