package runner

import (
	"sync"
	"sync/atomic"
	"time"
)

// event is one event on its way to Observers, in the order they were added. An Observer that panics, ends its goroutine or
// does not return keeps it from no other. Once a stop has been cut short there is no time to wait for the same Observer again
// and again: then those that have not come back from an earlier event are passed over.
type event struct {
	observers *observers
	urgent    bool // it waits for no other event; see gate
	count     int
	tell      func(i int)
	seat      func(i int) *seat

	mu       sync.Mutex
	call     int           // the number of the call that delivers it
	next     int           // the Observer to be told next
	inside   bool          // that call is in the Observer before
	left     map[int]*seat // of the Observers that calls were left behind in
	cutShort bool          // the start or stop has been
}

// seat is one Observer.
type seat struct {
	observer Observer
	left     atomic.Int32 // calls that were left behind in it and have not returned
}

// seated is an Observer in the list of an event.
type seated[O any] struct {
	observer O
	*seat
}

// newEvent returns the event that tell tells each of all. It is nil if there are none.
func newEvent[O any](o *observers, all []seated[O], tell func(O)) *event {
	if len(all) == 0 {
		return nil
	}
	return &event{
		observers: o,
		count:     len(all),
		tell:      func(i int) { tell(all[i].observer) },
		seat:      func(i int) *seat { return all[i].seat },
	}
}

// run tells the Observers that have not been told yet.
func (e *event) run(t task) error {
	e.deliver(t.number)
	return nil
}

func (e *event) deliver(call int) {
	defer e.comeBack(call)
	for i := e.take(call); i < e.count; i = e.take(call) {
		e.tell(i)
	}
}

// take returns the Observer to be told, or count if there are no more for this call.
func (e *event) take(call int) int {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.pass()
	if call < e.call || e.next == e.count {
		return e.count
	}
	e.call, e.next, e.inside = call, e.next+1, true
	return e.next - 1
}

// pass passes over Observers that nobody waits for any more.
func (e *event) pass() {
	for e.cutShort && e.next < e.count && e.seat(e.next).left.Load() > 0 {
		e.next++
	}
}

// isTold reports whether every Observer has been told. cutShort says that the start or stop has been cut short.
func (e *event) isTold(cutShort bool) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.cutShort = cutShort
	e.pass()
	return e.next == e.count
}

// leave keeps an abandoned call, once it returns, from going on.
func (e *event) leave(call int) (observer any) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.call = call + 1
	at := e.seat(max(e.next-1, 0))
	if e.inside {
		e.inside = false
		at.left.Add(1)
		if e.left == nil {
			e.left = make(map[int]*seat)
		}
		e.left[call] = at
	}
	return at.observer
}

// comeBack ends a call, whether or not it was left behind.
func (e *event) comeBack(call int) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if at := e.left[call]; at != nil {
		at.left.Add(-1)
	} else if call == e.call {
		e.inside = false
	}
}

// The time that an Observer has for one event. It must not block; one that does is left behind.
const observerTime = 5 * time.Second

// tell tells Observers of e, which may be nil, and returns once each of them has been told, or has had its time: no more
// than the grace for an urgent event, and once the scope has ended. It takes nothing from the time of services.
func (c *caller) tell(e *event) {
	if e == nil {
		return
	}
	if !e.urgent {
		e.observers.gate.wait()
	}
	for !e.isTold(c.scope.end.Err() != nil) {
		now, within := time.Now(), observerTime
		if e.urgent {
			within = 0
		}
		switch r := c.do(task{code: e, op: opEvent}, now, now.Add(within)); {
		case r.abandoned != nil:
			close(r.abandoned.noted)
			e.observers.note(e.leave(c.number), r.abandoned.error(0))
		case r.err != nil:
			e.observers.note(e.leave(c.number), r.err)
		}
	}
}
