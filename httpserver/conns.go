package httpserver

import (
	"maps"
	"slices"
	"sync"
)

// conns are the connections that were accepted and not closed yet, by whomever:
// the http.Server, or a handler that hijacked one. The zero value is ready.
type conns struct {
	mu     sync.Mutex
	open   map[*conn]struct{}
	closed bool          // seal was called
	none   chan struct{} // closed when open is empty; nil until someone waits
}

// add begins to track c. It returns false after seal.
func (cs *conns) add(c *conn) bool {
	cs.mu.Lock()
	defer cs.mu.Unlock()
	if cs.closed {
		return false
	}
	if cs.open == nil {
		cs.open = make(map[*conn]struct{})
	}
	cs.open[c] = struct{}{}
	return true
}

func (cs *conns) remove(c *conn) {
	cs.mu.Lock()
	defer cs.mu.Unlock()
	delete(cs.open, c)
	cs.signal()
}

// empty returns a channel that is closed once there is no connection. It is for
// the time when no more are added.
func (cs *conns) empty() <-chan struct{} {
	cs.mu.Lock()
	defer cs.mu.Unlock()
	if cs.none == nil {
		cs.none = make(chan struct{})
		cs.signal()
	}
	return cs.none
}

func (cs *conns) signal() {
	if cs.none == nil || len(cs.open) > 0 {
		return
	}
	select {
	case <-cs.none:
	default:
		close(cs.none)
	}
}

// seal refuses connections from now on, and returns those there are.
func (cs *conns) seal() []*conn {
	cs.mu.Lock()
	cs.closed = true
	cs.mu.Unlock()
	return cs.list()
}

// closeSilent closes the connections that have not sent anything.
func (cs *conns) closeSilent() {
	for _, c := range cs.list() {
		if !c.spoken.Load() {
			c.Close()
		}
	}
}

func (cs *conns) list() []*conn {
	cs.mu.Lock()
	defer cs.mu.Unlock()
	return slices.Collect(maps.Keys(cs.open))
}

// spoken counts the connections that have sent something.
func spoken(list []*conn) (n int) {
	for _, c := range list {
		if c.spoken.Load() {
			n++
		}
	}
	return n
}
