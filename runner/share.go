package runner

import (
	"sync"
	"time"
)

// grace is the time that a call has to return after its context has ended, before it is abandoned.
const grace = 150 * time.Millisecond

// graceShare divides one grace among all stops that are left once they have been cut short: the Runner still calls each,
// and each gets its share of what is left. A nil share gives the whole grace to each call.
type graceShare struct {
	mu    sync.Mutex
	until time.Time // zero: not cut short yet
	left  int       // stops that have not been called yet
}

// take notes that one more stop is called.
func (g *graceShare) take() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.left--
}

// at returns the share of a call whose time ends now, in a grace of all that begins with the first of them.
func (g *graceShare) at(now time.Time, all time.Duration) time.Duration {
	if g == nil {
		return all
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.until.IsZero() {
		g.until = now.Add(all)
	}
	return max(g.until.Sub(now), 0) / time.Duration(max(g.left, 0)+1)
}
