package draw

import (
	"time"

	"github.com/go-fxservices/services/observers/timeline"
)

// model is a Snapshot together with the facts about it that every drawing needs.
type model struct {
	timeline.Snapshot
	phases   []timeline.Span
	critical criticalPath
}

func newModel(s timeline.Snapshot) *model {
	return &model{Snapshot: s, phases: s.Phases(), critical: newCriticalPath(s)}
}

// origin returns the moment from which drawings count.
func (m *model) origin() time.Time {
	if len(m.phases) == 0 {
		return time.Time{}
	}
	return m.phases[0].Begin
}

// end returns the moment at which drawings end.
func (m *model) end() time.Time {
	if !m.Stopped.IsZero() {
		return m.Stopped
	}
	return later(m.origin(), m.Taken)
}

// startup returns the construction and the start of the application as one span. It
// is open until the application is ready, fails to start, or begins to shut down.
func (m *model) startup() timeline.Span {
	startup := timeline.Span{Begin: m.origin(), End: m.end(), Open: true}
	for _, phase := range m.phases {
		if phase.Step == timeline.PhaseConstructing || phase.Step == timeline.PhaseStarting {
			startup.End, startup.Open, startup.Failed = phase.End, phase.Open, phase.Failed
		}
	}
	return startup
}

// start returns the start of a service as one span, from its first call until it was
// ready. It returns the zero Span for a service that has not begun.
func (m *model) start(i int) (start timeline.Span) {
	for _, span := range m.Spans(i) {
		switch span.Step {
		case timeline.StepLoad, timeline.StepStart, timeline.StepReady:
			if start.Step == "" {
				start = span
			}
			start.Step, start.End, start.Open, start.Failed = timeline.StepStart, span.End, span.Open, span.Failed
		}
	}
	return start
}

// hasBegun reports whether the start of a service has begun.
func (m *model) hasBegun(i int) bool {
	begin, _ := m.StartTime(i)
	return !begin.IsZero()
}

// failed reports whether any step of a service failed.
func (m *model) failed(i int) bool {
	return m.Services[i].Err != nil || !m.Services[i].Failed.IsZero()
}

// total returns the number of services, including the ones that were not recorded.
func (m *model) total() int { return len(m.Services) + m.Dropped }

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
