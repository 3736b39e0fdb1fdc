package runner

import (
	"sync"
	"time"
)

// event is one event on its way to Observers, in the order they were added. An Observer that panics, ends its goroutine or
// does not return keeps it from no other.
type event struct {
	observers *observers
	urgent    bool // it waits for no other event; see gate
	count     int
	tell      func(i int)
	observer  func(i int) any

	mu   sync.Mutex
	call int // the number of the call that delivers it
	next int // the Observer to be told next
}

// newEvent returns the event that tell tells each of all. It is nil if there are none.
func newEvent[O any](o *observers, all []O, tell func(O)) *event {
	if len(all) == 0 {
		return nil
	}
	return &event{
		observers: o,
		count:     len(all),
		tell:      func(i int) { tell(all[i]) },
		observer:  func(i int) any { return all[i] },
	}
}

// run tells the Observers that have not been told yet.
func (e *event) run(t task) error {
	e.deliver(t.number)
	return nil
}

func (e *event) deliver(call int) {
	for i := e.take(call); i < e.count; i = e.take(call) {
		e.tell(i)
	}
}

// take returns the Observer to be told, or count if there are no more for this call.
func (e *event) take(call int) int {
	e.mu.Lock()
	defer e.mu.Unlock()
	if call < e.call || e.next == e.count {
		return e.count
	}
	e.call, e.next = call, e.next+1
	return e.next - 1
}

// isTold reports whether every Observer has been told.
func (e *event) isTold() bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.next == e.count
}

// leave keeps an abandoned call, once it returns, from going on.
func (e *event) leave(call int) (observer any) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.call = call + 1
	return e.observer(max(e.next-1, 0))
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
	for !e.isTold() {
		now, within := time.Now(), observerTime
		if e.urgent {
			within = 0
		}
		switch r := c.do(task{code: e, op: opEvent}, now, now.Add(within)); {
		case r.abandoned != nil:
			close(r.abandoned.noted)
			e.observers.note(e.leave(c.call), r.abandoned.error(0))
		case r.err != nil:
			e.observers.note(e.leave(c.call), r.err)
		}
	}
}
