package runner

import (
	"slices"
	"sync"
	"time"

	"github.com/go-fxservices/services/internal/eventinfo"
)

// registry knows all services of a Runner: what is registered, started and stopped. It is the only place that changes the
// state of a service, and it does so by the named transitions in transitions.go. It runs no user code.
//
// Whenever mu is free: a unit is in the list if it is started and not yet stopped; known has each unit that is registered
// or in the list, or of which an abandoned call runs; changes has the states of the Runner that nobody has told yet.
type registry struct {
	mu         sync.Mutex
	facts      facts
	life       *lifetime     // nil before the first Run and after Finish
	beginning  chan struct{} // closed once a life has begun; nil: none is about to
	finishing  bool
	drained    bool      // the servers that are up have had their drain delay
	drainUntil time.Time // of the drains under way
	drainDelay time.Duration
	cause      error     // why the Runner is stopping
	firstStart time.Time // of this life
	list       []*unit   // what is started, in that order, with holes where something has stopped
	holes      int       // in list
	known      map[any]*unit
	batches    map[*batch]struct{} // of the Runs under way
	registered int                 // Runs so far
	lateErrs   []error             // what went wrong with late stops, which only Finish can tell

	last    State
	changes []change
	ready   chan struct{} // closed once it is ready; nil until somebody asks
}

// change is a new state of the Runner.
type change struct {
	state State
	info  eventinfo.Info
}

// note notes a new state if the facts say so. Each transition that changes facts ends with it.
func (g *registry) note() {
	state := g.facts.state()
	if state == g.last {
		return
	}
	g.last = state
	info := eventinfo.Info{Services: len(g.list) - g.holes, Cause: g.cause}
	if !g.firstStart.IsZero() {
		info.Elapsed = time.Since(g.firstStart)
	}
	if state == StateDraining {
		info.Delay = g.drainDelay
	}
	g.changes = append(g.changes, change{state, info})
	if state == StateReady && g.ready != nil && !isClosed(g.ready) {
		close(g.ready)
	}
}

// nextChange returns a state that has not been told, and false if there is none.
func (g *registry) nextChange() (c change, ok bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(g.changes) == 0 {
		return change{}, false
	}
	c = g.changes[0]
	g.changes = g.changes[1:]
	return c, true
}

func (g *registry) state() State {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.facts.state()
}

// whenReady returns a channel that is closed once the Runner is ready.
func (g *registry) whenReady() <-chan struct{} {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.ready == nil {
		g.ready = make(chan struct{})
		if g.facts.state() == StateReady {
			close(g.ready)
		}
	}
	return g.ready
}

// insert puts u into the list.
func (g *registry) insert(u *unit) {
	g.list = append(g.list, u)
	u.place = len(g.list)
	if !u.retired {
		g.facts.left++
	}
}

// retire takes u out of what is still to be stopped.
func (g *registry) retire(u *unit) {
	if u.retired {
		return
	}
	u.retired = true
	g.facts.left--
	if u.serving != nil && u.batch.phase == runUp {
		g.facts.serving--
	}
}

// remove takes u out of the list.
func (g *registry) remove(u *unit) {
	g.retire(u)
	u.closeGone()
	g.list[u.place-1] = nil
	u.place = 0
	g.holes++
	for n := len(g.list); n > 0 && g.list[n-1] == nil; n-- {
		g.list = g.list[:n-1]
		g.holes--
	}
	if g.holes > len(g.list)/2 {
		g.list = slices.DeleteFunc(g.list, func(u *unit) bool { return u == nil })
		g.holes = 0
		for i, u := range g.list {
			u.place = i + 1
		}
	}
}
