package runner_test

import (
	"slices"
	"time"

	"github.com/go-fxservices/services/runner"
)

// oneCall is a call of the Runner, from one place of the record to another.
type oneCall struct {
	*machine
	act      actPlan
	id       int
	from, to int
	begun    time.Duration
	over     time.Duration
	err      error
	started  []runner.Status
}

// callsOf returns the calls of the Runner, in the order in which they began.
func (m *machine) callsOf(all []happening) (calls []oneCall) {
	for i, h := range all {
		if h.what != "call" {
			continue
		}
		to := slices.IndexFunc(all, func(r happening) bool { return r.what == "return" && r.id == h.id })
		calls = append(calls, oneCall{
			machine: m, act: h.act, id: h.id, from: i, to: to, begun: h.at, over: all[to].at, err: all[to].err, started: h.started,
		})
	}
	return calls
}

// find returns the call with an id.
func find(calls []oneCall, id int) (oneCall, bool) {
	for _, c := range calls {
		if c.id == id {
			return c, true
		}
	}
	return oneCall{}, false
}

// has reports whether a call was given a service.
func (c oneCall) has(s int) bool { return slices.Contains(c.act.Services, s) }

// lasts reports whether a Run of these services lasts.
func (c oneCall) lasts() bool {
	return slices.ContainsFunc(c.act.Services, func(s int) bool { return c.plan.Services[s].serves() })
}

// hasServers reports whether there are Servers among its services.
func (c oneCall) hasServers() bool {
	return slices.ContainsFunc(c.act.Services, func(s int) bool { return c.plan.Services[s].Kind == runner.KindServer })
}

// allUp returns where in the record Observers were told that all its services have started, or -1.
func (c oneCall) allUp(all []happening) int {
	left := len(c.act.Services)
	for i := c.from; i < c.to; i++ {
		if h := all[i]; h.what == "after" && h.op == runner.OpStart && h.by == c.id && h.err == nil {
			if left--; left == 0 {
				return i
			}
		}
	}
	return -1
}

// ends returns when its context ends by itself, without a signal.
func (c oneCall) ends() time.Duration {
	end := never
	for _, limit := range []time.Duration{c.act.Limit, c.act.Cancel} {
		if limit != 0 {
			end = min(end, c.begun+max(limit, 0))
		}
	}
	return end
}

// notified returns when the signal came that ended its context, or never.
func (c oneCall) notified(all []happening) time.Duration {
	for _, h := range all[c.from:c.to] {
		if h.what == "notified" && h.id == c.id {
			return h.at
		}
	}
	return never
}

// jobsDone returns when a Run that has Jobs and no Servers has nothing left to do, or never.
func (c oneCall) jobsDone(all []happening) time.Duration {
	up := c.allUp(all)
	if up < 0 || !c.lasts() || c.hasServers() {
		return never
	}
	left := 0
	for _, s := range c.act.Services {
		if c.plan.Services[s].Kind == runner.KindJob {
			left++
		}
	}
	for _, h := range all[c.from:] {
		if h.what == "leave" && h.op == runner.OpRun && h.by == c.id {
			if left--; left == 0 {
				return max(h.at, all[up].at)
			}
		}
	}
	return never
}
