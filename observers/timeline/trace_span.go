package timeline

import "time"

// step is what a service does for a while, as the pictures show it.
type step string

const (
	stepWait  step = "wait" // it could begin, and has not
	stepLoad  step = "load"
	stepStart step = "start"
	stepReady step = "ready" // it is started, and not ready yet
	stepServe step = "serve"
	stepStop  step = "stop"
)

// span is one step of a service.
type span struct {
	step     step
	from, to time.Time
	open     bool // it had not ended when the Snapshot was taken
	failed   bool // its end is the failure of the service
}

func (s span) took() time.Duration { return s.to.Sub(s.from) }

// spans returns the steps that the service has begun, one after the other.
func (s *Snapshot) spans(i int) []span {
	service := &s.Services[i]
	begin, _ := s.StartTime(i)
	steps := [...]struct {
		step step
		from time.Time
		ends [3]time.Time // the first is the one that is no failure
	}{
		{stepWait, s.Eligible(i), [3]time.Time{begin, s.ShutdownBegan}},
		{stepLoad, service.LoadBegan, [3]time.Time{service.Loaded, service.Failed}},
		{stepStart, service.StartBegan, [3]time.Time{service.Started, service.Failed}},
		{stepReady, service.Started, [3]time.Time{service.Ready, service.Failed, service.StopBegan}},
		{stepServe, service.Ready, [3]time.Time{service.Stopped, service.Failed, service.StopBegan}},
		{stepStop, service.StopBegan, [3]time.Time{service.Stopped}},
	}
	var begun []span
	for _, st := range steps {
		sp := s.span(st.step, st.from, st.ends[:]...)
		sp.failed = !sp.open && sp.to.Equal(service.Failed) && !sp.to.Equal(st.ends[0])
		switch st.step {
		case stepWait:
			sp.failed = false
		case stepStop:
			sp.failed = service.stopFailed()
		}
		between := st.step == stepWait || st.step == stepReady // of no interest where it took no time
		if !st.from.IsZero() && (sp.took() > 0 || !between) {
			begun = append(begun, sp)
		}
	}
	return begun
}

// stopFailed reports whether it is the stop that Err is of.
func (s *Service) stopFailed() bool {
	return s.Err != nil && s.Failed.IsZero() && !s.StopBegan.IsZero()
}

// span returns the step that began at from and ended at the first of ends.
func (s *Snapshot) span(step step, from time.Time, ends ...time.Time) span {
	sp := span{step: step, from: from, open: true}
	for _, end := range ends {
		if !end.IsZero() && !end.Before(from) && (sp.open || end.Before(sp.to)) {
			sp.to, sp.open = end, false
		}
	}
	if sp.open {
		sp.to = later(from, s.Taken)
	}
	return sp
}

// phases returns the steps of the application: constructing, starting, serving,
// stopping. The last of them is open while the application is in it.
func (s *Snapshot) phases() []phase {
	begin := s.begin()
	all := []phase{
		{"constructing", s.span("", begin, s.Constructed, s.ShutdownBegan)},
		{"starting", s.span("", s.Constructed, s.startEnd(), s.ShutdownBegan)},
		{"serving", s.span("", s.Ready, s.ShutdownBegan, s.Stopped)},
		{"stopping", s.span("", s.ShutdownBegan, s.Stopped)},
	}
	var begun []phase
	for _, p := range all {
		if !p.from.IsZero() {
			begun = append(begun, p)
		}
	}
	return begun
}

// phase is a step of the application.
type phase struct {
	name string
	span
}

// begin returns the moment from which the pictures count.
func (s *Snapshot) begin() time.Time {
	begin := s.Began
	if !begin.IsZero() {
		return begin
	}
	for i := range s.Services {
		service := &s.Services[i]
		begin = earliest(begin, service.Queued, service.LoadBegan, service.StartBegan, service.Started, service.Ready)
	}
	return earliest(begin, s.Constructed, s.Ready, s.ShutdownBegan, s.Taken)
}

// startEnd returns when the start was over: the application was ready, had
// failed, or began to shut down. It is zero while it starts.
func (s *Snapshot) startEnd() time.Time {
	switch {
	case !s.Ready.IsZero():
		return s.Ready
	case !s.ShutdownBegan.IsZero():
		return s.ShutdownBegan
	case !s.Started.IsZero():
		return s.Started
	}
	return s.failedAt()
}

// failedAt returns when the last of the services that failed did.
func (s *Snapshot) failedAt() time.Time {
	var last time.Time
	for i := range s.Services {
		last = later(last, s.Services[i].Failed)
	}
	return last
}

// end returns the moment at which the pictures end.
func (s *Snapshot) end() time.Time {
	if !s.Stopped.IsZero() {
		return s.Stopped
	}
	return later(s.begin(), s.Taken)
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// earliest returns the earliest of the times that are not zero.
func earliest(times ...time.Time) time.Time {
	var first time.Time
	for _, t := range times {
		if !t.IsZero() && (first.IsZero() || t.Before(first)) {
			first = t
		}
	}
	return first
}
