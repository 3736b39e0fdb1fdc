package runner_test

import (
	"context"
	"errors"
	"io"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/internal/retryevents"
	"github.com/go-fxservices/services/runner"
)

// spots are the places of a program from where it shuts its Runner down: calls of its services, and events of Observers. The
// first come before anything has ended the program, the others after.
var spots = struct{ before, after []string }{
	before: []string{
		"Name", "Listener", "Load", "Start", "IsReady", "Failed", "Listen", "Run",
		"ServicesQueued", "BeforeLoad", "AfterLoad", "BeforeStart", "AfterStart", "BeforeReady", "BeforeRetry",
		"StateChanged to starting", "StateChanged to ready",
	},
	after: []string{
		"Close", "Stop", "JobDone", "BeforeStop", "AfterStop", "SignalReceived", "StateChanged to draining", "StateChanged to stopping",
	},
}

// spotted is a program that calls act once, in one spot.
type spotted struct {
	acting
	journal journal
	signals buffered
	runner  *runner.Runner
}

func (s *spotted) JobDone(context.Context, runner.Job, error) { s.told("JobDone") }

// in returns a call that is a spot, and then does what it has to.
func (s *spotted) in(spot string, then ...call) call {
	note := s.journal.notes(spot, then...)
	return func(ctx context.Context) error {
		s.told(spot)
		return note(ctx)
	}
}

// namedIn is a service whose Name is a spot.
type namedIn struct {
	runner.Resource
	told func(string)
}

func (n *namedIn) Name() string           { n.told("Name"); return "db" }
func (n *namedIn) Unwrap() runner.Service { return n.Resource }

func newSpotted(spot string) *spotted {
	s := &spotted{acting: acting{event: spot}, signals: make(buffered, 1)}
	s.runner = newRunner(runner.WithObserver(s), runner.WithDrainDelay(time.Second), runner.WithListenerBuilder(func() runner.Listener {
		s.told("Listener")
		return s.signals
	}))
	return s
}

// play runs the program until its end: by the Shutdown, or by a signal after 10 s.
func (s *spotted) play(t *testing.T) (errs []error) {
	t.Helper()
	db := &namedIn{runner.NewResource("db", s.in("Start", func(ctx context.Context) error {
		retryevents.From(ctx).BeforeRetry(ctx, nil, 1)
		return nil
	}), s.in("Stop")), s.told}
	lease := &reporting{checked(loading(db, s.in("Load")), s.in("IsReady")), func() <-chan error { s.told("Failed"); return nil }}
	api, work := runner.NewServer("api", s.in("Listen", untilEnd), s.in("Close")), runner.NewJob("import", s.in("Run", untilEnd))
	time.AfterFunc(10*time.Second, func() { s.signals <- sigterm })
	errs = append(errs, returnsIn(t, time.Minute, func() error { return s.runner.Run(t.Context(), lease) }))
	errs = append(errs, returnsIn(t, time.Minute, func() error { return s.runner.Run(t.Context(), api, work) }))
	errs = append(errs, returnsIn(t, time.Minute, func() error { return s.runner.Finish(t.Context()) }))
	return errs
}

func TestShutdownFromAnywhere(t *testing.T) {
	shutDown := func(t *testing.T, spot string) (s *spotted, err error) {
		t.Helper()
		s = newSpotted(spot)
		s.act = func() {
			s.runner.Shutdown(errBoom)
			s.runner.Ready()
			s.runner.State()
			s.runner.Services()
			_ = s.runner.Dump(io.Discard)
		}
		err = errors.Join(s.play(t)...)
		require.True(t, s.acted.Load(), "the program has not come to that spot")
		require.Empty(t, names(s.runner))
		require.Equal(t, runner.StateStopped, s.runner.State())
		all := s.journal.all()
		require.Equal(t, slices.Contains(all, "Start"), slices.Contains(all, "Stop"), all)
		require.Equal(t, slices.Contains(all, "Listen"), slices.Contains(all, "Close"), all)
		return s, err
	}

	for _, spot := range spots.before {
		guarded(t, "ends the program with the cause: from "+spot, func(t *testing.T) {
			began := time.Now()
			_, err := shutDown(t, spot)
			require.ErrorIs(t, err, errBoom)
			require.Less(t, time.Since(began), 10*time.Second, "the signal has ended it")
		})
	}

	for _, spot := range spots.after {
		guarded(t, "changes nothing once the end has come: from "+spot, func(t *testing.T) {
			_, err := shutDown(t, spot)
			require.NoError(t, err)
		})
	}

	guarded(t, "is for the next Run: from StateChanged to stopped", func(t *testing.T) {
		s, err := shutDown(t, "StateChanged to stopped")
		require.NoError(t, err)
		require.ErrorIs(t, s.runner.Run(t.Context(), runner.NewServer("api", untilEnd, nil)), errBoom)
		finish(t, s.runner)
	})
}

func TestShutdownBeforeARun(t *testing.T) {
	inBubble(t, "of Servers or Jobs ends it before anything is called", func(t *testing.T) {
		var j journal
		r := newRunnerFor(t)
		r.Shutdown(nil)
		require.NoError(t, r.Run(t.Context(), j.server("api"), j.job("import")))
		require.NoError(t, r.Wait(t.Context()))
		require.Empty(t, j.all())
	})

	inBubble(t, "does not survive a Finish, which is the end that it has asked for", func(t *testing.T) {
		var j journal
		r := newRunnerFor(t)
		r.Shutdown(errBoom)
		finish(t, r)
		require.NoError(t, r.Run(t.Context(), j.resource("db")))
		require.Equal(t, []string{"db"}, names(r))
		finish(t, r)
		r.Shutdown(errBoom)
		finish(t, r)
		require.NoError(t, r.Run(t.Context(), j.resource("db")))
	})

	inBubble(t, "after Finish ends the Run that comes next", func(t *testing.T) {
		var j journal
		r := newRunnerFor(t)
		require.NoError(t, r.Run(t.Context(), j.resource("db")))
		finish(t, r)
		r.Shutdown(errBoom)
		require.ErrorIs(t, r.Run(t.Context(), j.resource("db")), errBoom)
	})
}

func TestShutdownDuringADrain(t *testing.T) {
	inBubble(t, "changes nothing, and does not cut the drain short", func(t *testing.T) {
		var j journal
		l := newFakeListener()
		r := newRunnerFor(t, l.option(), runner.WithDrainDelay(time.Minute))
		wait := running(t, r, j.server("api"))
		l.terminate()
		synctest.Wait()
		require.Equal(t, runner.StateDraining, r.State())
		began := time.Now()
		r.Shutdown(errBoom)
		require.NoError(t, wait())
		require.Equal(t, time.Minute, time.Since(began))
	})

	inBubble(t, "that it has begun itself is for its own cause", func(t *testing.T) {
		var j journal
		r := newRunnerFor(t, runner.WithDrainDelay(time.Minute))
		wait := running(t, r, j.server("api"))
		began := time.Now()
		r.Shutdown(errBoom)
		synctest.Wait()
		r.Shutdown(errOther)
		err := wait()
		require.ErrorIs(t, err, errBoom)
		require.NotErrorIs(t, err, errOther)
		require.Equal(t, time.Minute, time.Since(began))
	})
}

func TestShutdownBesideTheFirstRun(t *testing.T) {
	for range 300 {
		r := newRunner()
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		var started atomic.Bool
		var all sync.WaitGroup
		for range 3 {
			all.Go(func() {
				for !started.Load() {
				}
				r.Shutdown(errBoom)
			})
		}
		started.Store(true)
		require.ErrorIs(t, r.Run(ctx, runner.NewServer("api", untilEnd, nil)), errBoom)
		all.Wait()
		finish(t, r)
		require.NoError(t, r.Run(ctx, runner.NewResource("db", nil, nil)), "it is not for a later Run too")
		finish(t, r)
		cancel()
	}
}

func TestReadyFromAnywhere(t *testing.T) {
	for _, spot := range slices.Concat(spots.before, spots.after) {
		guarded(t, "returns at once: from "+spot, func(t *testing.T) {
			s := newSpotted(spot)
			began := time.Now()
			wrong := false
			s.act = func() {
				ready := s.runner.Ready()
				wrong = s.runner.State() == runner.StateReady && isOpen(ready)
			}
			_ = s.play(t)
			require.True(t, s.acted.Load())
			require.False(t, wrong, "it is ready, and Ready is open")
			require.Equal(t, 11*time.Second, time.Since(began), "it has ended by the signal, after the drain")
		})
	}
}
