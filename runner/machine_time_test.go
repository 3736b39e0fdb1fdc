package runner_test

import (
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/go-fxservices/services/runner"
)

const (
	never = time.Duration(math.MaxInt64)

	// forgiveness is the time that each call has to return once its context has ended.
	forgiveness = 150 * time.Millisecond
)

// onTime requires of each call of the Runner that it returned by its budget.
func (m *machine) onTime(all []happening, calls []oneCall) (wrong []string) {
	for _, c := range calls {
		if latest := c.latest(all, calls); latest != never && c.over > latest+m.patience() {
			wrong = append(wrong, fmt.Sprintf("returned too late: at %v, not by %v: %v", c.over, latest+m.patience(), all[c.from]))
		}
	}
	return wrong
}

// withinPeriod requires of each Finish that it returned before the platform kills the program, whatever services and Observers
// do. It may have waited for another one.
func (m *machine) withinPeriod(calls []oneCall) (wrong []string) {
	for _, c := range calls {
		if m.plan.Period == 0 || c.act.What != "finish" {
			continue
		}
		latest := c.begun + m.plan.Period
		if slices.ContainsFunc(calls, func(other oneCall) bool {
			return other.act.What == "finish" && other.id != c.id && other.from < c.from && other.to > c.from
		}) {
			latest += m.plan.Period
		}
		if c.over > latest {
			wrong = append(wrong, fmt.Sprintf("killed before Finish returned: at %v, not by %v: call %d", c.over, latest, c.id))
		}
	}
	return wrong
}

// latest is when the budget of a call is over.
func (c oneCall) latest(all []happening, calls []oneCall) time.Duration {
	deadline := c.begun + max(c.act.Limit, 0)
	switch {
	case c.act.What == "shutdown":
		return c.begun
	case c.act.starts():
		return c.latestOfRun(all)
	case c.act.What == "wait":
		return c.latestOfWait(all)
	case c.from >= c.sequential:
		return later(c.begun, c.timeToStop(c.everything()))
	case c.act.Limit == 0:
		return never
	case !c.besideRuns(calls):
		return deadline
	default: // the steps of a start, and servers that do not close, come before
		return deadline + 4*forgiveness
	}
}

// latestOfWait is when a Wait must have returned.
func (c oneCall) latestOfWait(all []happening) time.Duration {
	end := min(c.ends(), c.notified(all))
	for _, h := range all[c.from:c.to] {
		if h.what == "sent" {
			return min(end, h.at)
		}
	}
	return end
}

// besideRuns reports whether a Run went on beside the call.
func (c oneCall) besideRuns(calls []oneCall) bool {
	for _, other := range calls {
		if other.act.starts() && other.begun <= c.over && other.over >= c.begun {
			return true
		}
	}
	return false
}

// latestOfRun is when a Run must have returned, once something has ended it.
func (c oneCall) latestOfRun(all []happening) time.Duration {
	end, failed := c.ended(all)
	if end == never {
		return never
	}
	end += 3 * forgiveness // Load, Start and IsReady may each use theirs up
	switch {
	case failed: // everything may be rolled back
		return later(end, c.timeToStop(c.act.Services))
	case c.act.What == "start" || !c.lasts():
		return end
	default: // servers close at the same time, or after others of this Run or of another
		return later(end+c.plan.Drain, c.timeToStop(c.everything()))
	}
}

// ended is when something has ended a Run, and whether a service of it failed.
func (c oneCall) ended(all []happening) (end time.Duration, failed bool) {
	end = min(c.ends(), c.notified(all))
	for _, h := range all[c.from:c.to] {
		mine := h.by == c.id
		switch {
		case h.what == "sent" && h.at > c.begun: // else the Run may have come later
			end = min(end, h.at)
		case h.what == "call" && (h.name == "shutdown" || h.name == "finish") && h.at > c.begun:
			end = min(end, h.at)
		case (h.what == "server failed" || h.what == "service failed") && mine:
			end, failed = min(end, h.at), true
		case h.what == "after" && h.op != runner.OpStop && h.err != nil && mine: // the others are cancelled
			end, failed = min(end, h.at), true
		}
	}
	return end, failed
}

// everything returns all services, and those again that are started twice.
func (c oneCall) everything() (services []int) {
	for s := range c.services {
		n := 0
		for _, status := range c.started {
			if status.Name == serviceName(s) {
				n++
			}
		}
		for range max(n, 1) {
			services = append(services, s)
		}
	}
	return services
}

// timeToStop is the budget of stops one by one. It is more than enough for those
// that stop at the same time.
func (m *machine) timeToStop(services []int) (total time.Duration) {
	for _, s := range services {
		budget := m.plan.stopTimeout(m.plan.Services[s])
		if budget <= 0 {
			return never
		}
		total += budget + 2*forgiveness
	}
	return total
}

// later is at + budget.
func later(at, budget time.Duration) time.Duration {
	if budget == never {
		return never
	}
	return at + budget
}
