package runner_test

import (
	"fmt"
	"slices"
	"time"

	"github.com/go-fxservices/services/runner"
)

// needs returns the services of a Run that have to be up before service s is, of
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

// separated reports whether the service that was given at i has to be up before that
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

// startsInOrder requires that nothing starts before the services that it needs are up, and that
// no more than the concurrency do at the same time.
func (m *machine) startsInOrder(all []happening, calls []oneCall) (wrong []string) {
	starting := map[int]int{} // how many services are starting, by call
	for i, h := range all {
		s := m.serviceOf(h.name)
		switch {
		case s < 0:
		case h.what == "enter" && h.op == m.plan.Services[s].startOp():
			call, _ := find(calls, h.by)
			if missing := m.missing(all, calls, call, s, i); len(missing) > 0 {
				wrong = append(wrong, fmt.Sprintf("started too early: before %v: %v", missing, h))
			}
		case h.op != runner.OpStart && h.op != runner.OpLoad:
		case h.what == "before":
			starting[h.by]++
			if most := m.plan.Concurrency; most > 0 && starting[h.by] > most {
				wrong = append(wrong, fmt.Sprintf("too many starts at once: %d: %v", starting[h.by], h))
			}
		case h.what == "after":
			starting[h.by]--
		}
	}
	return wrong
}

// startsUntilFailure requires that a start that has failed calls nothing more, and
// that the calls under way end soon.
func (m *machine) startsUntilFailure(all []happening) (wrong []string) {
	failed := map[int]time.Duration{} // when, by call
	for _, h := range all {
		at, ended := failed[h.by]
		switch {
		case !startSteps[h.op] || h.by == 0:
		case ended && h.what == "enter" && h.at > at:
			wrong = append(wrong, fmt.Sprintf("called past a failure: %v", h))
		case ended && h.what == "after" && h.at > at+forgiveness+m.patience():
			wrong = append(wrong, fmt.Sprintf("goes on past a failure: %v", h))
		case !ended && h.what == "after" && h.err != nil:
			failed[h.by] = h.at
		}
	}
	return wrong
}

var startSteps = map[runner.Op]bool{
	runner.OpLoad: true, runner.OpStart: true, runner.OpReady: true, runner.OpListen: true, runner.OpRun: true,
}

// missing returns the services that service s, which call starts at i, needs, and that are not up.
func (m *machine) missing(all []happening, calls []oneCall, call oneCall, s, i int) (missing []string) {
	needs := m.plan.needs(call.act.Services, s)
	for _, need := range needs {
		if m.told(all[call.from:i], serviceName(need), call.id) < count(needs, need) {
			missing = append(missing, serviceName(need))
		}
	}
	for _, need := range m.plan.Services[s].After {
		if !call.has(need) && !m.isUpElsewhere(all, calls, need, firstStep(all[:i], all[i])) {
			missing = append(missing, serviceName(need))
		}
	}
	return missing
}

// firstStep returns where the start of a service began whose Start or Listen comes next.
func firstStep(before []happening, entered happening) int {
	first := len(before)
	for i, h := range before {
		if h.what == "before" && h.name == entered.name && h.by == entered.by && (h.op == runner.OpLoad || h.op == runner.OpStart) {
			if first = i; h.op == runner.OpLoad {
				return i
			}
		}
	}
	return first
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

// isUpElsewhere reports whether a service was up before the first step of another at i, and the Run that had started it had got up as a whole, or something
// had ended its start. In one moment a stop may begin as well.
func (m *machine) isUpElsewhere(all []happening, calls []oneCall, need, i int) bool {
	up, by := false, 0
	for _, h := range all[:i] {
		switch {
		case h.name != serviceName(need):
		case h.what == "after" && h.op == runner.OpStart:
			up, by = h.err == nil || up && !m.plan.isSingle(need), h.by
		case h.what == "before" && h.op == runner.OpStop && m.plan.isSingle(need) && h.at < all[i].at:
			up = false
		case h.what == "server failed" && h.at < all[i].at && m.plan.isSingle(need):
			up = false
		}
	}
	other, ok := find(calls, by)
	if !up || !ok || !m.plan.isSingle(need) {
		return up
	}
	return other.to < i || other.endedBefore(all, calls, all[i].at) || other.allUp(all) >= 0 && other.allUp(all) < i
}

// endedBefore reports whether something may have ended a Run by then.
func (c oneCall) endedBefore(all []happening, calls []oneCall, at time.Duration) bool {
	return slices.ContainsFunc(c.endings(all, calls), func(e lifeEnd) bool { return e.at <= at })
}
