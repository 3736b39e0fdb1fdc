package runner

import (
	"context"
	"os"
	"sync"
	"time"

	"github.com/go-fxservices/services/internal/eventinfo"
	"github.com/go-fxservices/services/internal/retryevents"
)

// turns lets one goroutine at a time tell Observers of events of one kind: whoever has one more meanwhile leaves the telling
// to that one. So Observers hear of them in order, and never of two at once.
type turns struct {
	mu   sync.Mutex
	busy bool
	more bool // since the one at work has looked
}

// take calls tellNext, which returns false if there is nothing to tell, until there is nothing more.
func (t *turns) take(tellNext func() bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.more = true
	if t.busy {
		return
	}
	t.busy = true
	for t.more {
		t.more = false
		t.mu.Unlock()
		for tellNext() {
		}
		t.mu.Lock()
	}
	t.busy = false
}

// An announcer tells Observers of what belongs to no service: states, signals, and what others announce.
type announcer struct {
	observers *observers
	registry  *registry
	graceAt   func(time.Time) time.Duration
	states    turns // whose turn it is to tell Observers of states
	signals   turns // and of signals
	heard     signalQueue
}

// tellStates tells Observers of the new states of the Runner.
func (a *announcer) tellStates(ctx context.Context, c *caller) {
	a.states.take(func() bool {
		change, ok := a.registry.nextChange()
		if ok {
			c.tell(a.observers.stateChanged(eventinfo.With(ctx, &change.info), change.state))
		}
		return ok
	})
}

// tellChanges is tellStates for those who have no caller. Once cut has ended, Observers have little time.
func (a *announcer) tellChanges(ctx, cut context.Context) {
	s := newScope(limits{end: cut, graceAt: a.graceAt})
	defer s.close()
	a.tellStates(ctx, newCaller(s))
}

// tell tells Observers of an event that belongs to no call of the Runner.
func (a *announcer) tell(e *event) {
	if e == nil {
		return
	}
	s := newScope(limits{end: context.Background()})
	defer s.close()
	newCaller(s).tell(e)
}

// tellUrgent tells Observers of an event that others wait for at the gate.
func (a *announcer) tellUrgent(e *event) {
	if e != nil {
		e.urgent = true
		a.tell(e)
	}
}

// signalQueue is the signals of which Observers have not heard.
type signalQueue struct {
	mu      sync.Mutex
	signals []os.Signal
}

func (q *signalQueue) add(sig os.Signal) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.signals = append(q.signals, sig)
}

func (q *signalQueue) next() (sig os.Signal, ok bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.signals) == 0 {
		return nil, false
	}
	sig = q.signals[0]
	q.signals = q.signals[1:]
	return sig, true
}

// hearSignal announces a signal that is about to take effect. It does not wait for Observers.
func (a *announcer) hearSignal(sig os.Signal) {
	o := a.observers
	if len(o.all) == 0 {
		return
	}
	o.gate.begin()
	a.heard.add(sig)
	go a.signals.take(func() bool {
		sig, ok := a.heard.next()
		if ok {
			a.tellUrgent(o.signalReceived(sig))
			o.gate.end()
		}
		return ok
	})
}

// retries passes the news of a retrier on to Observers.
type retries struct{ announcer *announcer }

var _ retryevents.Receiver = retries{}

// BeforeRetry implements [retryevents.Receiver].
func (r retries) BeforeRetry(ctx context.Context, s retryevents.Service, attempt int) {
	r.announcer.tell(r.announcer.observers.beforeRetry(ctx, s, attempt))
}

// RetryFailed implements [retryevents.Receiver].
func (r retries) RetryFailed(ctx context.Context, s retryevents.Service, attempt int, err error, pause time.Duration) {
	r.announcer.tell(r.announcer.observers.retryFailed(ctx, s, attempt, err, pause))
}
