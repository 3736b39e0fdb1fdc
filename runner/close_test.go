package runner_test

import (
	"context"
	"fmt"
	"runtime"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/runner"
)

// closing runs servers, ends the Run after a second, and returns what it did.
func closing(t *testing.T, r *runner.Runner, servers ...runner.Service) (lasted time.Duration, err error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	began := time.Now()
	err = r.Run(ctx, servers...)
	require.ErrorIs(t, err, context.DeadlineExceeded)
	return time.Since(began) - time.Second, err
}

// stopEvents are the events of the journal that tell of stops.
func stopEvents(j *journal) []string {
	return without(j.all(), "before start api", "after start api", "before start web", "after start web")
}

// lasting is a Server whose Close lasts so long, and then its Listen.
func lasting(name string, closing, listening time.Duration) runner.Server {
	return runner.NewServer(name, func(ctx context.Context) error { <-ctx.Done(); return takes(listening)(ctx) }, takes(closing))
}

func TestCloseTogether(t *testing.T) {
	inBubble(t, "closes any number at the same time", func(t *testing.T) {
		servers := make([]runner.Service, 100)
		for i := range servers {
			servers[i] = lasting(fmt.Sprint("server ", i), time.Duration(i)*100*time.Millisecond, time.Duration(100-i)*100*time.Millisecond)
		}
		lasted, err := closing(t, newRunner(), servers...)
		require.Equal(t, context.DeadlineExceeded, err)
		require.Equal(t, 10*time.Second, lasted)
	})

	inBubble(t, "tells of each when it is closed, not when all are", func(t *testing.T) {
		var j journal
		r := newRunner(runner.WithObserver(witness{&j}))
		web := runner.NewServer("web", waits, j.notes("close web", takes(10*time.Second), j.notes("web closed")))
		_, err := closing(t, r, lasting("api", 0, time.Second), web)
		require.Equal(t, context.DeadlineExceeded, err)
		require.Equal(t, []string{"after stop api", "web closed", "after stop web"}, stopEvents(&j)[3:])
	})

	inBubble(t, "gives each Listen its own time", func(t *testing.T) {
		r := newRunner()
		stuckListen := runner.With(runner.NewServer("api", stuck(t), nil), runner.StopTimeout(time.Second))
		lasted, err := closing(t, r, stuckListen, lasting("web", 10*time.Second, 0))
		require.Equal(t, 10*time.Second, lasted)
		require.ErrorContains(t, err, `listen "api": timed out after 1s, abandoned after 1.15s`)
	})

	inBubble(t, "gives each Close its own time", func(t *testing.T) {
		r := newRunner(runner.WithStopTimeout(2 * time.Second))
		stuckClose := runner.With(runner.NewServer("api", waits, stuck(t)), runner.StopTimeout(time.Second))
		lasted, err := closing(t, r, stuckClose, lasting("web", time.Second, 500*time.Millisecond), runner.NewServer("mq", waits, stuck(t)))
		require.Equal(t, 2*time.Second+grace, lasted)
		require.ErrorContains(t, err, `close "api": timed out after 1s, abandoned after 1.15s`)
		require.ErrorContains(t, err, `close "mq": timed out after 2s, abandoned after 2.15s`)
		require.NotContains(t, err.Error(), "web")
	})

	inBubble(t, "waits for a Listen without a stop timeout as long as it takes", func(t *testing.T) {
		lasted, err := closing(t, newRunner(runner.WithStopTimeout(0)), lasting("api", 0, time.Hour))
		require.Equal(t, context.DeadlineExceeded, err)
		require.Equal(t, time.Hour, lasted)
	})

	inBubble(t, "goes on after runtime.Goexit in a Close and in Observers", func(t *testing.T) {
		var j journal
		r := newRunner(runner.WithObserver(&told{beforeStop: runtime.Goexit, afterStop: runtime.Goexit}), runner.WithObserver(witness{&j}))
		_, err := closing(t, r, runner.NewServer("api", untilEnd, exits), runner.NewServer("web", untilEnd, exits))
		require.ErrorContains(t, err, `close "api": panic: runtime.Goexit was called`)
		require.ErrorContains(t, err, `close "web": panic: runtime.Goexit was called`)
		require.Len(t, stopEvents(&j), 4)
		finish(t, r)
	})
}

func TestCloseThatStopHasBegun(t *testing.T) {
	inBubble(t, "is waited for by Run, and not repeated", func(t *testing.T) {
		var j journal
		l := newFakeListener()
		r := newRunner(l.option())
		api := runner.NewServer("api", untilEnd, j.notes("close api", takes(10*time.Second), j.notes("api closed")))
		run := running(t, r, api)
		stop := async(func() error { return r.Stop(t.Context(), api) })
		synctest.Wait()
		l.terminate()
		require.NoError(t, run())
		j.note("run returned")
		require.NoError(t, stop())
		require.Equal(t, []string{"close api", "api closed", "run returned"}, j.all())
		finish(t, r)
	})

	inBubble(t, "is waited for by Run until it is abandoned", func(t *testing.T) {
		l := newFakeListener()
		r := newRunner(l.option())
		api := runner.NewServer("api", untilEnd, stuck(t))
		run := running(t, r, api)
		stop := async(func() error { return r.Stop(t.Context(), api) })
		synctest.Wait()
		began := time.Now()
		l.terminate()
		require.NoError(t, run())
		require.Equal(t, 15*time.Second+grace, time.Since(began))
		require.ErrorIs(t, stop(), runner.ErrStopTimeout)
		finish(t, r)
	})
}

func TestCloseFailures(t *testing.T) {
	inBubble(t, "joins the errors of Close and Listen", func(t *testing.T) {
		_, err := closing(t, newRunner(), runner.NewServer("api", func(ctx context.Context) error {
			<-ctx.Done()
			time.Sleep(time.Second)
			return errOther
		}, fails(errBoom)))
		require.EqualError(t, err, "context deadline exceeded\nclose \"api\": boom\nlisten \"api\": other")
	})

	inBubble(t, "keeps an instance whose Listen still runs from being started", func(t *testing.T) {
		r := newRunner(runner.WithStopTimeout(time.Second))
		release := make(chan struct{})
		api := runner.NewServer("api", until(release), nil)
		_, err := closing(t, r, api)
		require.True(t, requireTimeout(t, err).Abandoned)
		require.ErrorIs(t, r.Run(t.Context(), api), runner.ErrStillRunning)
		close(release)
		synctest.Wait()
		require.NoError(t, r.Start(t.Context(), api))
		finish(t, r)
	})

	inBubble(t, "waits for a Listen though Close tells of another abandonment", func(t *testing.T) {
		inner, r := newRunner(), newRunner()
		require.NoError(t, inner.Run(t.Context(), runner.NewResource("inner", nil, stuck(t))))
		lasted, err := closing(t, r, runner.NewServer("api", func(ctx context.Context) error {
			<-ctx.Done()
			return takes(time.Second)(ctx)
		}, func(context.Context) error {
			ctx, cancel := context.WithTimeout(context.Background(), time.Second)
			defer cancel()
			return inner.Finish(ctx)
		}))
		require.Equal(t, 2*time.Second+grace, lasted)
		require.ErrorContains(t, err, `close "api": stop "inner": `)
		require.NotContains(t, err.Error(), "listen")
	})
}
