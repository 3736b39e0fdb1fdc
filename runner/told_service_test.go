package runner_test

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/runner"
)

// edge is a wrapper with a name of its own, which is no Server.
type edge struct{ inner runner.Service }

func (e *edge) Name() string           { return "edge of " + e.inner.Name() }
func (e *edge) Unwrap() runner.Service { return e.inner }

// leadsTo reports whether s is the service that was given, or a wrapper of it.
func leadsTo(s, given runner.Service) bool {
	for s != given {
		wrapper, ok := s.(interface{ Unwrap() runner.Service })
		if !ok {
			return false
		}
		s = wrapper.Unwrap()
	}
	return true
}

// startedAndFailed keeps the service that each event names.
type startedAndFailed struct {
	nobody
	started, failed runner.Service
	cause           error
}

func (o *startedAndFailed) AfterStart(_ context.Context, s runner.Service, _ error) { o.started = s }
func (o *startedAndFailed) ServerFailed(_ context.Context, s runner.Server, err error) {
	o.failed, o.cause = s, err
}

func TestServerFailedNamesTheServiceAsGiven(t *testing.T) {
	for name, with := range map[string]func(runner.Service) runner.Service{
		"in With":                               func(s runner.Service) runner.Service { return runner.With(s, runner.StopTimeout(time.Second)) },
		"in With, twice":                        func(s runner.Service) runner.Service { return runner.With(runner.With(s)) },
		"in a wrapper with a name of its own":   func(s runner.Service) runner.Service { return &edge{s} },
		"in such a wrapper, in With":            func(s runner.Service) runner.Service { return runner.With(&edge{s}) },
		"in With, in such a wrapper":            func(s runner.Service) runner.Service { return &edge{runner.With(s)} },
		"in wrappers that load and are checked": func(s runner.Service) runner.Service { return checked(loading(s, fails(nil)), fails(nil)) },
	} {
		for how, fail := range map[string]call{"an error": takesThen(time.Second, errBoom), "a panic": func(ctx context.Context) error {
			_ = takes(time.Second)(ctx)
			panic(errBoom)
		}} {
			for _, method := range []string{"Run", "Start"} {
				guarded(t, name+", after "+how+" of a server of "+method, func(t *testing.T) {
					o := &startedAndFailed{}
					r := newRunner(runner.WithObserver(o))
					given := with(runner.NewServer("api", fail, nil))
					_ = methods[method](r, t.Context(), given)
					time.Sleep(2 * time.Second)
					_ = r.Finish(t.Context())
					synctest.Wait()
					require.Same(t, given, o.started)
					require.NotNil(t, o.failed)
					require.Equal(t, runner.NameOf(given), runner.NameOf(o.failed))
					require.True(t, leadsTo(o.failed, given), "%T is not what was given, a %T, nor does it wrap that", o.failed, given)
					requireServiceError(t, o.cause, runner.OpListen, runner.NameOf(given), errBoom)
				})
			}
		}
	}
}

// restarting is an Observer that has a service started again while it is told that it has stopped.
type restarting struct {
	nobody
	of    string
	once  sync.Once
	start func()
}

func (o *restarting) AfterStop(_ context.Context, s runner.Service, _ error) {
	if s.Name() == o.of {
		o.once.Do(func() {
			go o.start()
			time.Sleep(50 * time.Millisecond)
		})
	}
}

func TestAfterStopComesBeforeTheNextStart(t *testing.T) {
	database := func(j *journal) runner.Service { return j.resource("db") }
	server := func(j *journal) runner.Service { return j.server("db") }
	for name, test := range map[string]struct {
		make func(*journal) runner.Service
		stop func(t *testing.T, r *runner.Runner, s runner.Service)
	}{
		"of a Resource, in Stop": {database, func(t *testing.T, r *runner.Runner, s runner.Service) {
			startUp(t, r, s)
			require.NoError(t, r.Stop(t.Context(), s))
		}},
		"of a Server, in Stop": {server, func(t *testing.T, r *runner.Runner, s runner.Service) {
			startUp(t, r, s)
			require.NoError(t, r.Stop(t.Context(), s))
		}},
		"of a Server, in Run": {server, func(t *testing.T, r *runner.Runner, s runner.Service) {
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			require.ErrorIs(t, r.Run(ctx, s, runner.NewServer("slow", untilEnd, takes(time.Second))), context.DeadlineExceeded)
		}},
		"of a Resource, in a rollback": {database, func(t *testing.T, r *runner.Runner, s runner.Service) {
			require.ErrorIs(t, r.Run(t.Context(), runner.NewResource("older", nil, takes(time.Second)), s, runner.NewResource("bad", fails(errBoom), nil)), errBoom)
		}},
		"of a Resource that had started late": {func(j *journal) runner.Service {
			wait := 10 * time.Second
			return j.resource("db", func(ctx context.Context) error {
				_ = takes(wait)(ctx)
				wait = 0
				return nil
			})
		}, func(t *testing.T, r *runner.Runner, s runner.Service) {
			require.ErrorIs(t, r.Run(t.Context(), runner.With(s, runner.StartTimeout(time.Second))), runner.ErrStartTimeout)
			time.Sleep(time.Minute)
		}},
	} {
		for how, with := range map[string]func(runner.Service) runner.Service{
			"":                   func(s runner.Service) runner.Service { return s },
			", behind a wrapper": func(s runner.Service) runner.Service { return runner.With(s) },
		} {
			guarded(t, name+how, func(t *testing.T) {
				var j, steps journal
				o := &restarting{of: "db"}
				r := newRunner(runner.WithObserver(o), runner.WithObserver(witness{&j}))
				db := with(test.make(&steps))
				o.start = func() {
					for r.Start(t.Context(), db) != nil { // it may be refused as long as it stops
						time.Sleep(time.Millisecond)
					}
				}
				test.stop(t, r, db)
				time.Sleep(time.Minute)
				synctest.Wait()
				events := onlyOf(j.all(), "before start db", "after stop db")
				if events[0] == "before start db" { // that of the first start
					events = events[1:]
				}
				require.Equal(t, []string{"after stop db", "before start db"}, events)
				finish(t, r)
			})
		}
	}
}

// onlyOf returns those of lines that are given.
func onlyOf(lines []string, given ...string) (found []string) {
	for _, line := range lines {
		for _, want := range given {
			if line == want {
				found = append(found, line)
			}
		}
	}
	return found
}
