package runner_test

import (
	"context"
	"os"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/runner"
)

// station delivers each signal to every Listener that it has built and that was not
// stopped, as package signal does.
type station struct {
	building time.Duration // how long it takes to build one
	waiting  []os.Signal   // in the channel of each when it is built

	mu    sync.Mutex
	built []*tuned
}

// tuned is a Listener of a station.
type tuned struct {
	station *station
	signals chan os.Signal
	stops   int
}

func (l *tuned) Receive() <-chan os.Signal { return l.signals }

func (l *tuned) Stop() {
	l.station.mu.Lock()
	defer l.station.mu.Unlock()
	l.stops++
}

func (s *station) build() runner.Listener {
	if s.building > 0 { // in a bubble
		time.Sleep(s.building)
	}
	l := &tuned{station: s, signals: make(chan os.Signal, 3)}
	for _, sig := range s.waiting {
		l.signals <- sig
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.built = append(s.built, l)
	return l
}

func (s *station) send(sig os.Signal) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, l := range s.built {
		if l.stops == 0 {
			l.signals <- sig
		}
	}
}

func (s *station) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.built)
}

// requireBuilt requires that so many were built, and each was stopped once.
func (s *station) requireBuilt(t *testing.T, count int) {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	require.Len(t, s.built, count)
	for _, l := range s.built {
		require.Equal(t, 1, l.stops)
	}
}

// signals counts how often Observers have heard of a signal.
func (j *journal) signals() (count int) {
	for _, line := range j.all() {
		if strings.HasPrefix(line, "signal ") {
			count++
		}
	}
	return count
}

// firstCalls are what begins the life of a Runner, in several ways at once.
func firstCalls(ctx context.Context, j *journal, r *runner.Runner) []func() error {
	return []func() error{
		func() error { return r.Run(ctx, j.resource("a")) },
		func() error { return r.Start(ctx, runner.NewServer("b", waits, nil)) },
		func() error { return r.Run(ctx, runner.With(j.resource("c")), runner.NewServer("d", waits, nil)) },
		func() error { return r.Start(ctx) },
		func() error { return r.Run(ctx, after(j.resource("e"), j.resource("nobody"))) }, // is refused
	}
}

func TestFirstRunsAtOnce(t *testing.T) {
	inBubble(t, "build one Listener, in each life of the Runner", func(t *testing.T) {
		var j journal
		s := &station{building: time.Second}
		r := newRunnerFor(t, runner.WithListenerBuilder(s.build), runner.WithObserver(witness{&j}))
		for life := range 3 {
			var calls []func() error
			for _, call := range firstCalls(t.Context(), &j, r) {
				calls = append(calls, async(call))
			}
			time.Sleep(10 * time.Second)
			require.Equal(t, life+1, s.count())
			finish(t, r)
			for _, wait := range calls[:4] {
				require.NoError(t, wait())
			}
			s.requireBuilt(t, life+1)
		}
	})

	inBubble(t, "hear of a signal once", func(t *testing.T) {
		var j journal
		s := &station{building: time.Second}
		r := newRunnerFor(t, runner.WithListenerBuilder(s.build), runner.WithObserver(witness{&j}))
		var calls []func() error
		for _, call := range firstCalls(t.Context(), &j, r) {
			calls = append(calls, async(call))
		}
		time.Sleep(10 * time.Second)
		s.send(sigterm)
		for _, wait := range calls[:4] {
			require.NoError(t, wait())
		}
		finish(t, r)
		require.Equal(t, 1, j.signals())
		s.requireBuilt(t, 1)
	})

	inBubble(t, "hear once of a signal that comes while they build", func(t *testing.T) {
		var j journal
		s := &station{building: time.Second, waiting: []os.Signal{sigterm}}
		r := newRunnerFor(t, runner.WithListenerBuilder(s.build), runner.WithObserver(witness{&j}))
		var calls []func() error
		for _, call := range firstCalls(t.Context(), &j, r) {
			calls = append(calls, async(call))
		}
		for _, wait := range calls {
			_ = wait()
		}
		finish(t, r)
		require.Equal(t, 1, j.signals(), j.all())
		s.requireBuilt(t, 1)
	})

	inBubble(t, "take a second signal for the second", func(t *testing.T) {
		var j journal
		s := &station{building: time.Second}
		r := newRunnerFor(t, runner.WithListenerBuilder(s.build), runner.WithObserver(witness{&j}))
		closes := func(ctx context.Context) error { j.note("closes"); return waits(ctx) }
		one := async(func() error { return r.Run(t.Context(), runner.NewServer("one", waits, closes)) })
		two := async(func() error { return r.Run(t.Context(), runner.NewServer("two", waits, closes)) })
		time.Sleep(10 * time.Second)
		s.send(sigterm)
		synctest.Wait()
		require.Equal(t, 1, j.signals())
		require.Contains(t, j.all(), "closes", "the first is graceful")
		s.send(sigterm)
		requireSignalError(t, one(), sigterm)
		requireSignalError(t, two(), sigterm)
		_ = r.Finish(t.Context())
		require.Equal(t, 2, j.signals())
		s.requireBuilt(t, 1)
	})

	inBubble(t, "build none, or one, beside Finish", func(t *testing.T) {
		s := &station{building: time.Second}
		r := newRunnerFor(t, runner.WithListenerBuilder(s.build))
		one := async(func() error { return r.Start(t.Context(), runner.NewServer("one", waits, nil)) })
		two := async(func() error { return r.Start(t.Context(), runner.NewServer("two", waits, nil)) })
		synctest.Wait()
		other := async(func() error { return r.Finish(t.Context()) })
		synctest.Wait()
		_, _, _ = one(), two(), other()
		finish(t, r)
		require.LessOrEqual(t, s.count(), 1)
		s.requireBuilt(t, s.count())
	})

	onProcessors(t, "build one by chance", func(t *testing.T) {
		for range 200 {
			var j journal
			s := &station{waiting: []os.Signal{sigterm}}
			r := runner.NewRunner(runner.WithListenerBuilder(s.build), runner.WithObserver(witness{&j}))
			var all sync.WaitGroup
			for range 8 {
				all.Go(func() { _ = r.Start(t.Context(), runner.NewResource("db", nil, nil)) })
			}
			all.Wait()
			require.NoError(t, r.Finish(t.Context()))
			require.Equal(t, 1, j.signals())
			s.requireBuilt(t, 1)
		}
	})
}
