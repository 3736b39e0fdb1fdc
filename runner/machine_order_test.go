package runner_test

import (
	"fmt"
	"slices"
	"time"

	"github.com/go-fxservices/services/runner"
)

// needs returns which services of a Run have to be up before service s is, of
// those that the Run was given. What was given twice is needed twice.
func (p plan) needs(given []int, s int) (needs []int) {
	at := slices.Index(given, s)
	for i, other := range given {
		before := i < at && p.separated(given, i, at)
		if before || slices.Contains(p.Services[s].After, other) {
			needs = append(needs, other)
		}
	}
	return needs
}

// separated reports whether what was given at i has to be up before what was given
// at later, whatever they are after.
func (p plan) separated(given []int, i, later int) bool {
	if p.Concurrency == 1 && !p.ordered(given) {
		return true
	}
	return slices.ContainsFunc(given[i:later+1], func(s int) bool { return p.Services[s].Barrier })
}

// ordered reports whether settings decide on the order of a Run.
func (p plan) ordered(given []int) bool {
	return slices.ContainsFunc(given, func(s int) bool {
		return len(p.Services[s].After) > 0 || p.Services[s].Barrier
	})
}

// startsInOrder requires that nothing starts before what it needs is up, and that
// no more than the concurrency do at the same time.
func (m *machine) startsInOrder(all []happening) (wrong []string) {
	calls := map[int]int{} // where they are in all
	under := map[int]int{} // how many services are under way, by call
	for i, h := range all {
		switch {
		case h.what == "call":
			calls[h.id] = i
		case h.what == "enter" && (h.op == runner.OpStart || h.op == runner.OpListen):
			if missing := m.missing(all, calls[h.by], i); len(missing) > 0 {
				wrong = append(wrong, fmt.Sprintf("started too early: before %v: %v", missing, h))
			}
		case h.op != runner.OpStart && h.op != runner.OpLoad:
		case h.what == "before":
			under[h.by]++
			if most := m.plan.Concurrency; most > 0 && under[h.by] > most {
				wrong = append(wrong, fmt.Sprintf("too many starts at once: %d: %v", under[h.by], h))
			}
		case h.what == "after":
			under[h.by]--
		}
	}
	return wrong
}

// startsUntilFailure requires that a start that has failed calls nothing more, and
// that what is under way ends soon.
func (m *machine) startsUntilFailure(all []happening) (wrong []string) {
	failed := map[int]time.Duration{} // when, by call
	for _, h := range all {
		at, ended := failed[h.by]
		_, isStep := startSteps[h.op]
		switch {
		case !isStep || h.by == 0:
		case ended && h.what == "enter" && h.at > at:
			wrong = append(wrong, fmt.Sprintf("called past a failure: %v", h))
		case ended && h.what == "after" && h.at > at+forgiveness+patience:
			wrong = append(wrong, fmt.Sprintf("goes on past a failure: %v", h))
		case !ended && h.what == "after" && h.err != nil:
			failed[h.by] = h.at
		}
	}
	return wrong
}

var startSteps = map[runner.Op]struct{}{runner.OpLoad: {}, runner.OpStart: {}, runner.OpReady: {}, runner.OpListen: {}}

// missing returns what the service that starts at i needs, and is not up.
func (m *machine) missing(all []happening, call, i int) (missing []string) {
	s := m.serviceOf(all[i].name)
	given := all[call].act.Services
	needs := m.plan.needs(given, s)
	for _, need := range needs {
		if m.told(all[call:i], serviceName(need), all[i].by) < count(needs, need) {
			missing = append(missing, serviceName(need))
		}
	}
	for _, need := range m.plan.Services[s].After {
		if !slices.Contains(given, need) && !m.wasUp(all, serviceName(need), call, i) {
			missing = append(missing, serviceName(need))
		}
	}
	return missing
}

// told counts how often Observers were told that a call has started a service.
func (m *machine) told(all []happening, name string, by int) (n int) {
	for _, h := range all {
		if h.what == "after" && h.op == runner.OpStart && h.name == name && h.by == by && h.err == nil {
			n++
		}
	}
	return n
}

// wasUp reports whether a service was at some time between the call and i. One
// whose stop has failed may be up still.
func (m *machine) wasUp(all []happening, name string, call, i int) (up bool) {
	for at, h := range all[:i] {
		switch {
		case h.name != name || h.what != "after":
		case h.op == runner.OpStart && h.err == nil:
			up = true
		case h.op == runner.OpStop && h.err == nil && at < call && !m.plan.Services[m.serviceOf(name)].Value:
			up = false
		}
	}
	return up
}

// serviceOf is the opposite of serviceName.
func (m *machine) serviceOf(name string) int {
	for s := range m.services {
		if serviceName(s) == name {
			return s
		}
	}
	return -1
}

func count[T comparable](all []T, one T) (n int) {
	for _, each := range all {
		if each == one {
			n++
		}
	}
	return n
}
