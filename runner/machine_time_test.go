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

	// forgiveness is what each call has to return once its context has ended.
	forgiveness = 150 * time.Millisecond
)

// onTime requires of each call of the Runner that it returned by its budget.
func (m *machine) onTime(all []happening) (wrong []string) {
	for i, h := range all {
		if h.what != "call" {
			continue
		}
		returned := m.returned(all, h)
		if latest := m.latest(all, i, returned); latest != never && returned.at > latest+patience {
			wrong = append(wrong, fmt.Sprintf("returned too late: at %v, not by %v: %v", returned.at, latest+patience, h))
		}
	}
	return wrong
}

func (m *machine) returned(all []happening, called happening) happening {
	i := slices.IndexFunc(all, func(h happening) bool { return h.what == "return" && h.id == called.id })
	return all[i]
}

// latest is when the budget of a call is over.
func (m *machine) latest(all []happening, i int, returned happening) time.Duration {
	called := all[i]
	switch act := called.act; {
	case act.What == "run" || act.What == "start":
		return m.latestOfRun(all[i:], called, returned)
	case i >= m.sequential:
		return m.after(called.at, m.timeToStop(m.everything(called.started)))
	case act.Limit <= 0:
		return never
	case act.What == "wait" || !m.besideRuns(all, i, returned):
		return called.at + act.Limit
	default: // the steps of a start, and servers that do not close, come before
		return called.at + act.Limit + 4*forgiveness
	}
}

// besideRuns reports whether a Run went on beside the call.
func (m *machine) besideRuns(all []happening, i int, returned happening) bool {
	for _, h := range all {
		if h.what == "call" && (h.name == "run" || h.name == "start") &&
			h.at <= returned.at && m.returned(all, h).at >= all[i].at {
			return true
		}
	}
	return false
}

// latestOfRun is when a Run must have returned, once something has ended it.
func (m *machine) latestOfRun(since []happening, called, returned happening) time.Duration {
	end, failed := m.ended(since, called, returned)
	if end == never {
		return never
	}
	end += 3 * forgiveness // Load, Start and IsReady may each use theirs up
	var servers []int
	for _, s := range called.act.Services {
		if m.plan.Services[s].Server {
			servers = append(servers, s)
		}
	}
	switch {
	case failed: // all may be rolled back
		return m.after(end, m.timeToStop(called.act.Services))
	case called.act.What == "start" || len(servers) == 0:
		return end
	default: // they close at the same time
		longest := time.Duration(0)
		for _, s := range servers {
			longest = max(longest, m.timeToStop([]int{s}))
		}
		return m.after(end+m.plan.Drain, longest)
	}
}

// ended is when something has ended a Run, and whether a service of it failed.
func (m *machine) ended(since []happening, called, returned happening) (end time.Duration, failed bool) {
	end = never
	if called.act.Limit > 0 {
		end = called.at + called.act.Limit
	} else if called.act.Limit < 0 {
		end = called.at
	}
	for _, h := range since {
		if h.at > returned.at {
			break
		}
		mine := h.by == called.id
		switch {
		case h.what == "signal" && h.at > called.at: // else the Run may have come later
			end = min(end, h.at)
		case h.what == "server failed" && mine:
			end, failed = min(end, h.at), true
		case h.what == "after" && h.op != runner.OpStop && h.err != nil && mine: // the others are cancelled
			end, failed = min(end, h.at), true
		}
	}
	return end, failed
}

// everything returns all services, and those again that are started twice.
func (m *machine) everything(started []string) (services []int) {
	for s := range m.services {
		for range max(count(started, serviceName(s)), 1) {
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

// after is at + budget.
func (m *machine) after(at, budget time.Duration) time.Duration {
	if budget == never {
		return never
	}
	return at + budget
}
