package runner_test

import (
	"slices"

	"github.com/go-fxservices/services/runner"
)

// upOnce is a service that is started when a Finish begins. The Run that has
// started it was called, and returned, at these places of the record.
type upOnce struct {
	service       int
	given         []int
	called, ended int
}

// alongEdges requires that a Finish tells nothing to stop before what needs it, and
// what a later Run has started, has been.
func (f *oneFinish) alongEdges() {
	all := f.upAtFirst()
	for _, older := range all {
		began := f.indexOf("before", older.service)
		for _, newer := range all {
			if began >= 0 && f.mustStopFirst(newer, older) && !f.stoppedBy(began, newer.service) {
				f.complain("wrong order: s%d stopped before s%d", older.service, newer.service)
			}
		}
	}
}

// upAtFirst returns what was started when the stops began, or less.
func (f *oneFinish) upAtFirst() (all []upOnce) {
	for s := range f.services {
		name := serviceName(s)
		if !f.isExempt(name) && (f.indexOf("before", s) >= 0 || f.alone && slices.Contains(f.call.started, name)) {
			all = append(all, f.up(s))
		}
	}
	return all
}

// stoppedBy reports whether a service may be needed no more once so many events
// of stops have been told.
func (f *oneFinish) stoppedBy(events, s int) bool {
	ended := f.indexOf("after", s)
	if ended < 0 { // another call may have stopped it, or its own failure
		return !f.alone || hasFailed(f.all, serviceName(s))
	}
	return ended < events && (f.stops[ended].err == nil || !f.endsAtFailure())
}

func (f *oneFinish) indexOf(what string, s int) int {
	return slices.IndexFunc(f.stops, func(h happening) bool { return h.what == what && h.name == serviceName(s) })
}

func hasFailed(all []happening, name string) bool {
	return slices.ContainsFunc(all, func(h happening) bool { return h.what == "server failed" && h.name == name })
}

// up finds what has started a service.
func (f *oneFinish) up(s int) upOnce {
	by := 0
	for _, h := range f.all {
		if h.what == "before" && h.op == runner.OpStart && h.name == serviceName(s) {
			by = h.by
		}
	}
	u := upOnce{service: s, ended: len(f.all)}
	for i, h := range f.all {
		switch {
		case h.id != by:
		case h.what == "call":
			u.called, u.given = i, h.act.Services
		case h.what == "return":
			u.ended = i
		}
	}
	return u
}

// mustStopFirst reports whether newer has to stop before older does.
func (f *oneFinish) mustStopFirst(newer, older upOnce) bool {
	if newer.called == older.called {
		return slices.Contains(f.plan.allNeeds(newer.given, newer.service), older.service)
	}
	return older.ended < newer.called
}

// allNeeds returns what a service of a Run needs, and what that needs.
func (p plan) allNeeds(given []int, s int) []int {
	needs := p.needs(given, s)
	for i := 0; i < len(needs); i++ {
		for _, need := range p.needs(given, needs[i]) {
			if !slices.Contains(needs, need) {
				needs = append(needs, need)
			}
		}
	}
	return needs
}
