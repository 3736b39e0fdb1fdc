package runner_test

import (
	"context"
	"errors"
	"os"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/runner"
)

// blocker is an Observer that blocks in every event that comes once it is armed.
type blocker struct {
	release chan struct{}
	armed   atomic.Bool
	calls   atomic.Int32
}

func newBlocker(t *testing.T) *blocker {
	t.Helper()
	b := &blocker{release: make(chan struct{})}
	t.Cleanup(func() { close(b.release) })
	return b
}

func (b *blocker) block() {
	if b.armed.Load() {
		b.calls.Add(1)
		<-b.release
	}
}

func (b *blocker) BeforeStart(context.Context, runner.Service)           { b.block() }
func (b *blocker) AfterStart(context.Context, runner.Service, error)     { b.block() }
func (b *blocker) BeforeStop(context.Context, runner.Service)            { b.block() }
func (b *blocker) AfterStop(context.Context, runner.Service, error)      { b.block() }
func (b *blocker) BeforeLoad(context.Context, runner.Configurable)       { b.block() }
func (b *blocker) AfterLoad(context.Context, runner.Configurable, error) { b.block() }
func (b *blocker) SignalReceived(os.Signal)                              { b.block() }
func (b *blocker) StateChanged(context.Context, runner.State)            { b.block() }

func TestGracePeriodWithObserversThatBlock(t *testing.T) {
	for name, services := range map[string]func(*journal, call) []runner.Service{
		"and services that do not": func(j *journal, _ call) []runner.Service {
			return []runner.Service{j.resource("a"), j.resource("b"), j.resource("c"), j.resource("d"), j.server("api"), j.server("web")}
		},
		"and services that do too": func(j *journal, stuck call) []runner.Service {
			return []runner.Service{
				j.stopping("a", stuck), j.stopping("b", stuck), j.stopping("c", stuck), j.stopping("d", stuck),
				runner.NewServer("api", untilEnd, j.notes("close api", stuck)), runner.NewServer("web", untilEnd, j.notes("close web", stuck)),
			}
		},
	} {
		inBubble(t, "is kept, "+name, func(t *testing.T) {
			var j journal
			l, one, two := newFakeListener(), newBlocker(t), newBlocker(t)
			r := withinPeriod(t, 10*time.Second, l.option(),
				runner.WithObserver(one), runner.WithObserver(witness{&j}), runner.WithObserver(two))
			wait := running(t, r, services(&j, stuck(t))...)
			one.armed.Store(true)
			two.armed.Store(true)
			began := time.Now()
			l.terminate()
			err := errors.Join(wait(), r.Finish(t.Context()))
			require.Less(t, time.Since(began), 10*time.Second)
			require.GreaterOrEqual(t, time.Since(began), 9*time.Second)
			var observer *runner.ObserverError
			require.ErrorAs(t, err, &observer)
			events := j.all()
			for _, name := range []string{"a", "b", "c", "d", "api", "web"} {
				require.Contains(t, events, "before stop "+name)
			}
		})
	}
}

func TestObserversOfACutShortStop(t *testing.T) {
	cutShort := func(t *testing.T, o runner.Observer) (j *journal, took time.Duration, err error) {
		t.Helper()
		j = &journal{}
		r := withinPeriod(t, 10*time.Second, runner.WithObserver(o), runner.WithObserver(witness{j}))
		require.NoError(t, r.Run(t.Context(), j.resource("a"), j.resource("b"), j.stopping("c", untilEnd)))
		if b, ok := o.(*blocker); ok {
			b.armed.Store(true)
		}
		began := time.Now()
		err = r.Finish(t.Context())
		return j, time.Since(began), err
	}
	stops := []string{"before stop c", "stop c", "after stop c", "before stop b", "stop b", "after stop b", "before stop a", "stop a", "after stop a"}

	inBubble(t, "that block are not asked again, and the others are", func(t *testing.T) {
		b := newBlocker(t)
		j, took, err := cutShort(t, b)
		require.Equal(t, stops, j.all()[9:])
		require.ErrorContains(t, err, "observer *runner_test.blocker: ")
		require.EqualValues(t, 2, b.calls.Load(), "for the state, and before the first stop, and then no more")
		require.Equal(t, 9*time.Second+125*time.Millisecond, took)
	})

	inBubble(t, "that were left behind are asked again once they have come back", func(t *testing.T) {
		var calls atomic.Int32
		slow := &told{beforeStop: func() { calls.Add(1); time.Sleep(6 * time.Second) }, afterStop: func() { calls.Add(1) }}
		j, _, err := cutShort(t, slow)
		require.Equal(t, stops, j.all()[9:])
		require.ErrorContains(t, err, "observer *runner_test.told: ")
		require.EqualValues(t, 3, calls.Load(), "before and after c, and before b, which it is still in")
		time.Sleep(10 * time.Second)
	})

	inBubble(t, "that panic are asked again", func(t *testing.T) {
		var calls int
		_, took, err := cutShort(t, &told{beforeStop: func() { calls++; panic("kaboom") }})
		require.Equal(t, 3, calls)
		require.ErrorContains(t, err, "panic: kaboom")
		require.Equal(t, 9*time.Second, took)
	})
}

func TestObserversOfTheLastState(t *testing.T) {
	inBubble(t, "have as much time as for others", func(t *testing.T) {
		slow := &slowStop{}
		r := newRunner(runner.WithObserver(slow))
		require.NoError(t, r.Run(t.Context(), runner.NewResource("db", nil, nil)))
		finish(t, r)
		require.True(t, slow.heard)
	})
}

// slowStop takes 4 s to hear that a Runner has stopped.
type slowStop struct {
	nobody
	heard bool
}

func (s *slowStop) StateChanged(_ context.Context, state runner.State) {
	if state == runner.StateStopped {
		time.Sleep(4 * time.Second)
		s.heard = true
	}
}
