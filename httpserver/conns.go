package httpserver

import (
	"maps"
	"slices"
	"sync"
)

// conns are the connections that were accepted and not closed yet, by whomever:
// the http.Server, or a handler that hijacked one. The zero value is ready.
type conns struct {
	mu      sync.Mutex // guards what follows
	open    map[*conn]struct{}
	closed  bool               // seal was called
	none    chan struct{}      // closed when open is empty; nil until someone waits
	awaited map[*conn]struct{} // those open that settled found waiting
	calm    chan struct{}      // closed when awaited is empty; nil until someone waits
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
	delete(cs.awaited, c)
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

// settled returns a channel that is closed once all connections that are waiting now have been closed, as they are
// after the answer to the request that they waited for. Like empty it is for the time when no more are added.
func (cs *conns) settled() <-chan struct{} {
	cs.mu.Lock()
	defer cs.mu.Unlock()
	if cs.calm == nil {
		cs.calm, cs.awaited = make(chan struct{}), make(map[*conn]struct{})
		for c := range cs.open {
			if c.usage.Load() == waiting {
				cs.awaited[c] = struct{}{}
			}
		}
		cs.signal()
	}
	return cs.calm
}

func (cs *conns) signal() {
	closeIf(len(cs.open) == 0, cs.none)
	closeIf(len(cs.awaited) == 0, cs.calm)
}

// closeIf closes ch, unless it is nil or closed already.
func closeIf(condition bool, ch chan struct{}) {
	if !condition || ch == nil {
		return
	}
	select {
	case <-ch:
	default:
		close(ch)
	}
}

// seal refuses connections from now on, and returns those there are.
func (cs *conns) seal() []*conn {
	cs.mu.Lock()
	cs.closed = true
	cs.mu.Unlock()
	return cs.list()
}

// closeWaiting closes the connections on which no request has got to its handler.
func (cs *conns) closeWaiting() {
	for _, c := range cs.list() {
		if c.usage.Load() == waiting {
			c.Close()
		}
	}
}

func (cs *conns) list() []*conn {
	cs.mu.Lock()
	defer cs.mu.Unlock()
	return slices.Collect(maps.Keys(cs.open))
}

// inUse counts the connections that are being answered, or were hijacked.
func inUse(list []*conn) (n int) {
	for _, c := range list {
		if c.usage.Load() == answering {
			n++
		}
	}
	return n
}
