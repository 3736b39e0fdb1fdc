package runner_test

import (
	"fmt"
	"slices"

	"github.com/go-fxservices/services/runner"
)

// under returns the calls of services that are under way.
func under(all []happening) map[int]happening {
	inside := map[int]happening{}
	for _, h := range all {
		switch h.what {
		case "enter":
			inside[h.id] = h
		case "leave":
			delete(inside, h.id)
		}
	}
	return inside
}

// leftInside returns the calls that are still under way though no error has named
// them as abandoned.
func (m *machine) leftInside() (wrong []string) {
	all := m.snapshot()
	left := m.runner.Services()
	for _, call := range under(all) {
		isUp := slices.ContainsFunc(left, func(s runner.Status) bool {
			return s.Name == call.name && (s.State != runner.ServiceAbandoned || !isToldToStop(all, call)) // another call of it was
		})
		isUp = isUp && call.op == m.plan.Services[m.serviceOf(call.name)].startOp() && call.op != runner.OpStart // a Finish that failed has left it
		isLate := call.op == runner.OpStop && startsLate(all, call.name) || call.op == runner.OpClose && listensLate(all, call.name)
		if !isUp && !isLate && call.op != opFailed && !isNamed(all, call) {
			wrong = append(wrong, fmt.Sprintf("left without a word: %v", call))
		}
		if !isLate && !slices.ContainsFunc(left, func(s runner.Status) bool { return s.Name == call.name }) {
			wrong = append(wrong, fmt.Sprintf("not among Services though a call of it runs: %v", call))
		}
	}
	return wrong
}

// leftOver returns the services that are said to be abandoned though no call of them is under way.
func (m *machine) leftOver() (wrong []string) {
	all := m.snapshot()
	for _, s := range m.runner.Services() {
		inside := false
		for _, call := range under(all) {
			inside = inside || call.name == s.Name
		}
		if s.State == runner.ServiceAbandoned && !inside {
			wrong = append(wrong, fmt.Sprintf("abandoned though no call of it runs: %v", s))
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

// anyStartsLate reports whether a service may have stopped when nobody waited for it.
func (m *machine) anyStartsLate(all []happening) bool {
	for s := range m.services {
		if startsLate(all, serviceName(s)) {
			return true
		}
	}
	return false
}

// isToldToStop reports whether the stop of the service of a call has begun since.
func isToldToStop(all []happening, call happening) bool {
	return slices.ContainsFunc(all, func(h happening) bool {
		return h.at >= call.at && h.what == "before" && h.name == call.name && (h.op == runner.OpStop || h.op == runner.OpClose)
	})
}

func isNamed(all []happening, call happening) bool {
	return slices.ContainsFunc(all, func(h happening) bool { return h.at >= call.at && abandons(h.err, call.name, call.op) })
}

// entriesFirst puts the entry of each Listen and Run before the end of the start that saw it. The Runner cannot know when the
// first line of a Listen runs: it may be a moment after that, though never a moment of the clock.
func (m *machine) entriesFirst(all []happening) []happening {
	for i, h := range all {
		if h.what != "enter" || h.op != runner.OpListen && h.op != runner.OpRun {
			continue
		}
		for j := i - 1; j >= 0 && all[j].at == h.at; j-- {
			if seen := all[j]; seen.what == "after" && seen.op == runner.OpStart && seen.name == h.name && seen.by == h.by {
				copy(all[j+1:i+1], all[j:i])
				all[j] = h
				break
			}
		}
	}
	return all
}

func count[T comparable](all []T, one T) (n int) {
	for _, each := range all {
		if each == one {
			n++
		}
	}
	return n
}
