package runner_test

import (
	"context"
	"errors"
	"runtime/pprof"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/internal/eventinfo"
	"github.com/go-fxservices/services/internal/retryevents"
	"github.com/go-fxservices/services/runner"
)

// stepper is an Observer that makes contexts of calls.
type stepper struct {
	nobody
	make func(context.Context, runner.Service, runner.Op) context.Context
}

func (s *stepper) StepContext(ctx context.Context, service runner.Service, op runner.Op) context.Context {
	return s.make(ctx, service, op)
}

// steps is the option for an Observer that makes contexts of calls.
func steps(make func(context.Context, runner.Service, runner.Op) context.Context) runner.StarterOption {
	return runner.WithObserver(&stepper{make: make})
}

type stepKey struct{ name string }

// adds adds value to a context, after what it has already.
func adds(ctx context.Context, value string) context.Context {
	before, _ := ctx.Value(stepKey{}).(string)
	return context.WithValue(ctx, stepKey{}, before+value)
}

// span adds the name of the call to its context.
func span(ctx context.Context, s runner.Service, op runner.Op) context.Context {
	return adds(ctx, string(op)+" "+s.Name())
}

// shows returns a call that notes what has been added to its context.
func (j *journal) shows(call string, then ...call) call {
	return func(ctx context.Context) error {
		j.note("%s in %v", call, ctx.Value(stepKey{}))
		for _, do := range then {
			if err := do(ctx); err != nil {
				return err
			}
		}
		return nil
	}
}

// shower is an Observer that notes which calls it is asked about, and what has been added to the contexts of other events.
type shower struct{ witness }

func (s shower) StepContext(ctx context.Context, service runner.Service, op runner.Op) context.Context {
	s.note("asked for %s %s", op, service.Name())
	return span(ctx, service, op)
}

func (s shower) AfterStart(ctx context.Context, service runner.Service, err error) {
	s.note("after start %s%s in %v", service.Name(), because(err), ctx.Value(stepKey{}))
}

func (s shower) AfterStop(ctx context.Context, service runner.Service, err error) {
	s.note("after stop %s%s in %v", service.Name(), because(err), ctx.Value(stepKey{}))
}

func (s shower) AfterLoad(ctx context.Context, _ runner.Configurable, err error) {
	s.note("after load%s in %v", because(err), ctx.Value(stepKey{}))
}

func (s shower) JobDone(ctx context.Context, job runner.Job, err error) {
	s.note("%s is done%s in %v", job.Name(), because(err), ctx.Value(stepKey{}))
}

func TestStepContext(t *testing.T) {
	inBubble(t, "makes the context of each call, right before it", func(t *testing.T) {
		var j journal
		r := newRunnerFor(t, runner.WithObserver(shower{witness{&j}}))
		asked := 0
		db := checked(loading(runner.NewResource("db", j.shows("start"), j.shows("stop")), j.shows("load")),
			j.shows("ready", func(context.Context) error {
				if asked++; asked < 3 {
					return errBoom
				}
				return nil
			}))
		startUp(t, r, db, runner.NewServer("api", j.shows("listen", untilEnd), j.shows("close")))
		finish(t, r)
		events := without(j.all(), "listen in listen api") // which has no place of its own
		require.Len(t, events, len(j.all())-1)
		require.Equal(t, []string{
			"before load", "asked for load db", "load in load db", "after load in load db",
			"before start db", "asked for start db", "start in start db",
			"asked for ready db", "ready in ready db", "ready in ready db", "ready in ready db", "after start db in start db",
			"before start api", "asked for listen api", "after start api in listen api",
			"before stop api", "asked for close api", "close in close api", "after stop api in close api",
			"before stop db", "asked for stop db", "stop in stop db", "after stop db in stop db",
		}, events)
	})

	inBubble(t, "makes that of a Job, and none for its stop", func(t *testing.T) {
		var j journal
		r := newRunnerFor(t, runner.WithObserver(shower{witness{&j}}))
		wait := running(t, r, j.job("import", j.shows("run", untilEnd)))
		finish(t, r)
		require.NoError(t, wait())
		events := j.all()
		require.Equal(t, []string{"before start import", "asked for run import"}, events[:2])
		require.ElementsMatch(t, []string{
			"run import", "run in run import", "after start import in run import",
			"before stop import", "import is done in run import", "after stop import in <nil>",
		}, events[2:])
	})

	inBubble(t, "is made by many Observers, one after the other", func(t *testing.T) {
		var j journal
		second := func(ctx context.Context, _ runner.Service, op runner.Op) context.Context {
			require.Equal(t, string(op)+" db", ctx.Value(stepKey{}))
			return context.WithValue(adds(ctx, ", second"), stepKey{"second"}, true)
		}
		foreign := func(context.Context, runner.Service, runner.Op) context.Context {
			return context.WithValue(context.Background(), stepKey{"foreign"}, true)
		}
		r := newRunnerFor(t, steps(span), runner.WithObserver(witness{&j}), steps(second), steps(foreign))
		db := runner.NewResource("db", j.shows("start", func(ctx context.Context) error {
			require.Equal(t, true, ctx.Value(stepKey{"second"}))
			require.Equal(t, true, ctx.Value(stepKey{"foreign"}))
			require.Equal(t, "caller", ctx.Value(stepKey{"caller"}))
			return nil
		}), nil)
		require.NoError(t, r.Start(context.WithValue(t.Context(), stepKey{"caller"}, "caller"), db))
		require.Equal(t, []string{"before start db", "start in start db, second", "after start db"}, j.all())
	})

	inBubble(t, "is before the values of the caller", func(t *testing.T) {
		var j journal
		ctx := pprof.WithLabels(context.WithValue(t.Context(), stepKey{}, "caller, "), pprof.Labels("mine", "yes"))
		r := newRunnerFor(t, steps(span))
		require.NoError(t, r.Run(ctx, runner.NewResource("db", j.shows("start"), j.shows("stop"))))
		finish(t, r)
		require.Equal(t, []string{"start in caller, start db", "stop in stop db"}, j.all())
	})

	inBubble(t, "is not asked for where nothing is called", func(t *testing.T) {
		var j journal
		r := newRunnerFor(t, runner.WithObserver(shower{witness{&j}}), runner.WithStopTimeout(time.Second))
		ctx, cancel := context.WithCancel(t.Context())
		ends := runner.NewResource("ends", func(context.Context) error { cancel(); return nil }, stuck(t))
		require.Error(t, r.Run(ctx, ends, j.resource("never")))
		require.Error(t, r.Finish(t.Context()))
		require.Error(t, r.Finish(t.Context()), "the abandoned Stop still runs")
		asked := slices.DeleteFunc(j.all(), func(line string) bool { return !strings.HasPrefix(line, "asked for ") })
		require.Equal(t, []string{"asked for start ends", "asked for stop ends"}, asked)
	})

	inBubble(t, "is made again for a Close that comes after all", func(t *testing.T) {
		var j journal
		release := make(chan struct{})
		r := newRunnerFor(t, steps(span), runner.WithStopTimeout(time.Second), runner.WithContinueOnStopError())
		startUp(t, r, runner.NewServer("api", until(release), j.shows("close")))
		require.Error(t, r.Finish(t.Context()))
		close(release)
		synctest.Wait()
		require.Equal(t, []string{"close in close api", "close in close api"}, j.all())
	})

	inBubble(t, "is kept for a second Close in the same stop", func(t *testing.T) {
		var j journal
		closed := make(chan struct{})
		r := newRunnerFor(t, steps(span))
		startUp(t, r, runner.NewServer("api", func(context.Context) error {
			<-closed
			time.Sleep(time.Second)
			return nil
		}, j.shows("close", func(context.Context) error {
			if len(j.all()) == 1 {
				close(closed)
			}
			return nil
		})))
		finish(t, r)
		require.Equal(t, []string{"close in close api", "close in close api"}, j.all())
	})
}

// nilContext is a context type of which a nil pointer may be returned.
type nilContext struct{ context.Context }

func TestStepContextAddsOnlyValues(t *testing.T) {
	ended := func(ctx context.Context) context.Context {
		ctx, cancel := context.WithCancelCause(ctx)
		cancel(errBoom)
		return ctx
	}
	for name, returned := range map[string]func(given context.Context) context.Context{
		"nil":                           func(context.Context) context.Context { return nil },
		"a nil pointer":                 func(context.Context) context.Context { return (*nilContext)(nil) },
		"what it was given":             func(ctx context.Context) context.Context { return ctx },
		"one that has ended":            ended,
		"one of its own":                func(context.Context) context.Context { return context.Background() },
		"one of its own that has ended": func(context.Context) context.Context { return ended(context.Background()) },
		"one that never ends":           context.WithoutCancel,
		"one with other labels": func(ctx context.Context) context.Context {
			return pprof.WithLabels(ctx, pprof.Labels("service", "mine"))
		},
		"one that describes other calls": func(ctx context.Context) context.Context { return eventinfo.With(ctx, &eventinfo.Info{}) },
		"one with another receiver":      func(ctx context.Context) context.Context { return context.WithValue(ctx, retryevents.Key{}, "none") },
		"one with an earlier deadline": func(ctx context.Context) context.Context {
			ctx, cancel := context.WithTimeout(ctx, time.Millisecond)
			t.Cleanup(cancel)
			return ctx
		},
	} {
		inBubble(t, "of "+name, func(t *testing.T) {
			var j journal
			r := newRunnerFor(t, runner.WithStartTimeout(2*time.Second), runner.WithStopTimeout(3*time.Second),
				runner.WithObserver(retryWitness{journal: &j}),
				steps(func(ctx context.Context, _ runner.Service, _ runner.Op) context.Context { return returned(ctx) }))
			requireOwn := func(ctx context.Context, budget time.Duration, cause error) {
				require.NoError(t, ctx.Err())
				require.Nil(t, ctx.Value(stepKey{}))
				began := time.Now()
				deadline, _ := ctx.Deadline()
				require.Equal(t, began.Add(budget), deadline)
				label, _ := pprof.Label(ctx, "service")
				require.Equal(t, "db", label)
				subject, _ := eventinfo.From(ctx).Subject(0)
				require.Equal(t, "db", subject.Name)
				child, cancel := context.WithCancel(ctx)
				defer cancel()
				<-child.Done()
				require.Equal(t, deadline, time.Now())
				require.Equal(t, cause, context.Cause(ctx))
				require.Equal(t, cause, context.Cause(child))
			}
			var kept context.Context
			db := runner.NewResource("db", func(ctx context.Context) error {
				kept = ctx
				retryevents.From(ctx).BeforeRetry(ctx, runner.NewResource("db", nil, nil), 1)
				return nil
			}, func(ctx context.Context) error { requireOwn(ctx, 3*time.Second, runner.ErrStopTimeout); return nil })
			require.NoError(t, r.Run(t.Context(), db))
			require.ErrorIs(t, kept.Err(), context.Canceled, "it ends with the call")
			require.Equal(t, []string{"attempt 1 of db"}, j.all())
			require.Error(t, r.Run(t.Context(), runner.NewResource("db", func(ctx context.Context) error {
				requireOwn(ctx, 2*time.Second, runner.ErrStartTimeout)
				return ctx.Err()
			}, nil)))
			finish(t, r)
		})
	}

	inBubble(t, "and the context that Observers get ends with the call", func(t *testing.T) {
		given := map[runner.Op]context.Context{}
		r := newRunnerFor(t, steps(func(ctx context.Context, s runner.Service, op runner.Op) context.Context {
			require.NoError(t, ctx.Err())
			given[op] = ctx
			return span(ctx, s, op)
		}))
		db := checked(loading(runner.NewResource("db", nil, nil), fails(nil)), fails(nil))
		require.NoError(t, r.Start(t.Context(), db, (&journal{}).job("import", takes(time.Second)), runner.NewServer("api", untilEnd, nil)))
		require.NoError(t, given[runner.OpRun].Err())
		time.Sleep(2 * time.Second)
		for _, op := range []runner.Op{runner.OpLoad, runner.OpStart, runner.OpReady, runner.OpRun} {
			require.ErrorIs(t, given[op].Err(), context.Canceled, op)
		}
		require.NoError(t, given[runner.OpListen].Err())
		finish(t, r)
		for _, op := range []runner.Op{runner.OpListen, runner.OpClose, runner.OpStop} {
			require.ErrorIs(t, given[op].Err(), context.Canceled, op)
		}
	})
}

func TestStepContextThatGoesWrong(t *testing.T) {
	requireSpan := func(t *testing.T, r *runner.Runner) error {
		t.Helper()
		var j journal
		err := r.Run(t.Context(), runner.With(runner.NewResource("db", j.shows("start", takes(time.Second)), nil), runner.StartTimeout(2*time.Second)))
		require.Equal(t, []string{"start in start db"}, j.all())
		return errors.Join(err, r.Finish(t.Context()))
	}
	at := func(at runner.Op, act func()) runner.StarterOption {
		return steps(func(ctx context.Context, _ runner.Service, op runner.Op) context.Context {
			if op == at {
				act()
			}
			return adds(ctx, "too late")
		})
	}

	inBubble(t, "with a panic is an error, and adds nothing", func(t *testing.T) {
		err := requireSpan(t, newRunnerFor(t, at(runner.OpStart, func() { panic("kaboom") }), steps(span)))
		require.ErrorContains(t, err, "observer *runner_test.stepper: panic: kaboom")
	})

	inBubble(t, "without an end is an error, adds nothing, and takes nothing from the time of the call", func(t *testing.T) {
		began := time.Now()
		err := requireSpan(t, newRunnerFor(t, at(runner.OpStart, func() { time.Sleep(5500 * time.Millisecond) }), steps(span)))
		require.ErrorContains(t, err, "observer *runner_test.stepper: ")
		var observer *runner.ObserverError
		require.ErrorAs(t, err, &observer)
		require.Equal(t, 6*time.Second+150*time.Millisecond, time.Since(began))
	})

	inBubble(t, "without an end adds nothing when it comes back, while others are asked", func(t *testing.T) {
		var j journal
		slow := steps(func(context.Context, runner.Service, runner.Op) context.Context { time.Sleep(time.Second); return nil })
		r := newRunnerFor(t, at(runner.OpStart, func() { time.Sleep(5500 * time.Millisecond) }), slow)
		require.Error(t, r.Run(t.Context(), runner.NewResource("db", j.shows("start"), fails(errBoom))))
		require.Equal(t, []string{"start in <nil>"}, j.all())
	})

	inBubble(t, "slowly takes nothing from the time of the call", func(t *testing.T) {
		slow := steps(func(context.Context, runner.Service, runner.Op) context.Context {
			time.Sleep(4 * time.Second)
			return nil
		})
		require.NoError(t, requireSpan(t, newRunnerFor(t, slow, steps(span))))
	})

	inBubble(t, "while the start ends lets nothing be called", func(t *testing.T) {
		var j journal
		ctx, cancel := context.WithCancel(t.Context())
		r := newRunnerFor(t, at(runner.OpStart, cancel))
		requireServiceError(t, r.Run(ctx, j.resource("db")), runner.OpStart, "db", context.Canceled)
		require.Empty(t, j.all())
	})
}
