package runner_test

import (
	"context"
	"fmt"
	"runtime"
	"testing"
	"time"
	"weak"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/runner"
)

// large is a Resource, or what a context carries, that should not outlive its use.
type large struct {
	name string
	_    [1 << 16]byte
}

func (l *large) Name() string              { return l.name }
func (*large) Start(context.Context) error { return nil }
func (*large) Stop(context.Context) error  { return nil }

// largeServer is a Server that should not outlive its use.
type largeServer struct {
	name string
	_    [1 << 16]byte
}

func (l *largeServer) Name() string                   { return l.name }
func (*largeServer) Listen(ctx context.Context) error { return untilEnd(ctx) }
func (*largeServer) Close(context.Context) error      { return nil }

// requireCollected requires that nothing holds what p points to. A goroutine that is about to end may, for a moment.
func requireCollected[T any](t *testing.T, p weak.Pointer[T], what string) {
	t.Helper()
	for range 100 {
		runtime.GC()
		if p.Value() == nil {
			return
		}
		runtime.Gosched() // to workers, which have to get to their next work
	}
	require.Fail(t, "it is still held", what)
}

// What follows makes services and contexts in functions of their own, so that no variable of a test holds them.

func TestStoppedServiceIsCollected(t *testing.T) {
	newResource := func(with func(runner.Service) runner.Service) (runner.Service, weak.Pointer[large]) {
		l := &large{name: "large"}
		return with(l), weak.Make(l)
	}
	itself := func(s runner.Service) runner.Service { return s }
	for name, with := range map[string]func(runner.Service) runner.Service{
		"":                                   itself,
		", behind With":                      func(s runner.Service) runner.Service { return runner.With(s, runner.StopTimeout(time.Hour)) },
		", behind a wrapper that loads":      func(s runner.Service) runner.Service { return loading(s, fails(nil)) },
		", behind a wrapper that is checked": func(s runner.Service) runner.Service { return checked(s, fails(nil)) },
	} {
		for where, siblings := range map[string][2]int{"the first": {0, 2}, "the last": {2, 0}, "between others": {1, 1}} {
			t.Run("while its siblings are up, "+where+name, func(t *testing.T) {
				r := newRunner()
				held := func() weak.Pointer[large] {
					s, held := newResource(with)
					services := append(many(siblings[0], smallResource), s)
					services = append(services, many(siblings[1], smallResource)...)
					require.NoError(t, r.Start(t.Context(), services...))
					require.NoError(t, r.Stop(t.Context(), s))
					return held
				}()
				requireCollected(t, held, "the stopped service")
				require.Len(t, r.Services(), 2)
				finish(t, r)
			})
		}
	}

	t.Run("while a server of its Start is up", func(t *testing.T) {
		r := newRunner()
		held := func() weak.Pointer[large] {
			s, held := newResource(itself)
			require.NoError(t, r.Start(t.Context(), s, &largeServer{name: "api"}))
			require.NoError(t, r.Stop(t.Context(), s))
			return held
		}()
		requireCollected(t, held, "the stopped service")
		finish(t, r)
	})

	t.Run("when it is a Server, while a sibling is up", func(t *testing.T) {
		r := newRunner()
		held := func() weak.Pointer[largeServer] {
			s := &largeServer{name: "api"}
			require.NoError(t, r.Start(t.Context(), s, smallResource("db")))
			require.NoError(t, r.Stop(t.Context(), s))
			return weak.Make(s)
		}()
		requireCollected(t, held, "the closed server")
		finish(t, r)
	})

	t.Run("when a rollback has stopped it, and others are up", func(t *testing.T) {
		r := newRunner()
		require.NoError(t, r.Run(t.Context(), smallResource("db")))
		held := func() weak.Pointer[large] {
			s, held := newResource(itself)
			require.Error(t, r.Run(t.Context(), s, runner.NewResource("bad", fails(errBoom), nil)))
			return held
		}()
		requireCollected(t, held, "the stopped service")
		finish(t, r)
	})

	t.Run("after Finish, while the Runner is kept", func(t *testing.T) {
		r := newRunner()
		held := func() weak.Pointer[large] {
			s, held := newResource(itself)
			require.NoError(t, r.Start(t.Context(), s, &largeServer{name: "api"}))
			return held
		}()
		finish(t, r)
		requireCollected(t, held, "the stopped service")
		require.Empty(t, r.Services())
	})
}

func smallResource(name string) runner.Service { return runner.NewResource(name, nil, nil) }

func TestContextAskedAfterItsCall(t *testing.T) {
	for how, ask := range map[string]func(context.Context){
		"Done":                    func(ctx context.Context) { <-ctx.Done() },
		"Err":                     func(ctx context.Context) { _ = ctx.Err() },
		"Value":                   func(ctx context.Context) { _ = ctx.Value(key{}) },
		"Cause":                   func(ctx context.Context) { _ = context.Cause(ctx) },
		"a child of it":           func(ctx context.Context) { _, cancel := context.WithTimeout(ctx, time.Hour); cancel() },
		"AfterFunc, called twice": func(ctx context.Context) { context.AfterFunc(ctx, func() {}); context.AfterFunc(ctx, func() {}) },
	} {
		for kind, make := range map[string]func(keep call) runner.Service{
			"of a Stop":   func(keep call) runner.Service { return runner.NewResource("db", nil, keep) },
			"of a Close":  func(keep call) runner.Service { return runner.NewServer("api", nil, keep) },
			"of a Listen": func(keep call) runner.Service { return runner.NewServer("api", keep, nil) },
			"of a Start":  func(keep call) runner.Service { return runner.NewResource("db", keep, nil) },
		} {
			t.Run(kind+" holds nothing: "+how, func(t *testing.T) {
				r := newRunner(runner.WithStopTimeout(time.Hour), runner.WithStartTimeout(time.Hour))
				held := func() weak.Pointer[large] {
					var kept context.Context
					called := false
					service := make(func(ctx context.Context) error {
						kept, called = ctx, true
						return nil
					})
					value := &large{}
					ctx := context.WithValue(t.Context(), key{}, value)
					require.NoError(t, r.Start(ctx, service))
					require.NoError(t, r.Finish(ctx))
					if called {
						ask(kept)
					}
					return weak.Make(value)
				}()
				requireCollected(t, held, "the value of the context")
			})
		}
	}
}

// Stop does not look at all that is started to find one of them.
func TestStopOfOneOfManyAllocatesLittle(t *testing.T) {
	const n, stopped, most = 10_000, 50, 20 << 10
	services := many(n, smallResource)
	for name, start := range map[string]func(*runner.Runner) error{
		"of one Run": func(r *runner.Runner) error { return r.Run(t.Context(), services...) },
		"of as many Runs": func(r *runner.Runner) error {
			for _, s := range services {
				if err := r.Run(t.Context(), s); err != nil {
					return err
				}
			}
			return nil
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRunner()
			require.NoError(t, start(r))
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			for i := range stopped {
				require.NoError(t, r.Stop(t.Context(), services[(i*n/stopped+n/2)%n]))
			}
			runtime.ReadMemStats(&after)
			require.Less(t, (after.TotalAlloc-before.TotalAlloc)/stopped, uint64(most), fmt.Sprint("bytes a Stop, of ", n))
			finish(t, r)
		})
	}
}
