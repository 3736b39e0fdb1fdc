package runner_test

import (
	"fmt"
	"slices"
	"time"

	"github.com/go-fxservices/services/runner"
)

// stopsAfterDependents requires that no service is told to stop while one that is After it is up, be it by Finish, Stop, the
// rollback of a start, or the end of a Run.
func (m *machine) stopsAfterDependents(all []happening, calls []oneCall) (wrong []string) {
	up := map[int]int{}    // by service: the call that has started it
	since := map[int]int{} // and where in the record
	for i, h := range all {
		s := m.serviceOf(h.name)
		switch {
		case s < 0:
		case h.what == "leave" && h.op == runner.OpStart && h.outcome.ok(), h.what == "enter" && (h.op == runner.OpListen || h.op == runner.OpRun):
			up[s], since[s] = h.by, i
		case h.what == "after" && h.op == runner.OpStop, h.what == "leave" && h.op == runner.OpRun:
			delete(up, s)
		case h.what == "enter" && (h.op == runner.OpStop || h.op == runner.OpClose) && m.plan.isSingle(s):
			for other, by := range up {
				if since[s] < since[other] && m.mustOutlive(all[:i+1], calls, s, other, by) { // else it needed another start of s
					wrong = append(wrong, fmt.Sprintf("stopped before s%d: %v", other, h))
				}
			}
		}
	}
	return wrong
}

// mustOutlive reports whether service s, which is told to stop at the end of since, has to be up as long as other is, which
// call by has started.
func (m *machine) mustOutlive(since []happening, calls []oneCall, s, other, by int) bool {
	now := since[len(since)-1]
	stopping, ok := find(calls, now.by)
	name := serviceName(other)
	switch {
	case !slices.Contains(m.plan.Services[other].After, s), !m.plan.isSingle(other), !ok:
		return false
	case startsLate(since, name), startsLate(since, now.name), listensLate(since, now.name), m.isCutShort(since, calls):
		return false
	case stopping.act.What == "finish" || stopping.act.What == "stop" || m.plan.Services[s].Kind == runner.KindResource:
		return true
	default: // of the servers of another Run only those that end, too
		return stopping.id == by && m.plan.Services[other].serves()
	}
}

// isCutShort reports whether stops may be cut short by now.
func (m *machine) isCutShort(since []happening, calls []oneCall) bool {
	now, signals := since[len(since)-1], 0
	for _, h := range since {
		if h.what == "sent" {
			signals++
		}
	}
	return m.plan.Period > 0 || signals > 1 || slices.ContainsFunc(calls, func(c oneCall) bool {
		return (c.act.What == "finish" || c.act.What == "stop") && c.act.Limit != 0 && c.from < len(since) &&
			c.begun+max(c.act.Limit, 0) <= now.at && c.over+time.Second >= now.at
	})
}

// stopsAfterStarts requires that Observers are told of the end of a start before the stop of the service begins, unless that is
// cut short, or an Observer blocks.
func (m *machine) stopsAfterStarts(all []happening, calls []oneCall) (wrong []string) {
	open := map[string]bool{}
	for i, h := range all {
		switch {
		case h.op == runner.OpStart && (h.what == "before" || h.what == "after"):
			open[h.name] = h.what == "before"
		case h.what == "before" && h.op == runner.OpStop && open[h.name] && m.plan.isSingle(m.serviceOf(h.name)):
			if m.unruly.delay() == 0 && !m.isCutShort(all[:i+1], calls) {
				wrong = append(wrong, fmt.Sprintf("stopped while it starts: %v", h))
			}
		}
	}
	return wrong
}

// oneFinish is what happened in one Finish. No other stops at the same time, but
// for a service that has started late.
type oneFinish struct {
	oneCall
	all   []happening // until its last stop
	stops []happening // that it told Observers of
	alone bool        // no other call of the Runner was under way

	wrong []string
}

// stopsInOrder looks at each Finish by itself.
func (m *machine) stopsInOrder(all []happening, calls []oneCall) (wrong []string) {
	for _, c := range calls {
		if c.act.What != "finish" {
			continue
		}
		f := oneFinish{oneCall: c, alone: c.from >= m.sequential}
		for i, stop := range all[:c.to] {
			if stop.by == c.id && stop.op == runner.OpStop && (stop.what == "before" || stop.what == "after") {
				f.stops = append(f.stops, stop)
				f.all = all[:i+1]
			}
		}
		f.atOnce()
		f.untilFailure()
		f.runsReversed(calls)
		if m.plan.Concurrency == 1 {
			f.reversed()
		}
		wrong = append(wrong, f.wrong...)
	}
	return wrong
}

func (f *oneFinish) complain(format string, args ...any) {
	f.wrong = append(f.wrong, fmt.Sprintf(format, args...))
}

// atOnce requires that no more services than the concurrency stop at the same time. Observers may be told later of those that
// were abandoned.
func (f *oneFinish) atOnce() {
	open, most := 0, f.plan.Concurrency
	for _, h := range f.stops {
		p := f.plan.Services[f.serviceOf(h.name)]
		if isNamed(f.all, happening{name: h.name, op: p.stopOp()}) || isNamed(f.all, happening{name: h.name, op: p.startOp()}) {
			continue
		}
		if h.what == "after" {
			open--
		} else if open++; most > 0 && open > most {
			f.complain("too many stops at once: %d: %v", open, h)
		}
	}
}

// untilFailure requires that no stop begins after one has failed.
func (f *oneFinish) untilFailure() {
	failed := slices.IndexFunc(f.stops, func(h happening) bool { return h.err != nil })
	if failed < 0 || !f.endsAtFailure() {
		return
	}
	for _, h := range f.stops[failed:] {
		if h.what == "before" && h.at > f.stops[failed].at+f.unruly.delay() {
			f.complain("stopped past a failure: %v", h)
		}
	}
}

// endsAtFailure reports whether the first failure ends it. A Finish that is cut short goes
// on.
func (f *oneFinish) endsAtFailure() bool {
	signals := 0
	for _, h := range f.all {
		if h.what == "sent" {
			signals++
		}
	}
	return f.alone && !f.plan.KeepGoing && f.plan.Period == 0 && signals < 2
}

// reversed compares the stops with the starts.
func (f *oneFinish) reversed() {
	began, up := map[string]int{}, map[string]int{}
	for i, h := range f.all {
		switch {
		case h.op != runner.OpStart:
		case h.what == "before":
			began[h.name] = i
		case h.what == "after":
			up[h.name] = i
		}
	}
	var stopped []string
	for _, h := range f.stops {
		if h.what != "before" || f.isExempt(h.name) {
			continue
		}
		for _, older := range stopped {
			if began[h.name] > up[older] {
				f.complain("wrong order: %s stopped before %s", older, h.name)
			}
		}
		stopped = append(stopped, h.name)
	}
}

// isExempt reports whether it cannot be told when a service has started.
func (f *oneFinish) isExempt(name string) bool {
	return !f.plan.isSingle(f.serviceOf(name)) || startsLate(f.all, name)
}

// runsReversed requires that the services of a Run that began after another had got up stop before those of the other.
func (f *oneFinish) runsReversed(calls []oneCall) {
	if f.plan.Concurrency == 1 {
		return // reversed says more
	}
	by := map[string]oneCall{}
	for _, h := range f.all {
		if h.what == "before" && h.op == runner.OpStart {
			by[h.name], _ = find(calls, h.by)
		}
	}
	var stopped []string
	for _, h := range f.stops {
		if h.what != "before" || f.isExempt(h.name) {
			continue
		}
		for _, older := range stopped {
			if by[older].to < by[h.name].from {
				f.complain("wrong order: %s stopped before %s", older, h.name)
			}
		}
		stopped = append(stopped, h.name)
	}
}
