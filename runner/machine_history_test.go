package runner_test

import (
	"fmt"
	"time"

	"github.com/go-fxservices/services/runner"
)

// serviceHistory is all that happened to one service.
type serviceHistory struct {
	*machine
	name string
	plan servicePlan
	all  []happening

	wrong []string
}

func (s *serviceHistory) check() []string {
	if s.plan.Value {
		s.counts()
	} else {
		s.pairs()
	}
	switch {
	case s.plan.Server:
		s.listensAndCloses()
	case s.plan.Value:
		s.startsAndStopsTogether()
	default:
		s.startsAndStops()
	}
	return s.wrong
}

func (s *serviceHistory) complain(h happening, what string) {
	s.wrong = append(s.wrong, fmt.Sprintf("%s: %s: %v", what, s.name, h))
}

// pairs requires that each Before is followed by its After, within the budget.
func (s *serviceHistory) pairs() {
	open := map[runner.Op]*happening{}
	for i, h := range s.all {
		switch h.what {
		case "before":
			if open[h.op] != nil {
				s.complain(h, "two Befores")
			}
			open[h.op] = &s.all[i]
		case "after":
			if open[h.op] == nil {
				s.complain(h, "After without Before")
			} else if budget := s.budget(h.op); budget > 0 && h.at-open[h.op].at > budget+patience {
				s.complain(h, "too late")
			}
			open[h.op] = nil
		}
	}
	for _, h := range open {
		if h != nil {
			s.complain(*h, "Before without After")
		}
	}
}

// budget is what a step has; 0 means no limit. Of two calls in a step, Start and
// IsReady or Close and the wait for Listen, each may use up its forgiveness.
func (s *serviceHistory) budget(op runner.Op) time.Duration {
	budget := s.plan.StartTimeout
	if op == runner.OpStop {
		budget = s.machine.plan.stopTimeout(s.plan)
	}
	if budget <= 0 {
		return 0
	}
	return budget + forgiveness
}

// startsAndStops requires that a Resource is stopped only when it is started, as
// often as it is started, and that no call of these runs beside another.
func (s *serviceHistory) startsAndStops() {
	var busy *happening
	up, told := false, false // told: it was told to stop since it is up
	for i, h := range s.all {
		switch {
		case h.op != runner.OpStart && h.op != runner.OpStop:
		case h.what == "enter" && busy != nil:
			s.complain(h, "called while another call runs")
		case h.what == "enter":
			busy = &s.all[i]
			s.entered(h, up, told)
			told = h.op == runner.OpStop
		case h.what == "leave" && h.op == runner.OpStart:
			busy, up = nil, h.outcome.ok()
		case h.what == "leave":
			busy, up = nil, up && !h.outcome.ok()
		}
	}
	if up && !told {
		s.wrong = append(s.wrong, "never told to stop: "+s.name)
	}
}

func (s *serviceHistory) entered(h happening, up, told bool) {
	switch {
	case h.op == runner.OpStop && !up:
		s.complain(h, "stopped though it is not started")
	case h.op == runner.OpStop && told && s.machine.plan.KeepGoing:
		s.complain(h, "stopped twice")
	case h.op == runner.OpStart && up && !told:
		s.complain(h, "started twice")
	}
}

// listensAndCloses requires that a Server is closed exactly once for each Listen that
// was entered, and not before it, and once more where that returned nil after its
// Close had; and that no Listen runs beside another. What happens in one moment may be
// noted in any order.
func (s *serviceHistory) listensAndCloses() {
	inside, late, left := 0, 0, 0
	var entered, closed []happening
	for _, h := range s.all {
		switch {
		case h.what == "enter" && h.op == runner.OpClose:
			closed = append(closed, h)
		case h.what == "leave" && h.op == runner.OpClose:
			left++
		case h.what == "enter" && h.op == runner.OpListen:
			entered = append(entered, h)
			if inside++; inside > 1 && !s.plan.Value {
				s.complain(h, "listens twice")
			}
		case h.what == "leave" && h.op == runner.OpListen:
			inside--
			if h.outcome.ok() && left > 0 {
				late++
			}
		}
	}
	if len(closed) > len(entered)+late {
		s.complain(closed[len(closed)-1], "closed too often")
	}
	if len(closed) < len(entered) {
		s.complain(entered[len(entered)-1], "never closed")
	}
	if len(entered) > 0 && len(closed) > 0 && closed[0].at < entered[0].at {
		s.complain(closed[0], "closed before it listens")
	}
}
