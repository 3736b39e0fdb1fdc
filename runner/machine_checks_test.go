package runner_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/go-fxservices/services/runner"
)

// patience is how much later than its budget something may end.
const patience = 250 * time.Millisecond

// check returns what is wrong with what happened in a case that is over.
func (m *machine) check() (wrong []string) {
	all := m.snapshot()
	if left := m.runner.Services(); len(left) > 0 {
		wrong = append(wrong, fmt.Sprintf("never stopped: %v", names(m.runner)))
	}
	for i, p := range m.plan.Services {
		s := serviceHistory{machine: m, name: serviceName(i), plan: p}
		for _, h := range all {
			if h.name == s.name {
				s.all = append(s.all, h)
			}
		}
		wrong = append(wrong, s.check()...)
	}
	if state := m.runner.State(); state != runner.StateIdle && state != runner.StateStopped {
		wrong = append(wrong, fmt.Sprintf("not stopped at the end: %v", state))
	}
	wrong = append(wrong, m.startsInOrder(all)...)
	wrong = append(wrong, m.startsUntilFailure(all)...)
	wrong = append(wrong, m.stopsInOrder(all)...)
	wrong = append(wrong, m.outbursts(all)...)
	wrong = append(wrong, m.complete(all)...)
	wrong = append(wrong, m.refused(all)...)
	wrong = append(wrong, m.onTime(all)...)
	return append(wrong, m.reported(all)...)
}

// complete requires of each call that says so that all it was given has started.
func (m *machine) complete(all []happening) (wrong []string) {
	for _, called := range all {
		serves := called.name == "run" && slices.ContainsFunc(called.act.Services, func(s int) bool { return m.plan.Services[s].Server })
		starts := called.name == "run" || called.name == "start"
		if called.what != "call" || !starts || serves || !saysOnlyOutbursts(m.returned(all, called).err) {
			continue
		}
		for _, s := range called.act.Services {
			if m.told(all, serviceName(s), called.id) != count(called.act.Services, s) {
				wrong = append(wrong, fmt.Sprintf("not started: s%d: %v", s, called))
			}
		}
	}
	return wrong
}

// refused requires that equal values are never taken for the same service.
func (m *machine) refused(all []happening) (wrong []string) {
	for _, h := range all {
		for s, p := range m.plan.Services {
			if p.Value && h.err != nil && strings.Contains(h.err.Error(), fmt.Sprintf("%q: already started", serviceName(s))) {
				wrong = append(wrong, fmt.Sprintf("refused a value: %v", h))
			}
		}
	}
	return wrong
}

// leftInside returns the calls that are still under way though no error has named
// them as abandoned.
func (m *machine) leftInside() (wrong []string) {
	all := m.snapshot()
	inside := map[int]happening{}
	for _, h := range all {
		switch h.what {
		case "enter":
			inside[h.id] = h
		case "leave":
			delete(inside, h.id)
		}
	}
	serving := names(m.runner) // what a Finish that failed has left up
	for _, call := range inside {
		isUp := call.op == runner.OpListen && slices.Contains(serving, call.name)
		isLate := call.op == runner.OpStop && startsLate(all, call.name) || call.op == runner.OpClose && listensLate(all, call.name)
		if !isUp && !isLate && !isNamed(all, call) {
			wrong = append(wrong, fmt.Sprintf("left without a word: %v", call))
		}
	}
	return wrong
}

// startsLate reports whether a Start was abandoned. When it returns after all, the
// goroutine that was left behind stops the service.
func startsLate(all []happening, name string) bool {
	return isNamed(all, happening{name: name, op: runner.OpStart})
}

// listensLate reports whether a Listen was abandoned. When it returns nil after all, the
// goroutine that was left behind closes the server once more.
func listensLate(all []happening, name string) bool {
	return isNamed(all, happening{name: name, op: runner.OpListen})
}

func isNamed(all []happening, call happening) bool {
	for _, h := range all {
		if h.at >= call.at && abandons(h.err, call.name, call.op) {
			return true
		}
	}
	return false
}

// reported returns the errors of services that nobody was told of.
func (m *machine) reported(all []happening) (wrong []string) {
	for i, h := range all {
		if h.outcome.sentinel == nil || h.op == runner.OpReady && h.outcome.how != endsPanicking || excused(all[:i], all, h) {
			continue
		}
		observed, returned := tells(all[i:], h)
		if !observed && !returned {
			wrong = append(wrong, fmt.Sprintf("not told: %v", h.outcome.sentinel))
		}
		asked := h.op == runner.OpLoad || h.op == runner.OpStart || h.op == runner.OpReady
		if asked && !returned {
			wrong = append(wrong, fmt.Sprintf("not returned: %v", h.outcome.sentinel))
		}
	}
	return wrong
}

// excused reports whether the call was abandoned before it ended.
func excused(before, all []happening, left happening) bool {
	var entered happening
	for _, h := range before {
		if h.what == "enter" && h.id == left.id {
			entered = h
		}
	}
	for _, h := range all {
		if h.at >= entered.at && h.at <= left.at && abandons(h.err, left.name, left.op) {
			return true
		}
	}
	return false
}

func tells(all []happening, left happening) (observed, returned bool) {
	for _, h := range all {
		if h.what != "leave" && errors.Is(h.err, left.outcome.sentinel) {
			observed = observed || h.what != "return"
			returned = returned || h.what == "return"
		}
	}
	return observed, returned
}
