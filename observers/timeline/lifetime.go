package timeline

import (
	"context"
	"os"
	"slices"
	"time"

	"github.com/go-fxservices/services/runner"
)

// StateChanged implements [runner.StateObserver].
func (t *Timeline) StateChanged(_ context.Context, state runner.State) {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.now()
	switch state {
	case runner.StateStarting:
		t.beginLifetime(now)
		t.cancelShutdown()
	case runner.StateReady:
		if !t.serving {
			t.app.Started, t.app.Ready = firstOf(t.lastStarted, now), now
			t.serving = slices.ContainsFunc(t.entries, (*entry).isServing)
		}
		t.cancelShutdown()
	case runner.StateDraining, runner.StateStopping:
		t.beginShutdown(now)
	case runner.StateStopped:
		t.app.Stopped = now
	}
}

// SignalReceived implements [runner.Observer].
func (t *Timeline) SignalReceived(os.Signal) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.app.Stopped.IsZero() {
		t.signaled = true
		t.beginShutdown(t.now())
	}
}

func (t *Timeline) beginShutdown(now time.Time) {
	t.app.ShutdownBegan = firstOf(t.app.ShutdownBegan, now)
}

// cancelShutdown forgets that a shutdown began, unless by a signal: the Runner has
// rolled back a start, or one of several Runs has ended while others continue.
func (t *Timeline) cancelShutdown() {
	if !t.signaled {
		t.app.ShutdownBegan = time.Time{}
	}
}

// beginLifetime forgets an earlier lifetime of the Runner, once it has ended.
func (t *Timeline) beginLifetime(now time.Time) {
	if t.app.Stopped.IsZero() {
		return
	}
	t.app = Snapshot{Began: now}
	t.lastStarted, t.signaled, t.serving = time.Time{}, false, false
	t.unqueued = &batch{}
	t.entries = slices.DeleteFunc(t.entries, func(e *entry) bool {
		past := e.isDone() || e.StartBegan.IsZero()
		if past {
			t.forget(e)
		}
		return past
	})
}
