package runner_test

import (
	"fmt"
	"slices"

	"github.com/go-fxservices/services/runner"
)

// oneFinish is what happened in one Finish. No other stops at the same time, but
// for what has started late.
type oneFinish struct {
	*machine
	all   []happening // until it returned
	stops []happening // that it told Observers of
	call  happening
	alone bool // no other call of the Runner was under way

	wrong []string
}

// stopsInOrder looks at each Finish: nothing stops before what needs it has, or,
// where services start one at a time, before what started later.
func (m *machine) stopsInOrder(all []happening) (wrong []string) {
	for i, h := range all {
		if h.what != "call" || h.name != "finish" {
			continue
		}
		end := slices.IndexFunc(all, func(r happening) bool { return r.what == "return" && r.id == h.id })
		f := oneFinish{machine: m, all: all[:end], call: h, alone: i >= m.sequential}
		for _, stop := range f.all {
			if stop.by == h.id && stop.op == runner.OpStop && (stop.what == "before" || stop.what == "after") {
				f.stops = append(f.stops, stop)
			}
		}
		wrong = append(wrong, f.check()...)
	}
	return wrong
}

func (f *oneFinish) complain(format string, args ...any) {
	f.wrong = append(f.wrong, fmt.Sprintf(format, args...))
}

func (f *oneFinish) check() []string {
	f.atOnce()
	f.untilFailure()
	if f.plan.Concurrency == 1 {
		f.reversed()
	} else {
		f.alongEdges()
	}
	return f.wrong
}

// atOnce requires that no more services than the concurrency stop at the same time.
func (f *oneFinish) atOnce() {
	open, most := 0, f.plan.Concurrency
	for _, h := range f.stops {
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
		if h.what == "before" && h.at > f.stops[failed].at {
			f.complain("stopped past a failure: %v", h)
		}
	}
}

// endsAtFailure reports whether the first failure ends it. What is cut short goes
// on.
func (f *oneFinish) endsAtFailure() bool {
	signals := 0
	for _, h := range f.all {
		if h.what == "signal" {
			signals++
		}
	}
	return f.alone && !f.plan.KeepGoing && signals < 2
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
	return f.plan.Services[f.serviceOf(name)].Value || startsLate(f.all, name)
}
