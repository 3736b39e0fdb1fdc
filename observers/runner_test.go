package observers_test

import (
	"context"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"github.com/go-fxservices/services/observers"
	"github.com/go-fxservices/services/runner"
)

func sleep(d time.Duration) func(context.Context) error {
	return func(context.Context) error {
		time.Sleep(d)
		return nil
	}
}

func TestZapOfARunner(t *testing.T) {
	t.Run("tells the life of a service", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			logger, logs := observed(zap.InfoLevel)
			r := runner.NewRunner(runner.WithSignals(), runner.WithObserver(observers.NewZap(logger)))
			service, kind := zap.String("service", "db"), zap.String("kind", "resource")

			require.NoError(t, r.Run(t.Context(), runner.NewResource("db", sleep(time.Second), sleep(time.Minute))))
			require.ErrorIs(t, r.Finish(t.Context()), runner.ErrStopTimeout)
			time.Sleep(time.Minute) // for what was abandoned

			logs = logs.FilterFieldKey("service")
			last := logs.AllUntimed()[3]
			require.Equal(t, []observer.LoggedEntry{
				entry(zap.InfoLevel, "service starting", service, kind),
				entry(zap.InfoLevel, "service started", service, kind, zap.Duration("duration", time.Second)),
				entry(zap.InfoLevel, "service stopping", service, kind),
			}, logs.AllUntimed()[:3])
			require.Equal(t, zap.ErrorLevel, last.Level)
			require.Equal(t, "service stop failed", last.Message)
			require.Contains(t, last.ContextMap()["error"], `stop "db": timed out after 15s`)
			require.Contains(t, last.ContextMap()["stack"], "time.Sleep")
		})
	})

	t.Run("tells the life of an application, and why it ends, with one error", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			logger, logs := observed(zap.InfoLevel)
			r := runner.NewRunner(runner.WithSignals(), runner.WithObserver(observers.NewZap(logger)),
				runner.WithDrainDelay(5*time.Second))
			lost := runner.NewServer("api", func(context.Context) error {
				time.Sleep(time.Minute)
				return errRefused
			}, nil)

			require.ErrorIs(t, r.Run(t.Context(), runner.NewResource("db", sleep(time.Second), nil), lost), errRefused)
			time.Sleep(time.Second)
			require.NoError(t, r.Finish(t.Context()))

			require.Equal(t, 1, logs.FilterLevelExact(zap.ErrorLevel).Len())
			require.Equal(t, 1, logs.FilterMessage("server failed").Len())
			require.Equal(t, []observer.LoggedEntry{
				entry(zap.InfoLevel, "application ready", zap.Int("services", 2), zap.Duration("duration", time.Second)),
				entry(zap.InfoLevel, "application draining", zap.Duration("delay", 5*time.Second)),
				entry(zap.InfoLevel, "application stopping", zap.String("cause", `listen "api": connection refused`)),
				entry(zap.InfoLevel, "application stopped", zap.Duration("duration", 67*time.Second)),
			}, logs.Filter(func(e observer.LoggedEntry) bool { return strings.HasPrefix(e.Message, "application") }).AllUntimed())
		})
	})
}

// leased is a Resource that can lose its lease.
type leased struct {
	runner.Resource
	lost chan error
}

func (l *leased) Failed() <-chan error { return l.lost }

func TestEndsWithoutAnEventOfTheirOwn(t *testing.T) {
	lines := func(t *testing.T, run func(context.Context, *runner.Runner) error) (lines []string) {
		synctest.Test(t, func(t *testing.T) {
			logger, printed := printed(slog.LevelInfo)
			r := runner.NewRunner(runner.WithSignals(), runner.WithObserver(observers.NewSlog(logger)))
			require.ErrorIs(t, run(t.Context(), r), errRefused)
			require.NoError(t, r.Finish(t.Context()))
			for _, line := range printed() {
				if strings.Contains(line, "application") || strings.Contains(line, "ERROR") {
					lines = append(lines, line)
				}
			}
		})
		return lines
	}

	t.Run("a resource that fails between its calls is an error", func(t *testing.T) {
		require.Equal(t, []string{
			`level=INFO msg="application ready" services=2 duration=0s`,
			`level=ERROR msg="service failed" service=db kind=resource error="run \"db\": connection refused"`,
			`level=INFO msg="application stopping" cause="run \"db\": connection refused"`,
			`level=INFO msg="application stopped" duration=1s`,
		}, lines(t, func(ctx context.Context, r *runner.Runner) error {
			db := &leased{db, make(chan error, 1)}
			time.AfterFunc(time.Second, func() { db.lost <- errRefused })
			return r.Run(ctx, db, api)
		}))
	})

	t.Run("the cause of a shutdown is an error", func(t *testing.T) {
		require.Equal(t, []string{
			`level=INFO msg="application ready" services=1 duration=0s`,
			`level=ERROR msg="application stopping" cause="connection refused"`,
			`level=INFO msg="application stopped" duration=1s`,
		}, lines(t, func(ctx context.Context, r *runner.Runner) error {
			time.AfterFunc(time.Second, func() { r.Shutdown(errRefused) })
			return r.Run(ctx, api)
		}))
	})

	t.Run("a job that reports a failure is one error", func(t *testing.T) {
		require.Equal(t, []string{
			`level=INFO msg="application ready" services=1 duration=0s`,
			`level=ERROR msg="service failed" service=import kind=job error="run \"import\": connection refused"`,
			`level=INFO msg="application stopping" cause="run \"import\": connection refused"`,
			`level=INFO msg="application stopped" duration=1s`,
		}, lines(t, func(ctx context.Context, r *runner.Runner) error {
			work := &leasedJob{runner.NewJob("import", func(ctx context.Context) error { <-ctx.Done(); return nil }), make(chan error, 1)}
			time.AfterFunc(time.Second, func() { work.lost <- errRefused })
			return r.Run(ctx, work)
		}))
	})

	t.Run("a job that fails is one error", func(t *testing.T) {
		require.Equal(t, []string{
			`level=INFO msg="application ready" services=1 duration=0s`,
			`level=ERROR msg="job failed" service=import kind=job duration=1s error="run \"import\": connection refused"`,
			`level=INFO msg="application stopping" cause="run \"import\": connection refused"`,
			`level=INFO msg="application stopped" duration=1s`,
		}, lines(t, func(ctx context.Context, r *runner.Runner) error { return r.Run(ctx, brokenImporter{}) }))
	})
}

func TestJobs(t *testing.T) {
	jobLines := func(t *testing.T, run func(ctx context.Context, r *runner.Runner)) (lines []string) {
		synctest.Test(t, func(t *testing.T) {
			logger, printed := printed(slog.LevelInfo)
			r := runner.NewRunner(runner.WithSignals(), runner.WithObserver(observers.NewSlog(logger)))
			run(t.Context(), r)
			require.NoError(t, r.Finish(t.Context()))
			synctest.Wait()
			for _, line := range printed() {
				if strings.Contains(line, "service=") {
					lines = append(lines, line)
				}
			}
		})
		return lines
	}

	t.Run("tell how long they took", func(t *testing.T) {
		require.Equal(t, []string{
			`level=INFO msg="service starting" service=import kind=job`,
			`level=INFO msg="service started" service=import kind=job duration=0s`,
			`level=INFO msg="job done" service=import kind=job duration=3s`,
		}, jobLines(t, func(ctx context.Context, r *runner.Runner) {
			require.NoError(t, r.Run(ctx, runner.NewJob("import", sleep(3*time.Second))))
		}))
	})

	t.Run("are not done where they return because they are being stopped", func(t *testing.T) {
		require.Equal(t, []string{
			`level=INFO msg="service starting" service=import kind=job`,
			`level=INFO msg="service started" service=import kind=job duration=0s`,
			`level=INFO msg="service stopping" service=import kind=job`,
			`level=INFO msg="service stopped" service=import kind=job duration=1s`,
		}, jobLines(t, func(ctx context.Context, r *runner.Runner) {
			require.NoError(t, r.Start(ctx, runner.NewJob("import", func(ctx context.Context) error {
				<-ctx.Done()
				time.Sleep(time.Second)
				return ctx.Err()
			})))
		}))
	})
}

// leasedJob is a Job that can lose its lease.
type leasedJob struct {
	runner.Job
	lost chan error
}

func (l *leasedJob) Failed() <-chan error { return l.lost }

// brokenImporter is a Job that fails.
type brokenImporter struct{ importer }

func (brokenImporter) Run(context.Context) error {
	time.Sleep(time.Second)
	return errRefused
}
