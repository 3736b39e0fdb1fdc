package runner_test

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/runner"
)

// withinPeriod is a Runner whose services may take any time to stop, but for a grace period. It finishes after the test.
func withinPeriod(t *testing.T, d time.Duration, opts ...runner.StarterOption) *runner.Runner {
	t.Helper()
	return newRunnerFor(t, append([]runner.StarterOption{
		runner.WithGracePeriod(d), runner.WithStopTimeout(0), runner.WithContinueOnStopError(),
	}, opts...)...)
}

// requireCut requires that err says of each service that the end of the grace period cut its stop short.
func requireCut(t *testing.T, err error, names ...string) {
	t.Helper()
	require.ErrorIs(t, err, runner.ErrGracePeriod)
	for _, name := range names {
		require.ErrorContains(t, err, fmt.Sprintf("%q: grace period is over, abandoned after ", name))
	}
}

// spent returns the time since began, but for the graces of calls that were abandoned.
func spent(began time.Time) time.Duration { return time.Since(began).Truncate(time.Second) }

func TestGracePeriod(t *testing.T) {
	inBubble(t, "cuts short what has not stopped, and still stops the rest", func(t *testing.T) {
		var j journal
		l := newFakeListener()
		r := withinPeriod(t, 30*time.Second, l.option(), runner.WithObserver(witness{&j}))
		require.NoError(t, r.Run(t.Context(), j.stopping("db"), j.stopping("stuck", stuck(t)), j.stopping("cache")))
		wait := running(t, r, runner.NewServer("api", untilEnd, takes(10*time.Second)))
		began := time.Now()
		l.terminate()
		require.NoError(t, wait())
		err := r.Finish(t.Context())
		require.Equal(t, 27*time.Second, spent(began))
		requireCut(t, err, "stuck")
		require.ErrorIs(t, err, runner.ErrStopTimeout)
		require.Equal(t, []string{
			"signal terminated", "before stop api", "after stop api",
			"before stop cache", "stop cache", "after stop cache",
			"before stop stuck", "stop stuck", "after stop stuck: " + `stop "stuck": grace period is over, abandoned after 17.075s`,
			"before stop db", "stop db", "after stop db",
		}, j.all()[9+2:])
	})

	inBubble(t, "ends the context of a stop, which returns in time then", func(t *testing.T) {
		r := withinPeriod(t, 30*time.Second)
		require.NoError(t, r.Run(t.Context(), runner.NewResource("db", nil, func(ctx context.Context) error {
			<-ctx.Done()
			require.Equal(t, runner.ErrGracePeriod, context.Cause(ctx))
			return ctx.Err()
		})))
		began := time.Now()
		err := r.Finish(t.Context())
		require.EqualError(t, err, `stop "db": grace period is over: context canceled`)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.Equal(t, 27*time.Second, time.Since(began))
	})

	inBubble(t, "does nothing to what stops in time", func(t *testing.T) {
		r := withinPeriod(t, 30*time.Second)
		require.NoError(t, r.Run(t.Context(), runner.NewResource("db", nil, takes(27*time.Second-1))))
		finish(t, r)
	})

	inBubble(t, "cuts the drain short, and says so though everything stops then", func(t *testing.T) {
		var j journal
		r := withinPeriod(t, 10*time.Second, runner.WithDrainDelay(time.Minute))
		wait := running(t, r, j.server("api"))
		began := time.Now()
		err := r.Finish(t.Context())
		require.Equal(t, runner.ErrGracePeriod, wait())
		require.Equal(t, runner.ErrGracePeriod, err)
		require.Equal(t, 9*time.Second, time.Since(began))
		require.Equal(t, []string{"listen api", "close api"}, j.all())
	})

	inBubble(t, "of 0 or less is none", func(t *testing.T) {
		for _, d := range []time.Duration{0, -time.Second} {
			r := withinPeriod(t, d)
			require.NoError(t, r.Run(t.Context(), runner.NewResource("db", nil, takes(time.Hour))))
			finish(t, r)
		}
	})

	for d, cut := range map[time.Duration]time.Duration{
		time.Minute: 54 * time.Second, 10 * time.Second: 9 * time.Second, 3 * time.Second: 2 * time.Second, time.Second: 500 * time.Millisecond,
	} {
		inBubble(t, "keeps a margin: "+d.String(), func(t *testing.T) {
			r := withinPeriod(t, d)
			require.NoError(t, r.Run(t.Context(), runner.NewResource("db", nil, untilEnd)))
			began := time.Now()
			require.Equal(t, runner.ErrGracePeriod, r.Finish(t.Context()))
			require.Equal(t, cut, time.Since(began))
		})
	}

	inBubble(t, "leaves it to the second signal to cut short earlier", func(t *testing.T) {
		l := newFakeListener()
		r := withinPeriod(t, 30*time.Second, l.option())
		wait := running(t, r, runner.NewServer("api", untilEnd, stuck(t)))
		l.terminate()
		time.Sleep(time.Second)
		l.terminate()
		err := wait()
		requireSignalError(t, err, sigterm)
		require.NotErrorIs(t, err, runner.ErrGracePeriod)
		requireSignalError(t, r.Finish(t.Context()), sigterm)
	})

	inBubble(t, "leaves it to the deadline of Finish to cut short earlier", func(t *testing.T) {
		r := withinPeriod(t, 30*time.Second)
		require.NoError(t, r.Run(t.Context(), runner.NewResource("db", nil, stuck(t))))
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		err := r.Finish(ctx)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.NotErrorIs(t, err, runner.ErrGracePeriod)
	})

	inBubble(t, "cuts a Stop short that is under way", func(t *testing.T) {
		l := newFakeListener()
		r := withinPeriod(t, 30*time.Second, l.option())
		db := runner.NewResource("db", nil, stuck(t))
		require.NoError(t, r.Run(t.Context(), db))
		stop := async(func() error { return r.Stop(t.Context(), db) })
		synctest.Wait()
		began := time.Now()
		l.terminate()
		requireCut(t, stop(), "db")
		require.Equal(t, 27*time.Second, spent(began))
		require.Error(t, r.Finish(t.Context()))
	})
}

// periodEnds are the ways in which a shutdown begins. Each returns a service that is part of it.
var periodEnds = map[string]func(l *fakeListener, r *runner.Runner, cancel func()) runner.Service{
	"a signal": func(l *fakeListener, _ *runner.Runner, _ func()) runner.Service { return endedBy(l.terminate) },
	"Shutdown": func(_ *fakeListener, r *runner.Runner, _ func()) runner.Service {
		return endedBy(func() { r.Shutdown(nil) })
	},
	"end of ctx":  func(_ *fakeListener, _ *runner.Runner, cancel func()) runner.Service { return endedBy(cancel) },
	"a failure":   func(*fakeListener, *runner.Runner, func()) runner.Service { return slowServer("bad", errBoom) },
	"a bad Job":   func(*fakeListener, *runner.Runner, func()) runner.Service { return badJob() },
	"a bad start": func(*fakeListener, *runner.Runner, func()) runner.Service { return badStart() },
	"a report":    func(*fakeListener, *runner.Runner, func()) runner.Service { return badReport() },
}

// endedBy returns a server that does something 1 s after it listens.
func endedBy(act func()) runner.Service {
	return runner.NewServer("acting", func(ctx context.Context) error {
		time.AfterFunc(time.Second, act)
		return untilEnd(ctx)
	}, nil)
}

func badJob() runner.Service {
	return (&journal{}).job("bad", func(context.Context) error { time.Sleep(time.Second); return errBoom })
}

func badStart() runner.Service {
	return runner.NewResource("bad", func(context.Context) error { time.Sleep(time.Second); return errBoom }, nil)
}

func badReport() runner.Service {
	failures := make(chan error)
	time.AfterFunc(time.Second, func() { failures <- errBoom })
	return &reportingAPI{Server: runner.NewServer("bad", untilEnd, nil), failures: failures}
}

// TestGracePeriodBegins has a shutdown that lasts until everything is cut short: a server in Run or Start, then something of
// the program's own, and a resource in Finish.
func TestGracePeriodBegins(t *testing.T) {
	for how, end := range periodEnds {
		for _, method := range []string{"Run", "Start"} {
			inBubble(t, "with "+how+", in "+method, func(t *testing.T) {
				l := newFakeListener()
				r := withinPeriod(t, 30*time.Second, l.option(), runner.WithDrainDelay(time.Second))
				require.NoError(t, r.Run(t.Context(), runner.NewResource("db", nil, stuck(t))))
				ctx, cancel := context.WithCancel(t.Context())
				api, bad := runner.NewServer("api", untilEnd, stuck(t)), end(l, r, cancel)
				began := time.Now().Add(time.Second) // which is when it happens
				if method == "Run" {
					requireCut(t, r.Run(ctx, api, bad), "api")
					require.Equal(t, 27*time.Second, spent(began))
				} else if r.Start(ctx, api, bad) == nil {
					_ = r.Wait(ctx)
				}
				time.Sleep(300 * time.Millisecond) // in main
				requireCut(t, r.Finish(t.Context()), "db")
				require.Equal(t, 27*time.Second, spent(began))
			})
		}
	}

	inBubble(t, "once, for a second Finish too", func(t *testing.T) {
		r := newRunner(runner.WithGracePeriod(30*time.Second), runner.WithStopTimeout(0))
		first := true
		require.NoError(t, r.Run(t.Context(), runner.NewResource("db", nil, stuck(t)),
			runner.NewResource("bad", nil, func(context.Context) error {
				if first {
					first = false
					time.Sleep(20 * time.Second)
					return errBoom
				}
				return nil
			})))
		began := time.Now()
		requireServiceError(t, r.Finish(t.Context()), runner.OpStop, "bad", errBoom)
		requireCut(t, r.Finish(t.Context()), "db")
		require.Equal(t, 27*time.Second, spent(began))
		requireCut(t, r.Finish(t.Context()), "db")
		require.Equal(t, 27*time.Second, spent(began), "it is over")
	})

	inBubble(t, "when Finish comes, not with the end of Jobs", func(t *testing.T) {
		r := withinPeriod(t, 30*time.Second)
		require.NoError(t, r.Run(t.Context(), runner.NewResource("db", nil, stuck(t))))
		require.NoError(t, r.Run(t.Context(), (&journal{}).job("import", fails(nil))))
		require.NoError(t, r.Start(t.Context(), (&journal{}).job("import", fails(nil))))
		require.NoError(t, r.Wait(t.Context()))
		time.Sleep(time.Hour)
		began := time.Now()
		requireCut(t, r.Finish(t.Context()), "db")
		require.Equal(t, 27*time.Second, spent(began))
	})

	inBubble(t, "anew in the next life", func(t *testing.T) {
		r := withinPeriod(t, 30*time.Second)
		for range 2 {
			require.NoError(t, r.Run(t.Context(), runner.NewResource("db", nil, untilEnd)))
			began := time.Now()
			require.Equal(t, runner.ErrGracePeriod, r.Finish(t.Context()))
			require.Equal(t, 27*time.Second, time.Since(began))
		}
	})

	inBubble(t, "anew in a life that Shutdown ends before it begins", func(t *testing.T) {
		r := withinPeriod(t, 30*time.Second)
		require.NoError(t, r.Run(t.Context(), runner.NewResource("db", nil, untilEnd)))
		require.Equal(t, runner.ErrGracePeriod, r.Finish(t.Context()))
		r.Shutdown(errBoom)
		require.ErrorIs(t, r.Run(t.Context(), runner.NewResource("db", nil, nil)), errBoom)
		require.NoError(t, r.Finish(t.Context()))
	})
}

func TestGracePeriodMargin(t *testing.T) {
	inBubble(t, "is shared by all that comes, however short it is", func(t *testing.T) {
		l := newFakeListener()
		r := newRunnerFor(t, l.option(), runner.WithGracePeriod(time.Second), runner.WithStopTimeout(0))
		require.NoError(t, r.Run(t.Context(), runner.NewResource("db", nil, stuck(t))))
		wait := running(t, r, runner.NewServer("api", untilEnd, stuck(t)))
		began := time.Now()
		l.terminate()
		requireCut(t, wait(), "api")
		require.Equal(t, 562500*time.Microsecond, time.Since(began), "an eighth of what is left after 500 ms")
		for range 10 {
			requireCut(t, r.Finish(t.Context()), "db")
		}
		require.Less(t, time.Since(began), time.Second)
	})

	inBubble(t, "leaves the usual grace to a program that nobody has killed", func(t *testing.T) {
		l := newFakeListener()
		r := withinPeriod(t, 30*time.Second, l.option())
		require.NoError(t, r.Start(t.Context(), runner.NewServer("api", untilEnd, func(ctx context.Context) error {
			<-ctx.Done()
			time.Sleep(100 * time.Millisecond)
			return nil
		})))
		synctest.Wait()
		l.terminate()
		time.Sleep(time.Hour)
		require.Equal(t, runner.ErrGracePeriod, r.Finish(t.Context()))
	})
}
