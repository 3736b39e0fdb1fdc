package runner_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/runner"
)

func TestConcurrentRuns(t *testing.T) {
	t.Run("of resources start all of them, and Finish stops all in reverse", func(t *testing.T) {
		var j journal
		r := newRunner()
		var all sync.WaitGroup
		for _, name := range strings.Split("abcdefghijklmnopqrstuvwxyz", "") {
			all.Go(func() {
				if err := r.Run(t.Context(), j.resource(name), j.resource(name+name)); err != nil {
					j.note("run: %v", err)
				}
			})
		}
		all.Wait()
		started := names(r)
		require.Len(t, started, 52)
		finish(t, r)
		slices.Reverse(started)
		require.Equal(t, "stop "+strings.Join(started, " stop "), strings.Join(j.all()[52:], " "))
	})

	inBubble(t, "of servers all end with Finish", func(t *testing.T) {
		r := newRunner()
		var waits [20]func() error
		for i := range waits {
			waits[i] = running(t, r, newStrict("server %d", i).server())
		}
		finish(t, r)
		for _, wait := range waits {
			require.NoError(t, wait())
		}
	})

	t.Run("of one instance start it once", func(t *testing.T) {
		s := newStrict("db")
		db := s.resource()
		r := newRunner()
		var mu sync.Mutex
		var refused []error
		stress(1, slices.Repeat([]func(){func() {
			if err := r.Run(t.Context(), db); err != nil {
				mu.Lock()
				defer mu.Unlock()
				refused = append(refused, err)
			}
		}}, 10)...)
		require.Len(t, refused, 9)
		for _, err := range refused {
			require.ErrorIs(t, err, runner.ErrAlreadyStarted)
		}
		finish(t, r)
		s.isDown(t)
		require.Equal(t, 1, s.starts)
	})
}

func TestConcurrentFinishes(t *testing.T) {
	t.Run("stop each service once", func(t *testing.T) {
		var j journal
		r := newRunner()
		require.NoError(t, r.Run(t.Context(), j.resource("db"), j.resource("cache")))
		stress(1, slices.Repeat([]func(){func() {
			if err := r.Finish(t.Context()); err != nil {
				j.note("finish: %v", err)
			}
		}}, 10)...)
		require.Equal(t, []string{"start db", "start cache", "stop cache", "stop db"}, j.all())
	})

	inBubble(t, "wait for a Stop", func(t *testing.T) {
		var j journal
		r := newRunner()
		db := j.stopping("db", takes(time.Second), j.notes("db stopped"))
		require.NoError(t, r.Run(t.Context(), j.resource("cache"), db))
		wait := async(func() error { return r.Stop(t.Context(), db) })
		synctest.Wait()
		finish(t, r)
		require.NoError(t, wait())
		require.Equal(t, []string{"stop db", "db stopped", "stop cache"}, j.all()[2:])
	})
}

// expected are the errors of calls that come at the same time as others.
var expected = []error{runner.ErrFinishing, runner.ErrAlreadyStarted, runner.ErrNotStarted, context.Canceled, context.DeadlineExceeded}

// tally notes errors that are none of those expected.
type tally struct{ journal }

func (y *tally) check(method string, err error) {
	if err != nil && !slices.ContainsFunc(expected, func(target error) bool { return errors.Is(err, target) }) {
		y.note("%s: %v", method, err)
	}
}

// TestStress calls all methods at once, of services that start and stop for real,
// and looks whether each of them was treated as promised.
func TestStress(t *testing.T) {
	const rounds = 200
	var y tally
	r := newRunner(runner.WithObserver(nobody{}))
	all := make([]*strict, 8)
	services := make([]runner.Service, len(all))
	for i := range all {
		all[i] = newStrict("service %d", i)
		services[i] = all[i].resource()
		if i%3 == 2 {
			services[i] = all[i].server()
		}
	}
	briefly := func(do func(context.Context)) func() {
		return func() {
			ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
			defer cancel()
			do(ctx)
		}
	}
	stress(rounds,
		briefly(func(ctx context.Context) { y.check("run", r.Run(ctx, services[0], services[1])) }),
		briefly(func(ctx context.Context) { y.check("run", r.Run(ctx, services[1], services[2])) }),
		briefly(func(ctx context.Context) { y.check("start", r.Start(ctx, services[3:6]...)) }),
		briefly(func(ctx context.Context) { y.check("start", r.Start(ctx, services[4:8]...)) }),
		briefly(func(ctx context.Context) { y.check("wait", r.Wait(ctx)) }),
		func() { y.check("stop", r.Stop(t.Context(), services[3], services[5])) },
		func() { y.check("stop", r.Stop(t.Context(), services[0])) },
		func() { y.check("finish", r.Finish(t.Context())) },
		func() { _, _ = r.Services(), r.State() },
	)
	y.check("finish", r.Finish(t.Context()))
	require.Empty(t, y.all())
	require.Empty(t, r.Services())
	for _, s := range all {
		s.isDown(t)
	}
}

// TestStressOfSignals ends a program at a different moment of its life each time.
func TestStressOfSignals(t *testing.T) {
	for delay := range 20 {
		synctest.Test(t, func(t *testing.T) {
			db, api, cache := newStrict("db"), newStrict("api"), newStrict("cache")
			l := newFakeListener()
			r := newRunner(l.option())
			slowly := runner.NewResource("slowly", takes(5*time.Millisecond), takes(5*time.Millisecond))
			time.AfterFunc(time.Duration(delay)*time.Millisecond, func() { l.signals <- syscall.SIGTERM })
			err := r.Run(t.Context(), db.resource(), slowly, api.server(), loading(cache.resource(), takes(5*time.Millisecond)))
			if err != nil {
				requireSignalError(t, err, sigterm)
			}
			finish(t, r)
			for _, s := range []*strict{db, api, cache} {
				s.isDown(t)
			}
		})
	}
}
