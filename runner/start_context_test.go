package runner_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/runner"
)

// keptContexts are the contexts of calls, which services must not keep, in the order of the calls.
type keptContexts struct {
	t    *testing.T
	kept []context.Context
	end  []bool
}

// keep requires that the contexts of the calls before have ended, and keeps that of this one.
func (k *keptContexts) keep(result ...error) call {
	return func(ctx context.Context) error {
		require.NoError(k.t, ctx.Err(), "that of a call lasts as long as the call")
		synctest.Wait()
		for i, earlier := range k.kept {
			require.ErrorIs(k.t, earlier.Err(), context.Canceled, "call %d", i)
			require.True(k.t, k.end[i], "call %d: AfterFunc", i)
		}
		at := len(k.kept)
		k.kept, k.end = append(k.kept, ctx), append(k.end, false)
		context.AfterFunc(ctx, func() { k.end[at] = true })
		if at < len(result) {
			return result[at]
		}
		return nil
	}
}

func TestStartContextEndsWithItsCall(t *testing.T) {
	for timeout, opts := range map[string][]runner.StarterOption{
		"":                                 nil,
		", with a start timeout":           {runner.WithStartTimeout(time.Hour)},
		", at the same time as others":     {runner.WithConcurrency(0)},
		", at the same time, with timeout": {runner.WithConcurrency(0), runner.WithStartTimeout(time.Hour)},
	} {
		for name, make := range map[string]func(k *keptContexts) runner.Service{
			"of a Resource": func(k *keptContexts) runner.Service {
				return loading(checked(runner.NewResource("db", k.keep(), nil), k.keep(nil, nil, errBoom, errBoom)), k.keep())
			},
			"of a Server": func(k *keptContexts) runner.Service {
				return loading(checked(runner.NewServer("db", nil, nil), k.keep(nil, errBoom, errBoom)), k.keep())
			},
			"behind a wrapper": func(k *keptContexts) runner.Service {
				return runner.With(loading(checked(runner.NewResource("db", k.keep(), nil), k.keep()), k.keep()))
			},
		} {
			guarded(t, name+timeout, func(t *testing.T) {
				k := &keptContexts{t: t}
				r := newRunner(opts...)
				first := make(k)
				// The server keeps the Run from returning, which would end all contexts.
				wait := async(func() error {
					return r.Run(t.Context(), first, after(runner.NewResource("last", k.keep(), nil), first), runner.NewServer("api", untilEnd, nil))
				})
				time.Sleep(time.Minute)
				synctest.Wait()
				require.GreaterOrEqual(t, len(k.kept), 3)
				require.NoError(t, k.keep()(t.Context()), "that of the last call has ended, while the server serves")
				finish(t, r)
				require.NoError(t, wait())
			})
		}
	}

	for step, make := range map[string]func(call) runner.Service{
		"Load":    func(step call) runner.Service { return loading(runner.NewResource("db", nil, nil), step) },
		"Start":   func(step call) runner.Service { return runner.NewResource("db", step, nil) },
		"IsReady": func(step call) runner.Service { return checked(runner.NewResource("db", nil, nil), step) },
	} {
		for how, end := range map[string]func(){"an error": func() {}, "a panic": func() { panic("kaboom") }} {
			guarded(t, "of a "+step+" that ends with "+how+", while the rollback lasts", func(t *testing.T) {
				var kept context.Context
				var ended error
				r := newRunner(runner.WithStartTimeout(time.Second))
				older := runner.NewResource("older", nil, func(context.Context) error {
					ended = kept.Err()
					return nil
				})
				require.Error(t, r.Run(t.Context(), older, make(func(ctx context.Context) error {
					kept = ctx
					end()
					return errBoom
				})))
				require.Error(t, ended)
				finish(t, r)
			})
		}
	}
}
