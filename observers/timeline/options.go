package timeline

import "time"

// Option configures a [Timeline]. A nil Option is skipped.
type Option func(*Timeline)

const defaultLimit = 10_000

// WithLimit sets how many services a Timeline keeps at most. To make room for new
// ones it drops the oldest that have stopped or failed; where that is not enough,
// it leaves new ones out. [Snapshot].Dropped counts both. The default, and what less
// than 1 means, is 10,000.
func WithLimit(n int) Option {
	return func(t *Timeline) {
		if t.limit = n; n < 1 {
			t.limit = defaultLimit
		}
	}
}

// WithClock sets what tells the time; it is for tests. It is called with a lock
// held, from one goroutine at a time, and must not call the Timeline. nil means
// [time.Now], which is the default.
func WithClock(now func() time.Time) Option {
	return func(t *Timeline) {
		if t.now = now; now == nil {
			t.now = time.Now
		}
	}
}
