package draw

import (
	"time"

	"github.com/go-fxservices/services/internal/units"
	"github.com/go-fxservices/services/observers/timeline"
)

// headline says what the drawing is about.
func (m *model) headline() string {
	return "Start and shutdown of " + count(m.total(), "service")
}

// facts returns sentences about the application as a whole.
func (m *model) facts() []string {
	var facts []string
	if !m.Constructed.IsZero() {
		facts = append(facts, "constructed in "+m.since(m.Constructed))
	}
	facts = append(facts, m.outcome())
	var longest time.Duration
	for _, i := range m.critical.order {
		longest += m.Own(i)
	}
	if len(m.critical.order) > 0 {
		facts = append(facts, "critical path "+units.Brief(longest)+" in "+count(len(m.critical.order), "service"))
	}
	for _, phase := range m.phases {
		duration := units.Brief(phase.Duration())
		switch {
		case phase.Step == timeline.PhaseServing && phase.Open:
			facts = append(facts, "serving for "+duration)
		case phase.Step == timeline.PhaseServing:
			facts = append(facts, "served for "+duration)
		case phase.Step == timeline.PhaseStopping && phase.Open:
			facts = append(facts, "still stopping after "+duration)
		case phase.Step == timeline.PhaseStopping:
			facts = append(facts, "stopped in "+duration)
		}
	}
	return facts
}

// outcome says how the start of the application ended, or how far it is.
func (m *model) outcome() string {
	startup := m.startup()
	switch {
	case !m.Ready.IsZero():
		return "ready after " + m.since(m.Ready)
	case startup.Failed:
		return "start failed after " + m.since(startup.End)
	case !m.Started.IsZero():
		return "started after " + m.since(m.Started)
	case !startup.Open:
		return "start ended after " + m.since(startup.End)
	case m.Taken.IsZero():
		return "not started"
	case m.Constructed.IsZero():
		return "still constructing after " + m.since(m.Taken)
	default:
		return "still starting after " + m.since(m.Taken)
	}
}

func (m *model) since(t time.Time) string { return units.Brief(max(t.Sub(m.origin()), 0)) }
