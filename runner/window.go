package runner

import (
	"sync"
	"time"
)

// window is the time that is left for all stops together once they have been
// cut short: each is still called, and gets its share.
type window struct {
	mu    sync.Mutex
	until time.Time // zero: not yet cut short
	left  int       // stops that share it and have not been called
	spent time.Duration
}

// maxSpent is by how much a window may become longer.
const maxSpent = 50 * time.Millisecond

// spend gives the stops that share the window back what was spent on something else
// meanwhile, up to a limit.
func (w *window) spend(d time.Duration) {
	if w == nil {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	d = min(d, maxSpent-w.spent)
	w.spent += d
	if !w.until.IsZero() {
		w.until = w.until.Add(d)
	}
}

func (w *window) next() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.left--
}

func (w *window) share(now time.Time) time.Duration {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.until.IsZero() {
		w.until = now.Add(grace)
	}
	return max(w.until.Sub(now), 0) / time.Duration(max(w.left, 0)+1)
}

// open reports whether there is time to look for the stack of a call that did not
// return. What is due at the end of the window still gets it.
func (w *window) open(now time.Time) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.until.IsZero() || now.Before(w.until.Add(grace))
}
