package timeline

import (
	"time"

	"github.com/go-fxservices/services/runner"
)

// Snapshot is what a [Timeline] had recorded at one moment. It is a value of its
// own: nothing changes it, and it can be made by hand. A zero time means that
// something has not happened.
type Snapshot struct {
	Taken time.Time

	Began         time.Time // when the Timeline was made, as the application began to be constructed
	Constructed   time.Time // when the first service was queued
	Started       time.Time // when the last of the services had started
	Ready         time.Time // when the Runner was ready
	ShutdownBegan time.Time // when the Runner began to drain or to stop
	Stopped       time.Time // when the Runner had stopped

	Services []Service // in the order in which they were queued
	Dropped  int       // services that were left out to bound the memory
}

// Service is what became of one service.
type Service struct {
	Name string
	Kind runner.Kind

	Queued     time.Time // its Run began
	LoadBegan  time.Time
	Loaded     time.Time // Load has returned
	StartBegan time.Time // Start, or Listen, was called
	Started    time.Time // Start has returned, or Listen runs
	Ready      time.Time // it is started, and ready if it can tell
	StopBegan  time.Time
	Stopped    time.Time
	Failed     time.Time // when its load, start, readiness or Listen failed

	Attempts int   // to start it, as told by what retries; 0 if nothing does
	Err      error // of the step that failed; nil if none did

	// After holds the indexes, in Snapshot.Services, of the services that it starts
	// after. In a sequence that is the one before.
	After   []int
	Barrier string // why everything waits for it; empty if it is no barrier
}

// Eligible returns when the service could have begun: it was queued, and all that
// it starts after was ready. It is zero while that is not so.
func (s *Snapshot) Eligible(i int) time.Time {
	eligible := s.Services[i].Queued
	for _, need := range s.Services[i].After {
		ready := s.Services[need].Ready
		if ready.IsZero() {
			return time.Time{}
		}
		if ready.After(eligible) {
			eligible = ready
		}
	}
	return eligible
}

// StartTime returns when the first call of the service began, and when it was
// ready or had failed: the time of its own that its start took. While it still
// starts, the end is that of the Snapshot. Both are zero if it has not begun.
func (s *Snapshot) StartTime(i int) (begin, end time.Time) {
	service := &s.Services[i]
	begin = service.LoadBegan
	if begin.IsZero() {
		begin = service.StartBegan
	}
	switch {
	case begin.IsZero():
		return begin, begin
	case !service.Ready.IsZero():
		return begin, service.Ready
	case !service.Failed.IsZero():
		return begin, service.Failed
	default:
		return begin, s.Taken
	}
}

// Own returns how long the start of the service took, without what it waited for
// before. It is 0 for one that has not begun.
func (s *Snapshot) Own(i int) time.Duration {
	begin, end := s.StartTime(i)
	return end.Sub(begin)
}

// Wait returns how long the service was kept waiting though it could have begun:
// for its turn, where not all may start at the same time. It is 0 where that is
// not known.
func (s *Snapshot) Wait(i int) time.Duration {
	eligible := s.Eligible(i)
	begin, _ := s.StartTime(i)
	if eligible.IsZero() || begin.IsZero() {
		return 0
	}
	return max(begin.Sub(eligible), 0)
}

// CriticalPath returns the indexes of the services whose start, one after the
// other, takes the longest, the first to start first. Only making one of them
// faster makes the start faster. Among paths that take equally long it is the one
// that ends with the service that was queued first.
func (s *Snapshot) CriticalPath() []int {
	longest := make([]time.Duration, len(s.Services))
	before := make([]int, len(s.Services))
	known := make([]bool, len(s.Services))
	var visit func(i int) time.Duration
	visit = func(i int) time.Duration {
		if known[i] {
			return longest[i]
		}
		known[i], before[i] = true, -1 // before the visit, so that a cycle ends
		var most time.Duration
		for _, need := range s.Services[i].After {
			if d := visit(need); before[i] < 0 || d > most {
				before[i], most = need, d
			}
		}
		longest[i] = most + s.Own(i)
		return longest[i]
	}
	last := -1
	for i := range s.Services {
		if d := visit(i); last < 0 || d > longest[last] {
			last = i
		}
	}
	var path []int
	for ; last >= 0; last = before[last] {
		path = append([]int{last}, path...)
	}
	return path
}
