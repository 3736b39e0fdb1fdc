package fxservices_test

import (
	"context"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/fx"

	"github.com/go-fxservices/services/fxservices"
	"github.com/go-fxservices/services/retrier"
	"github.com/go-fxservices/services/runner"
)

// liveFor starts an application of a Module and opts, stops it after a while, and returns what happened.
func liveFor(t *testing.T, d time.Duration, opts ...fx.Option) string {
	t.Helper()
	j := &journal{}
	app := j.build(t, opts...)
	require.NoError(t, app.Start(t.Context()))
	time.Sleep(d)
	require.NoError(t, app.Stop(t.Context()))
	return j.String()
}

func TestJobs(t *testing.T) {
	for _, shape := range shapes {
		inBubble(t, "run though nothing needs them: "+shape.name, func(t *testing.T) {
			newImport := func(j *journal) *Import { return &Import{j.Job("import", untilEnd)} }
			require.Equal(t, "run import", liveFor(t, time.Second, shape.provide(newImport)))
		})
	}

	inBubble(t, "run with everything that they need", func(t *testing.T) {
		require.Equal(t, "start db, run import, stop db", liveFor(t, time.Second, fxservices.Provide(NewImport, NewDB)))
	})

	inBubble(t, "run beside Servers and other Jobs", func(t *testing.T) {
		newReport := func(j *journal, _ *Import) runner.Job { return j.Job("report") }
		require.ElementsMatch(t, []string{"start db", "run import", "run report", "listen api", "close api", "stop db"},
			linesOf(liveFor(t, time.Second, fxservices.Provide(NewImport, NewDB, newReport, NewAPI))))
	})

	inBubble(t, "are those that Register and Supply are given", func(t *testing.T) {
		require.Equal(t, "start db, run import, stop db", liveFor(t, time.Second,
			fxservices.Provide(NewDB), fx.Provide(NewImport), fx.Invoke(fxservices.Register[*Import])))
		j := &journal{}
		work := &Import{j.Job("import")}
		report := runner.With(j.Job("report"), runner.StopTimeout(time.Second))
		liveFor(t, time.Second, fxservices.Supply(work, report), needing[*Import]())
		require.ElementsMatch(t, []string{"run import", "run report"}, j.Lines())
	})

	t.Run("are not constructed where fx.Replace replaces them", func(t *testing.T) {
		j := &journal{}
		newReal := func() *Import { panic("constructed") }
		require.Empty(t, live(t, fxservices.Provide(newReal), fx.Replace(&Import{j.Job("fake")})))
	})

	inBubble(t, "start with Concurrent once what they were constructed from has started", func(t *testing.T) {
		j := &journal{}
		newSlowDB := func(j *journal) *DB { return &DB{j.Resource("db", takes(time.Second))} }
		app := j.application(module(fxservices.Concurrent()), fxservices.Provide(newSlowDB, NewImport))
		require.NoError(t, app.Start(t.Context()))
		synctest.Wait()
		require.NoError(t, app.Stop(t.Context()))
		require.Equal(t, "start db, run import, stop db", j.String())
	})

	inBubble(t, "take settings: they are abandoned at their stop timeout", func(t *testing.T) {
		j := &journal{}
		newStuck := func(j *journal) *Import { return &Import{j.Job("import", stuck(t))} }
		app := j.build(t, fxservices.Provide(newStuck, runner.StopTimeout(time.Second)))
		require.NoError(t, app.Start(t.Context()))
		require.ErrorContains(t, app.Stop(t.Context()), `run "import": timed out after 1s`)
	})
}

func TestRetriedJobs(t *testing.T) {
	newFlaky := func(j *journal) *Import {
		failures := 2
		return &Import{j.Job("import", func(context.Context) error {
			if failures--; failures >= 0 {
				return errBoom
			}
			return nil
		})}
	}

	inBubble(t, "run again until an attempt succeeds, and Observers are told", func(t *testing.T) {
		require.Equal(t,
			"attempt 1 of import, run import, attempt 2 of import, run import, attempt 3 of import, run import",
			liveFor(t, time.Minute, fxservices.Provide(newFlaky, everySecond()), fxservices.Observe(newAttempts)))
	})

	inBubble(t, "run again where the retrier restarts Servers, too", func(t *testing.T) {
		require.Equal(t, "run import, run import, run import",
			liveFor(t, time.Minute, fxservices.Provide(newFlaky, everySecond().Restarts(1, time.Minute))))
	})

	inBubble(t, "that are typed as a Service", func(t *testing.T) {
		newService := func(j *journal) runner.Service { return newFlaky(j) }
		require.Equal(t, "run import, run import, run import", liveFor(t, time.Minute, fxservices.Provide(newService, everySecond())))
	})

	inBubble(t, "fail without a retrier at the first failure", func(t *testing.T) {
		j := &journal{}
		err := fxservices.Run(t.Context(), fx.NopLogger, fx.Supply(j), module(), fxservices.Provide(newFlaky, (*retrier.Builder)(nil)))
		require.EqualError(t, err, `run "import": boom`)
	})
}

func TestJobsAlone(t *testing.T) {
	newSlowImport := func(j *journal, _ *DB) *Import { return &Import{j.Job("import", takes(time.Minute))} }

	inBubble(t, "end the application when they are done, gracefully", func(t *testing.T) {
		j := &journal{}
		began := time.Now()
		require.NoError(t, fxservices.Run(t.Context(), fx.NopLogger, fx.Supply(j), module(fxservices.DrainDelay(time.Hour)),
			fxservices.Provide(newSlowImport, NewDB), fxservices.Observe(newStates)))
		require.Equal(t, time.Minute, time.Since(began), "nothing is drained")
		require.Equal(t, "starting, start db, run import, ready, stopping, stop db, stopped", j.String())
	})

	inBubble(t, "end App.Wait with exit code 0", func(t *testing.T) {
		j := &journal{}
		app := j.build(t, fxservices.Provide(newSlowImport, NewDB))
		require.NoError(t, app.Start(t.Context()))
		require.Zero(t, (<-app.Wait()).ExitCode)
		require.NoError(t, app.Stop(t.Context()))
		require.Equal(t, "start db, run import, stop db", j.String())
	})

	inBubble(t, "do not end an application that has a Server", func(t *testing.T) {
		j := &journal{}
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		require.ErrorIs(t, fxservices.Run(ctx, fx.NopLogger, fx.Supply(j), module(), fxservices.Provide(newSlowImport, NewDB, NewAPI)),
			context.DeadlineExceeded)
	})

	inBubble(t, "that fail end it with the cause, whatever else it has", func(t *testing.T) {
		j := &journal{}
		newFailingImport := func(j *journal, _ *DB) *Import { return &Import{j.Job("import", takes(time.Minute), fails(errBoom))} }
		err := fxservices.Run(t.Context(), fx.NopLogger, fx.Supply(j), module(), fxservices.Provide(newFailingImport, NewDB, NewAPI))
		require.EqualError(t, err, `run "import": boom`)
		require.Equal(t, 1, fxservices.ExitCode(err))
		require.ElementsMatch(t, []string{"start db", "run import", "listen api", "close api", "stop db"}, j.Lines())
	})

	inBubble(t, "run again when the application starts again", func(t *testing.T) {
		j := &journal{}
		app := j.build(t, fxservices.Provide(newSlowImport, NewDB))
		for range 2 {
			require.NoError(t, app.Start(t.Context()))
			require.Zero(t, (<-app.Wait()).ExitCode)
			require.NoError(t, app.Stop(t.Context()))
		}
		require.Equal(t, "start db, run import, stop db, start db, run import, stop db", j.String())
	})
}

// leased is a DB that can lose its lease.
type leased struct {
	*DB
	lost chan error
}

func (l *leased) Failed() <-chan error { return l.lost }

func TestReportedFailures(t *testing.T) {
	inBubble(t, "of a Resource end the application with the cause, exit code 1", func(t *testing.T) {
		j := &journal{}
		newLeased := func(j *journal) *leased { return &leased{NewDB(j), make(chan error, 1)} }
		newLosing := func(j *journal, l *leased) *API {
			return &API{j.Server("api", func(ctx context.Context) error {
				l.lost <- errBoom
				return untilEnd(ctx)
			})}
		}
		err := fxservices.Run(t.Context(), fx.NopLogger, fx.Supply(j), module(),
			fxservices.Provide(newLeased, newLosing), fxservices.Observe(newFailures))
		require.EqualError(t, err, `run "db": boom`)
		require.Equal(t, 1, fxservices.ExitCode(err))
		require.Equal(t, `start db, listen api, failed: run "db": boom, close api, stop db`, j.String())
	})
}

func TestShutdownOfTheRunner(t *testing.T) {
	shutsDown := func(cause error, when func(runner.State) bool) fx.Option {
		return fx.Options(fxservices.Provide(NewDB, NewAPI), needing[*DB](), fx.Invoke(func(r *runner.Runner, lc fx.Lifecycle) {
			if when(runner.StateIdle) {
				r.Shutdown(cause)
			}
			lc.Append(fx.StartHook(func() {
				if when(runner.StateStarting) {
					r.Shutdown(cause)
				}
			}))
		}))
	}
	for _, state := range []runner.State{runner.StateIdle, runner.StateStarting} {
		for _, cause := range []error{nil, errBoom} {
			name := "with a cause"
			if cause == nil {
				name = "without a cause"
			}
			inBubble(t, "ends the start "+name+", "+state.String(), func(t *testing.T) {
				j := &journal{}
				err := fxservices.Run(t.Context(), fx.NopLogger, fx.Supply(j), module(),
					shutsDown(cause, func(now runner.State) bool { return now == state }))
				if cause == nil {
					require.NoError(t, err)
				} else {
					require.ErrorIs(t, err, cause)
					require.Equal(t, 1, fxservices.ExitCode(err))
				}
				started := state != runner.StateIdle
				require.Equal(t, started, j.String() != "", j.String())
				require.Equal(t, started, slices.Contains(j.Lines(), "stop db"), j.String())
			})
		}
	}

	inBubble(t, "without a cause ends an application that serves with exit code 0, and with one with 1", func(t *testing.T) {
		for cause, code := range map[error]int{nil: 0, errBoom: 1} {
			j := &journal{}
			newEnding := func(j *journal, r *runner.Runner) *API {
				time.AfterFunc(time.Minute, func() { r.Shutdown(cause) })
				return NewAPI(j)
			}
			err := fxservices.Run(t.Context(), fx.NopLogger, fx.Supply(j), module(), fxservices.Provide(newEnding))
			require.Equal(t, code, fxservices.ExitCode(err))
			require.ErrorIs(t, err, cause)
			require.Equal(t, "listen api, close api", j.String())
		}
	})
}
