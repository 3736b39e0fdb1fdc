package runner

import (
	"sync"
	"time"
)

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
