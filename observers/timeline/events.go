package timeline

import (
	"context"
	"time"

	"github.com/go-fxservices/services/runner"
)

// BeforeLoad implements [runner.Observer].
func (t *Timeline) BeforeLoad(ctx context.Context, c runner.Configurable) {
	t.begin(ctx, c, (*entry).canLoad, func(e *entry, now time.Time) { e.LoadBegan = now })
}

// AfterLoad implements [runner.Observer].
func (t *Timeline) AfterLoad(_ context.Context, c runner.Configurable, err error) {
	t.change(c, (*entry).isLoading, func(e *entry, now time.Time) {
		if err != nil {
			e.fail(now, err)
			e.run.failed = true
			return
		}
		e.Loaded = now
	})
}

// BeforeStart implements [runner.Observer].
func (t *Timeline) BeforeStart(ctx context.Context, s runner.Service) {
	t.begin(ctx, s, (*entry).canStart, func(e *entry, now time.Time) { e.StartBegan, e.starting = now, true })
}

// BeforeReady implements [runner.ReadinessObserver].
func (t *Timeline) BeforeReady(_ context.Context, s runner.Service) {
	t.change(s, (*entry).isStarting, func(e *entry, now time.Time) { e.Started = now })
}

// AfterStart implements [runner.Observer].
func (t *Timeline) AfterStart(_ context.Context, s runner.Service, err error) {
	t.change(s, (*entry).isStarting, func(e *entry, now time.Time) {
		e.starting = false
		if err != nil {
			e.fail(now, err)
			e.run.failed = true
			return
		}
		e.Started, e.Ready = firstOf(e.Started, now), now
		t.lastStarted = now
		if !e.Stopped.IsZero() { // a Job that was done before that
			t.forget(e)
		}
	})
}

// BeforeRetry implements [runner.RetryObserver].
func (t *Timeline) BeforeRetry(_ context.Context, s runner.Service, attempt int) {
	t.change(s, (*entry).canFail, func(e *entry, _ time.Time) { e.Attempts = attempt })
}

// ServerFailed implements [runner.ServerFailedObserver].
func (t *Timeline) ServerFailed(_ context.Context, s runner.Server, err error) {
	t.change(s, (*entry).canFail, func(e *entry, now time.Time) { e.fail(now, err) })
}

// ServiceFailed implements [runner.ServiceFailedObserver].
func (t *Timeline) ServiceFailed(_ context.Context, s runner.Service, err error) {
	t.change(s, (*entry).canFail, func(e *entry, now time.Time) { e.fail(now, err) })
}

// JobDone implements [runner.JobObserver]. The end of a Job that is being stopped is
// that of the stop.
func (t *Timeline) JobDone(_ context.Context, j runner.Job, err error) {
	t.change(j, (*entry).canEnd, func(e *entry, now time.Time) {
		if err != nil {
			e.fail(now, err)
			return
		}
		if e.Stopped = now; !e.starting {
			t.forget(e)
		}
	})
}

// BeforeStop implements [runner.Observer].
func (t *Timeline) BeforeStop(_ context.Context, s runner.Service) {
	t.change(s, (*entry).canStop, func(e *entry, now time.Time) {
		e.StopBegan, e.stopping = firstOf(e.StopBegan, now), true
	})
}

// AfterStop implements [runner.Observer].
func (t *Timeline) AfterStop(_ context.Context, s runner.Service, err error) {
	t.change(s, (*entry).isStopping, func(e *entry, now time.Time) {
		e.Stopped, e.stopping = now, false
		if e.Failed.IsZero() {
			e.Err = err
		}
		if err == nil {
			t.forget(e)
		}
	})
}

// change applies an event to the entry that it is about, if there is one.
func (t *Timeline) change(subject any, accepts func(*entry) bool, change func(*entry, time.Time)) {
	key := keyOf(subject) // not under the lock: it calls user code
	t.mu.Lock()
	defer t.mu.Unlock()
	if e := t.find(key, accepts); e != nil {
		change(e, t.now())
	}
}

// begin is change for the first events of a service. A service without an entry gets
// one, unless the Runner announces its services: then makeRoom found no room for it.
func (t *Timeline) begin(ctx context.Context, subject any, accepts func(*entry) bool, change func(*entry, time.Time)) {
	key := keyOf(subject)
	name, kind := describe(ctx, 0, subject)
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.now()
	e := t.find(key, accepts)
	if e == nil && !t.queues {
		e = t.addUnqueued(key, now)
	}
	if e == nil {
		return
	}
	if e.run == t.unqueued {
		e.Name, e.Kind = name, kind // BeforeLoad got only the layer that is Configurable
	}
	change(e, now)
}

func (t *Timeline) addUnqueued(key any, now time.Time) *entry {
	t.makeRoom(1)
	e := &entry{key: key, run: t.unqueued, Service: Service{Queued: now}}
	if !t.add(e) {
		return nil
	}
	return e
}
