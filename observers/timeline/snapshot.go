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
	Constructed   time.Time // when the first services were queued
	Started       time.Time // when the last of the services had started
	Ready         time.Time // when the Runner was ready, with its servers if it has some
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
	Loaded     time.Time // Load has returned nil
	StartBegan time.Time // Start, or Listen, was called
	Started    time.Time // Start has returned nil, or Listen runs
	Ready      time.Time // it is started, and ready if it can tell
	StopBegan  time.Time
	Stopped    time.Time // Stop, or Close, has returned, or was given up
	Failed     time.Time // when its load, start, readiness or Listen failed

	Attempts int   // to start it, as told by what retries; 0 if nothing does
	Err      error // of the step that failed: where Failed is zero, the stop; nil if none did

	// After holds the indexes, in Snapshot.Services, of the services that it starts
	// after. In a sequence that is the one before.
	After   []int
	Barrier string // why everything waits for it; empty if it is no barrier
}

// Eligible returns when the service could have begun: it was queued, and all that
// it starts after was ready. It is zero while that is not so. What After holds that
// is no index is passed over.
func (s *Snapshot) Eligible(i int) time.Time {
	eligible := s.Services[i].Queued
	for _, need := range s.Services[i].After {
		if !s.has(need) {
			continue
		}
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

func (s *Snapshot) has(i int) bool { return i >= 0 && i < len(s.Services) }

// StartTime returns when the first call of the service began, and when it was
// ready or had failed: the time of its own that its start took. While it still
// starts, the end is that of the Snapshot. Where the start went no further than
// the load, the end is that of the load. Both are zero if it has not begun.
func (s *Snapshot) StartTime(i int) (begin, end time.Time) {
	service := &s.Services[i]
	begin = firstOf(service.LoadBegan, service.StartBegan)
	switch {
	case begin.IsZero():
		return begin, begin
	case service.StartBegan.IsZero():
		end = firstOf(service.Loaded, service.Failed)
	default:
		end = firstOf(service.Ready, service.Failed)
	}
	return begin, firstOf(end, s.Taken)
}

// firstOf returns the first time that is not zero, if any.
func firstOf(times ...time.Time) time.Time {
	for _, t := range times {
		if !t.IsZero() {
			return t
		}
	}
	return time.Time{}
}

// Own returns how long the start of the service took, without what it waited for
// before. It is 0 for one that has not begun, and never negative.
func (s *Snapshot) Own(i int) time.Duration {
	begin, end := s.StartTime(i)
	return max(end.Sub(begin), 0)
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
