package timeline

import "time"

// Phases returns the steps that the application has begun, in their order. The
// first begins when the Timeline was made or, where that is unknown, with the
// earliest time that is known. PhaseStarting ends when the application is ready,
// fails to start, or begins to shut down.
func (s Snapshot) Phases() []Span {
	origin, none := s.origin(), time.Time{}
	started, failed := firstOf(s.Ready, s.Started), none
	if started.IsZero() {
		failed = s.lastFailure()
	}
	constructing := s.span(PhaseConstructing, origin, s.Constructed, none, s.ShutdownBegan)
	startBegan := s.Constructed
	if startBegan.IsZero() && !firstOf(started, failed).IsZero() {
		// Whoever made this Snapshot by hand left out when the construction ended.
		constructing.Begin, startBegan = none, origin
	}
	starting := s.span(PhaseStarting, startBegan, started, failed, s.ShutdownBegan)
	starting.Failed = !failed.IsZero() // also where the shutdown began before the last of the failures

	var phases []Span
	for _, phase := range [...]Span{
		constructing,
		starting,
		s.span(PhaseServing, s.Ready, s.ShutdownBegan, none, s.Stopped),
		s.span(PhaseStopping, s.ShutdownBegan, s.Stopped, none, none),
	} {
		if !phase.Begin.IsZero() {
			phases = append(phases, phase)
		}
	}
	return phases
}

// origin returns the moment at which the application began.
func (s Snapshot) origin() time.Time {
	if !s.Began.IsZero() {
		return s.Began
	}
	first := earliest(s.Constructed, s.Ready, s.ShutdownBegan, s.Taken)
	for i := range s.Services {
		service := &s.Services[i]
		first = earliest(first, service.Queued, service.LoadBegan, service.StartBegan, service.Started, service.Ready)
	}
	return first
}

// lastFailure returns when the last of the services that failed did so.
func (s Snapshot) lastFailure() time.Time {
	var last time.Time
	for i := range s.Services {
		last = later(last, s.Services[i].Failed)
	}
	return last
}
