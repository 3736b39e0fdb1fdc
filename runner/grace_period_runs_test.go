package runner_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/runner"
)

// requireLasts requires that fn is cut short by the grace period, after d.
func requireLasts(t *testing.T, d time.Duration, fn func() error) {
	t.Helper()
	began := time.Now()
	require.ErrorIs(t, fn(), runner.ErrGracePeriod)
	require.Equal(t, d, spent(began))
}

// failed returns once the Run of a server that fails has returned, 1 s after it began.
func failed(t *testing.T, r *runner.Runner) {
	t.Helper()
	require.ErrorIs(t, r.Run(t.Context(), slowServer("bad", errBoom)), errBoom)
}

func TestGracePeriodOfRuns(t *testing.T) {
	inBubble(t, "of the same life is one, where a signal ends them", func(t *testing.T) {
		l := newFakeListener()
		r := withinPeriod(t, 30*time.Second, l.option())
		one := running(t, r, runner.NewServer("one", untilEnd, stuck(t)))
		two := running(t, r, runner.NewServer("two", untilEnd, stuck(t)), runner.NewResource("db", nil, stuck(t)))
		began := time.Now()
		l.terminate()
		requireCut(t, one(), "one")
		requireCut(t, two(), "two")
		requireCut(t, r.Finish(t.Context()), "db")
		require.Equal(t, 27*time.Second, spent(began))
	})

	inBubble(t, "begins with the first that fails, and holds for the others if they follow", func(t *testing.T) {
		r := withinPeriod(t, 30*time.Second)
		ctx, cancel := context.WithCancel(t.Context())
		two := async(func() error { return r.Run(ctx, runner.NewServer("two", untilEnd, stuck(t))) })
		one := async(func() error {
			defer cancel() // as an errgroup does
			return r.Run(ctx, slowServer("bad", errBoom), runner.NewServer("one", untilEnd, takes(20*time.Second)))
		})
		time.Sleep(time.Second)
		began := time.Now()
		require.ErrorIs(t, one(), errBoom)
		require.Equal(t, 20*time.Second, time.Since(began))
		requireCut(t, two(), "two")
		require.Equal(t, 27*time.Second, spent(began))
	})

	inBubble(t, "cuts the first that fails short, and nothing of the others", func(t *testing.T) {
		l := newFakeListener()
		r := withinPeriod(t, 30*time.Second, l.option())
		two := running(t, r, runner.NewServer("two", untilEnd, stuck(t)))
		requireLasts(t, 28*time.Second, func() error {
			return r.Run(t.Context(), slowServer("bad", errBoom), runner.NewServer("one", untilEnd, stuck(t)))
		})
		time.Sleep(time.Hour)
		l.terminate()
		requireLasts(t, 27*time.Second, two)
	})

	inBubble(t, "begins anew with a signal that finds others up", func(t *testing.T) {
		l := newFakeListener()
		r := withinPeriod(t, 30*time.Second, l.option())
		two := running(t, r, runner.NewServer("two", untilEnd, stuck(t)))
		failed(t, r)
		time.Sleep(20 * time.Second)
		l.terminate()
		requireLasts(t, 27*time.Second, two)
	})

	inBubble(t, "does not begin anew with a signal that finds the others ending", func(t *testing.T) {
		l := newFakeListener()
		r := withinPeriod(t, 30*time.Second, l.option())
		require.NoError(t, r.Run(t.Context(), runner.NewResource("db", nil, stuck(t))))
		wait := running(t, r, slowServer("bad", errBoom), runner.NewServer("one", untilEnd, takes(22*time.Second)))
		time.Sleep(time.Second)
		began := time.Now()
		time.Sleep(20 * time.Second)
		l.terminate()
		require.ErrorIs(t, wait(), errBoom)
		requireCut(t, r.Finish(t.Context()), "db")
		require.Equal(t, 27*time.Second, spent(began))
	})

	inBubble(t, "begins anew with Finish, once nobody has killed the program", func(t *testing.T) {
		for wait, want := range map[time.Duration]time.Duration{
			20 * time.Second: 7 * time.Second, 29 * time.Second: 0, 31 * time.Second: 27 * time.Second,
		} {
			r := withinPeriod(t, 30*time.Second)
			require.NoError(t, r.Run(t.Context(), runner.NewResource("db", nil, stuck(t))))
			failed(t, r)
			time.Sleep(wait)
			requireLasts(t, want, func() error { return r.Finish(t.Context()) })
		}
	})

	inBubble(t, "is that of the signal, however long the program takes to call Finish", func(t *testing.T) {
		l := newFakeListener()
		r := withinPeriod(t, 30*time.Second, l.option())
		require.NoError(t, r.Start(t.Context(), runner.NewServer("api", untilEnd, stuck(t))))
		synctest.Wait()
		l.terminate()
		time.Sleep(time.Hour)
		requireLasts(t, 0, func() error { return r.Finish(t.Context()) })
	})

	inBubble(t, "is taken back by a new Run, also when it is over", func(t *testing.T) {
		for _, others := range [][]runner.Service{nil, {runner.NewServer("one", untilEnd, stuck(t))}} {
			r := withinPeriod(t, 30*time.Second)
			require.ErrorIs(t, r.Run(t.Context(), append(others, slowServer("bad", errBoom))...), errBoom)
			ctx, cancel := context.WithCancel(t.Context())
			again := async(func() error { return r.Run(ctx, runner.NewServer("again", untilEnd, stuck(t))) })
			time.Sleep(time.Second) // the platform has not killed the program yet
			cancel()
			requireLasts(t, 27*time.Second, again)
		}
	})

	inBubble(t, "is not taken back by a new Run that starts nothing", func(t *testing.T) {
		r := withinPeriod(t, 30*time.Second)
		require.NoError(t, r.Run(t.Context(), runner.NewResource("db", nil, stuck(t))))
		failed(t, r)
		time.Sleep(20 * time.Second)
		ended, cancel := context.WithCancel(t.Context())
		cancel()
		require.ErrorIs(t, r.Run(ended, runner.NewServer("two", untilEnd, nil)), context.Canceled)
		requireLasts(t, 7*time.Second, func() error { return r.Finish(t.Context()) })
	})
}
