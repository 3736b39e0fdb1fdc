package runner_test

import (
	"context"
	"runtime"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/runner"
)

// crash is a way for code to end other than to return.
type crash struct {
	name string
	do   call
	text string
}

var crashes = []crash{
	{"a panic", panics("kaboom"), "panic: kaboom"},
	{"a panic of an error", panics(errBoom), "panic: boom"},
	{"a panic of nil", panics(nil), "panic: panic called with nil argument"},
	{"runtime.Goexit", exits, "panic: runtime.Goexit was called"},
}

func exits(context.Context) error {
	runtime.Goexit()
	return nil
}

// forEachCrash runs a test in a bubble for each crash. The services of the test
// are a database that is up, and the one that crashes.
func forEachCrash(t *testing.T, test func(*testing.T, crash, *journal, *runner.Runner)) {
	t.Helper()
	for _, c := range crashes {
		inBubble(t, c.name, func(t *testing.T) {
			var j journal
			r := newRunner(runner.WithContinueOnStopError(), runner.WithObserver(witness{&j}))
			test(t, c, &j, r)
			require.Empty(t, names(r))
		})
	}
}

// requirePanic requires that a step of the service "bad" ended with the crash.
func requirePanic(t *testing.T, err error, op runner.Op, c crash) {
	t.Helper()
	var panicked *runner.PanicError
	require.ErrorAs(t, err, &panicked)
	requireServiceError(t, err, op, "bad", panicked)
	require.Contains(t, panicked.Error(), c.text)
	require.Contains(t, string(panicked.Stack), "runner")
}

// without returns lines but for those that are given.
func without(lines []string, given ...string) []string {
	return slices.DeleteFunc(lines, func(line string) bool { return slices.Contains(given, line) })
}

func TestPanicInLoad(t *testing.T) {
	forEachCrash(t, func(t *testing.T, c crash, j *journal, r *runner.Runner) {
		err := r.Run(t.Context(), j.resource("db"), loading(j.resource("bad"), c.do), j.resource("cache"))
		requirePanic(t, err, runner.OpLoad, c)
		require.Equal(t, []string{
			"before start db", "start db", "after start db",
			"before load", "after load: " + err.Error(),
			"before stop db", "stop db", "after stop db",
		}, j.all())
	})
}

func TestPanicInStart(t *testing.T) {
	forEachCrash(t, func(t *testing.T, c crash, j *journal, r *runner.Runner) {
		err := r.Run(t.Context(), j.resource("db"), j.resource("bad", c.do), j.resource("cache"))
		requirePanic(t, err, runner.OpStart, c)
		require.Equal(t, []string{
			"before start db", "start db", "after start db",
			"before start bad", "start bad", "after start bad: " + err.Error(),
			"before stop db", "stop db", "after stop db",
		}, j.all())
	})
}

func TestPanicInIsReady(t *testing.T) {
	forEachCrash(t, func(t *testing.T, c crash, j *journal, r *runner.Runner) {
		err := r.Run(t.Context(), checked(j.resource("bad"), j.notes("ready?", c.do)))
		requirePanic(t, err, runner.OpReady, c)
		require.Equal(t, []string{
			"before start bad", "start bad", "ready?", "after start bad: " + err.Error(),
			"before stop bad", "stop bad", "after stop bad",
		}, j.all(), "a panic is a failure at once, and what had started is stopped")
	})
}

func TestPanicInListen(t *testing.T) {
	forEachCrash(t, func(t *testing.T, c crash, j *journal, r *runner.Runner) {
		bad := runner.NewServer("bad", func(ctx context.Context) error { time.Sleep(time.Second); return c.do(ctx) }, j.notes("close bad"))
		err := r.Run(t.Context(), j.resource("db"), bad, j.server("api"))
		requirePanic(t, err, runner.OpListen, c)
		require.Equal(t, []string{"db"}, names(r))
		finish(t, r)
		require.Len(t, without(j.all(), "close bad", "close api"), len(j.all())-2, "each is closed once")
	})
}

func TestPanicInListenWhenClosed(t *testing.T) {
	forEachCrash(t, func(t *testing.T, c crash, _ *journal, r *runner.Runner) {
		require.NoError(t, r.Start(t.Context(), runner.NewServer("bad", func(ctx context.Context) error {
			<-ctx.Done()
			return c.do(ctx)
		}, nil)))
		requirePanic(t, r.Finish(t.Context()), runner.OpListen, c)
	})

	inBubble(t, "a panic is not the word for closed", func(t *testing.T) {
		r := newRunner()
		require.NoError(t, r.Start(t.Context(), runner.NewServer("bad", func(ctx context.Context) error {
			panic(waits(ctx))
		}, nil)))
		requireServiceError(t, r.Finish(t.Context()), runner.OpListen, "bad", context.Canceled)
	})
}

func TestPanicInClose(t *testing.T) {
	forEachCrash(t, func(t *testing.T, c crash, j *journal, r *runner.Runner) {
		bad := runner.NewServer("bad", j.notes("listen bad", untilEnd, j.notes("bad returns")), j.notes("close bad", c.do))
		require.NoError(t, r.Run(t.Context(), j.resource("db")))
		require.NoError(t, r.Start(t.Context(), bad))
		synctest.Wait()
		synctest.Wait() // until it listens
		err := r.Finish(t.Context())
		requirePanic(t, err, runner.OpClose, c)
		require.Equal(t, []string{
			"listen bad", "before stop bad", "close bad", "bad returns", "after stop bad: " + err.Error(),
			"before stop db", "stop db", "after stop db",
		}, without(j.all(), "before start db", "start db", "after start db", "before start bad", "after start bad"))
	})
}

func TestPanicInStop(t *testing.T) {
	forEachCrash(t, func(t *testing.T, c crash, j *journal, r *runner.Runner) {
		require.NoError(t, r.Run(t.Context(), j.resource("db"), j.stopping("bad", c.do)))
		before := len(j.all())
		err := r.Finish(t.Context())
		requirePanic(t, err, runner.OpStop, c)
		require.Equal(t, []string{
			"before stop bad", "stop bad", "after stop bad: " + err.Error(),
			"before stop db", "stop db", "after stop db",
		}, j.all()[before:])
	})
}

func TestPanicAfterAbandonment(t *testing.T) {
	forEachCrash(t, func(t *testing.T, c crash, j *journal, r *runner.Runner) {
		release := make(chan struct{})
		require.NoError(t, r.Run(t.Context(), j.stopping("bad", until(release), c.do)))
		require.ErrorIs(t, r.Finish(t.Context()), runner.ErrStopTimeout)
		close(release)
		synctest.Wait()
	})
}

func TestPanicErrorOfAnError(t *testing.T) {
	r := newRunner()
	err := r.Run(t.Context(), runner.NewResource("db", panics(errBoom), nil))
	require.ErrorIs(t, err, errBoom)
	require.EqualError(t, err, `start "db": panic: boom`)
}
