package timeline

import (
	"time"

	"github.com/go-fxservices/services/runner"
)

// Snapshot is everything that a [Timeline] had recorded at one moment. Nothing
// changes it later, and programs can also make one by hand. A zero time means that
// the event has not happened.
//
// Methods that take the index of a service panic where there is no such service.
type Snapshot struct {
	Taken time.Time

	Began         time.Time // when the Timeline was made, as the construction of the application began
	Constructed   time.Time // when the first services were queued
	Started       time.Time // when the last of the services had started
	Ready         time.Time // when the Runner was ready, including its servers
	ShutdownBegan time.Time // when the Runner began to drain or to stop
	Stopped       time.Time // when the Runner had stopped

	Services []Service // in the order in which they were queued
	Dropped  int       // how many services the Timeline left out to bound its memory
}

// Service is the history of one service.
type Service struct {
	Name string
	Kind runner.Kind

	Queued     time.Time // when its Run began
	LoadBegan  time.Time
	Loaded     time.Time // when Load returned nil
	StartBegan time.Time // when the Runner called Start, Listen or Run
	Started    time.Time // when Start returned nil, or Listen or Run was running
	Ready      time.Time // when it had started and, if it is a ReadyChecker, was ready
	StopBegan  time.Time
	Stopped    time.Time // when Stop or Close returned, or the Runner abandoned it; of a Job, when it was done
	Failed     time.Time // when its load, start, readiness, Listen or Run failed, or it reported a failure

	Attempts int   // how often a retrier has tried to start it; 0 without a retrier
	Err      error // of the step that failed. Where Failed is zero, that is the stop

	// After lists the services that it starts after, as indexes of
	// Snapshot.Services. In a sequence that is the one before.
	After   []int
	Barrier string // why everything waits for it; empty if it is no barrier
}

// Done returns how long a Job ran until it was done. It is false for a Job that has not
// ended by itself, and for other services.
func (s *Service) Done() (ran time.Duration, done bool) {
	if s.Kind != runner.KindJob || s.Stopped.IsZero() || !s.StopBegan.IsZero() || !s.Failed.IsZero() {
		return 0, false
	}
	return max(s.Stopped.Sub(s.StartBegan), 0), true
}

// Eligible returns when service i could have begun to start: it was queued, and
// everything that it starts after was ready. It returns the zero time until then.
// It ignores indexes in After that do not exist.
func (s Snapshot) Eligible(i int) time.Time {
	eligible := s.Services[i].Queued
	for _, need := range s.Services[i].After {
		if !s.has(need) {
			continue
		}
		ready := s.Services[need].Ready
		if ready.IsZero() {
			return time.Time{}
		}
		eligible = later(eligible, ready)
	}
	return eligible
}

func (s Snapshot) has(i int) bool { return i >= 0 && i < len(s.Services) }

// StartTime returns when the first call of service i began, and when it became
// ready, failed, or was stopped before either. While it is still starting, the end
// is the time of the Snapshot. If its start got no further than the load, the end is
// that of the load. Both are zero if it has not begun.
func (s Snapshot) StartTime(i int) (begin, end time.Time) {
	service := &s.Services[i]
	begin = firstOf(service.LoadBegan, service.StartBegan)
	switch {
	case begin.IsZero():
		return begin, begin
	case service.StartBegan.IsZero():
		end = firstOf(service.Loaded, service.Failed)
	default:
		end = firstOf(service.Ready, service.Failed, service.StopBegan)
	}
	return begin, firstOf(end, s.Taken)
}

// hasBegun reports whether the start of service i has begun.
func (s Snapshot) hasBegun(i int) bool {
	begin, _ := s.StartTime(i)
	return !begin.IsZero()
}

// Own returns how long service i took to start, without the time that it waited for
// others. It is 0 for a service that has not begun, and never negative.
func (s Snapshot) Own(i int) time.Duration {
	begin, end := s.StartTime(i)
	return max(end.Sub(begin), 0)
}

// Wait returns how long service i waited although it could have begun: the Runner
// starts only so many services at the same time. It is 0 where that is unknown.
func (s Snapshot) Wait(i int) time.Duration {
	eligible := s.Eligible(i)
	begin, _ := s.StartTime(i)
	if eligible.IsZero() || begin.IsZero() {
		return 0
	}
	return max(begin.Sub(eligible), 0)
}
