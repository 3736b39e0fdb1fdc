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

func (m *machine) historyOf(all []happening, service int) *serviceHistory {
	s := &serviceHistory{machine: m, name: serviceName(service), plan: m.plan.Services[service]}
	for _, h := range all {
		if h.name == s.name {
			s.all = append(s.all, h)
		}
	}
	return s
}

func (s *serviceHistory) check() []string {
	single := s.machine.plan.isSingle(s.serviceOf(s.name))
	if single {
		s.pairs()
		s.stopsTold()
	} else {
		s.counts()
	}
	s.isAsked(single)
	switch {
	case s.plan.Kind == runner.KindServer:
		s.listensAndCloses(single)
	case s.plan.Kind == runner.KindJob:
		s.runsOnce(single)
	case single:
		s.startsAndStops()
	default:
		s.startsAndStopsTogether()
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
			} else if budget := s.budget(h.op); budget > 0 && h.at-open[h.op].at > budget+s.patience() {
				s.complain(h, "too late")
			}
			delete(open, h.op)
		}
	}
	for _, h := range open {
		s.complain(*h, "Before without After")
	}
}

// budget is the time that a step has; 0 means no limit. Of two calls in a step, Start and
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

// stopsTold requires that Observers are told once of the end of each service that has started, a server that has failed
// included. A Job that is done needs no stop.
func (s *serviceHistory) stopsTold() {
	up := false // and no stop was told since
	for _, h := range s.all {
		switch {
		case h.what == "enter" && h.op == runner.OpListen, h.what == "leave" && h.op == runner.OpStart && h.outcome.ok():
			up = true
		case h.what == "before" && h.op == runner.OpStop:
			up = false
		case h.what == "before" && h.op == runner.OpStart && up:
			s.complain(h, "started again, and its stop was not told")
		}
	}
	if up {
		s.wrong = append(s.wrong, "its stop was never told: "+s.name)
	}
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

// isAsked requires that a FailureReporter is asked at most once each time that it has started.
func (s *serviceHistory) isAsked(single bool) {
	started := 0 // and was not asked since
	for _, h := range s.all {
		switch {
		case h.what == "after" && h.op == runner.OpStart && h.err == nil:
			started++
		case h.what == "before" && h.op == runner.OpStart && single:
			started = 0
		case h.what == "enter" && h.op == opFailed:
			if started--; started < 0 {
				s.complain(h, "asked whether it has failed, though it has not started since")
			}
		}
	}
}

// runsOnce requires that a Job does not run beside itself, and that Observers hear once of the end of each Run.
func (s *serviceHistory) runsOnce(single bool) {
	inside, untold := 0, 0
	defer func() {
		if untold > 0 {
			s.wrong = append(s.wrong, "the end of a Job was never told: "+s.name)
		}
	}()
	for _, h := range s.all {
		switch {
		case h.what == "leave" && h.op == runner.OpRun:
			inside--
			untold++
		case h.what == "job done":
			if untold--; untold < 0 {
				s.complain(h, "told of the end of a Job that has not ended")
			}
		case h.op != runner.OpRun:
		case h.what == "enter":
			if inside++; inside > 1 && single {
				s.complain(h, "runs twice")
			}
		}
	}
}
