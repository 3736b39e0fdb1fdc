package runner_test

import (
	"context"
	"os"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/runner"
)

// blind adds an Observer that never gets past a signal.
func blind(t *testing.T) runner.StarterOption {
	t.Helper()
	over := newHang(t)
	return runner.WithObserver(&told{signal: func() { <-over }})
}

func TestSignalWithAnObserverThatBlocks(t *testing.T) {
	const slack = grace + 50*time.Millisecond
	// started returns a Runner, and what signals it.
	started := func(t *testing.T, services []runner.Service, opts ...runner.StarterOption) (*runner.Runner, func(...os.Signal), func() error) {
		t.Helper()
		signals := newBuffered()
		r := newRunner(append(opts, runner.WithListenerBuilder(func() runner.Listener { return signals }))...)
		wait := running(t, r, services...)
		return r, func(sigs ...os.Signal) {
			for _, sig := range sigs {
				signals <- sig
			}
		}, wait
	}
	requireLeft := func(t *testing.T, errs ...error) {
		t.Helper()
		for _, err := range errs {
			if isObserverError(err) {
				return
			}
		}
		require.Fail(t, "no error names the Observer", "%v", errs)
	}

	for _, times := range []int{1, 2} {
		observers := func(t *testing.T) (opts []runner.StarterOption) {
			t.Helper()
			for range times {
				opts = append(opts, blind(t))
			}
			return opts
		}
		name := map[int]string{1: "", 2: ", and another one"}[times]

		guarded(t, "ends a Run that serves"+name, func(t *testing.T) {
			var j journal
			r, send, wait := started(t, []runner.Service{j.resource("db"), j.server("api")}, observers(t)...)
			began := time.Now()
			send(syscall.SIGTERM)
			run := returnsIn(t, time.Minute, wait)
			require.LessOrEqual(t, time.Since(began), slack)
			require.NotErrorIs(t, run, context.Canceled)
			finished := returnsIn(t, time.Minute, func() error { return r.Finish(t.Context()) })
			require.LessOrEqual(t, time.Since(began), 2*slack)
			requireLeft(t, run, finished)
			require.Equal(t, []string{"close api", "stop db"}, onlyOf(j.all(), "close api", "stop db"))
		})

		guarded(t, "ends a start"+name, func(t *testing.T) {
			r, send, wait := started(t, []runner.Service{runner.NewResource("db", waits, nil)}, observers(t)...)
			began := time.Now()
			send(syscall.SIGTERM)
			err := returnsIn(t, time.Minute, wait)
			require.LessOrEqual(t, time.Since(began), slack)
			requireSignalError(t, err, syscall.SIGTERM)
			requireLeft(t, err, returnsIn(t, time.Minute, func() error { return r.Finish(t.Context()) }))
		})

		guarded(t, "ends Wait"+name, func(t *testing.T) {
			r, send, wait := started(t, []runner.Service{runner.NewResource("db", nil, nil)}, observers(t)...)
			require.NoError(t, wait())
			began := time.Now()
			send(syscall.SIGTERM)
			require.NotErrorIs(t, returnsIn(t, time.Minute, func() error { return r.Wait(t.Context()) }), context.Canceled)
			require.LessOrEqual(t, time.Since(began), slack)
			_ = returnsIn(t, time.Minute, func() error { return r.Finish(t.Context()) })
		})

		guarded(t, "cuts a Close short when it is the second, that follows at once"+name, func(t *testing.T) {
			r, send, wait := started(t, []runner.Service{runner.NewServer("api", waits, waits)}, observers(t)...)
			began := time.Now()
			send(syscall.SIGTERM, os.Interrupt)
			requireSignalError(t, returnsIn(t, time.Minute, wait), os.Interrupt)
			require.LessOrEqual(t, time.Since(began), 2*slack)
			_ = returnsIn(t, time.Minute, func() error { return r.Finish(t.Context()) })
		})

		guarded(t, "cuts a Stop short when it is the second"+name, func(t *testing.T) {
			r, send, wait := started(t, []runner.Service{runner.NewResource("db", nil, waits)}, observers(t)...)
			require.NoError(t, wait())
			send(syscall.SIGTERM)
			time.AfterFunc(5*time.Second, func() { send(os.Interrupt) })
			began := time.Now()
			requireSignalError(t, returnsIn(t, time.Minute, func() error { return r.Finish(t.Context()) }), os.Interrupt)
			require.LessOrEqual(t, time.Since(began), 5*time.Second+2*slack)
		})

		guarded(t, "is told to the others"+name, func(t *testing.T) {
			var j journal
			r, send, wait := started(t, []runner.Service{runner.NewServer("api", untilEnd, takes(time.Second))},
				append(observers(t), runner.WithObserver(witness{&j}))...)
			send(syscall.SIGTERM)
			_ = returnsIn(t, time.Minute, wait)
			_ = returnsIn(t, time.Minute, func() error { return r.Finish(t.Context()) })
			require.Contains(t, j.all(), "signal terminated")
		})
	}
}
