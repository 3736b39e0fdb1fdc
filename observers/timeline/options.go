package timeline

import "time"

// Option configures a [Timeline]. A nil Option is skipped.
type Option func(*Timeline)

const defaultLimit = 10_000

// WithLimit sets how many services a Timeline keeps at most. To make room for new
// ones, it drops the oldest that have stopped or failed. If that is not enough, it
// leaves new ones out. [Snapshot].Dropped counts both. The default is 10,000, and a
// limit below 1 means the default.
func WithLimit(n int) Option {
	return func(t *Timeline) {
		if t.limit = n; n < 1 {
			t.limit = defaultLimit
		}
	}
}

// WithClock replaces [time.Now], for tests. The Timeline calls the clock while it
// holds its lock, so calls never overlap, and the clock must not call the Timeline.
// nil means time.Now.
func WithClock(now func() time.Time) Option {
	return func(t *Timeline) {
		if t.now = now; now == nil {
			t.now = time.Now
		}
	}
}
