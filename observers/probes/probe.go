package probes

import (
	"context"
	"slices"
	"time"

	"github.com/go-fxservices/services/runner"
)

// probe is what one path tells.
type probe struct {
	name  string
	state func(*Probes) bool // reports whether the state of the Runner lets it pass; called with Probes.mu locked
	asks  []Kind
}

// paths are where the probes are found.
var paths = map[string]*probe{
	"/livez":    {name: "livez", state: func(*Probes) bool { return true }, asks: []Kind{Live}},
	"/startupz": {name: "startupz", state: func(p *Probes) bool { return p.begun }},
	"/readyz":   {name: "readyz", state: (*Probes).isReady, asks: []Kind{Ready}},
	"/healthz":  {name: "healthz", state: (*Probes).isReady, asks: []Kind{Ready, Health}},
}

func (p *Probes) isReady() bool { return p.present() == runner.StateReady }

// report is the answer to a probe.
type report struct {
	*probe
	state   runner.State
	stateOK bool
	lines   []line
}

// line is the part of a report that is about one entry.
type line struct {
	*entry
	result
}

// passed reports whether all is well.
func (r *report) passed() bool {
	return r.stateOK && !slices.ContainsFunc(r.lines, func(l line) bool { return !l.ok })
}

// report asks a probe, without the entries of the excluded names, and waits for the answers, until ctx ends. The state has
// to be right before and after that: a shutdown may have begun meanwhile, or a service become ready that was not asked.
func (p *Probes) report(ctx context.Context, of *probe, excluded []string) report {
	r := report{probe: of}
	questions := p.questions(&r, excluded)
	now, asked := time.Now(), questions[:0]
	for _, q := range questions {
		if q.ask(of.asks, now) {
			asked = append(asked, q)
		}
	}
	r.lines = make([]line, len(asked))
	for i := range asked {
		r.lines[i] = line{asked[i].entry, asked[i].result(ctx)}
	}
	p.look(&r, asked)
	return r
}

// questions notes the state, and returns whom there is to ask.
func (p *Probes) questions(r *report, excluded []string) []question {
	p.mu.Lock()
	defer p.mu.Unlock()
	r.state, r.stateOK = p.present(), r.probe.state(p)
	if len(r.asks) == 0 {
		return nil
	}
	all := make([]question, 0, len(p.services)+len(p.added))
	for _, s := range p.services {
		if s.up && s.entry != nil && !slices.Contains(excluded, s.entry.name) {
			all = append(all, question{entry: s.entry, service: s})
		}
	}
	for _, e := range p.added {
		if !slices.Contains(excluded, e.name) {
			all = append(all, question{entry: e})
		}
	}
	return all
}

// look notes the state again, if that is worse now, and drops the lines of services that have begun to stop meanwhile.
func (p *Probes) look(r *report, asked []question) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if r.stateOK {
		r.state, r.stateOK = p.present(), r.probe.state(p)
	}
	left := r.lines[:0]
	for i, q := range asked {
		if q.service == nil || !q.service.gone {
			left = append(left, r.lines[i])
		}
	}
	r.lines = left
}
