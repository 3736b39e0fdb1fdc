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

// deliver tells the Observers that have not been told yet. It is user code: a caller runs it.
func (e *event) deliver(call int) {
	if !e.urgent {
		e.observers.gate.wait()
	}
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
	for !e.isTold() {
		deadline := time.Now()
		if !e.urgent {
			deadline = deadline.Add(observerTime)
		}
		switch r := c.do(task{event: e}, deadline); {
		case r.abandoned != nil:
			close(r.abandoned.noted)
			e.observers.note(e.leave(c.watch.call), r.abandoned.error(0))
		case r.err != nil:
			e.observers.note(e.leave(c.watch.call), r.err)
		}
	}
}

// error returns the error of a call that was given up, with what its budget was.
func (a *abandonment) error(budget time.Duration) *TimeoutError {
	return &TimeoutError{Reason: a.reason, Budget: budget, Elapsed: a.elapsed, Abandoned: true, cutShort: a.cutShort}
}

// gate orders events. An announcement takes effect before Observers hear of it, so that one that blocks delays nothing:
// that is how signals and the failures of servers are told. All other events wait at the gate until Observers have heard,
// but not much longer than one Observer has for that.
type gate struct {
	mu      sync.Mutex
	pending int
	since   time.Time     // when the oldest one began
	clear   chan struct{} // closed once none is pending
}

// begin opens an announcement, before it takes effect.
func (g *gate) begin() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.pending == 0 {
		g.since, g.clear = time.Now(), make(chan struct{})
	}
	g.pending++
}

// end closes an announcement, once Observers have heard.
func (g *gate) end() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.pending--; g.pending == 0 {
		close(g.clear)
	}
}

func (g *gate) wait() {
	g.mu.Lock()
	pending, clear, left := g.pending, g.clear, grace*11/10-time.Since(g.since)
	g.mu.Unlock()
	if pending == 0 {
		return
	}
	within(left, clear)
}
