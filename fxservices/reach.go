package fxservices

import (
	"cmp"
	"slices"

	"github.com/go-fxservices/services/internal/fxgraph/dot"
)

// reach is what a constructor needs, directly or through constructors without
// services.
type reach struct {
	items     []int
	maybe     []int    // of keys that several constructors give
	decorated []string // keys
	missing   string   // a key that nobody gives
	complete  bool     // false while it is computed
	circular  bool
}

// reached returns what constructor c needs.
func (p *plan) reached(c int) *reach {
	if r := p.reach[c]; r != nil {
		r.circular = r.circular || !r.complete
		return r
	}
	r := &reach{}
	p.reach[c] = r
	constructor := p.graph.constructors[c]
	r.decorated = p.decorators.among(constructor.Needs)
	for _, key := range constructor.Needs {
		givers := p.graph.givers[key]
		if len(givers) == 0 && !dot.IsGroup(key) && !slices.Contains(constructor.Optional, key) {
			r.missing = key
		}
		to := &r.items
		if len(givers) > 1 && !dot.IsGroup(key) {
			to = &r.maybe
		}
		for _, giver := range givers {
			p.pass(r, to, giver)
		}
	}
	r.items, r.maybe = sorted(r.items), sorted(r.maybe)
	r.complete = true
	return r
}

func sorted(indexes []int) []int {
	slices.Sort(indexes)
	return slices.Compact(indexes)
}

// pass adds, to what is reached, a constructor that gives what is needed: its items,
// or what it needs itself if it has none.
func (p *plan) pass(r *reach, to *[]int, giver int) {
	if items := p.at[giver]; len(items) > 0 {
		*to = append(*to, items...)
		return
	}
	through := p.reached(giver)
	*to = append(*to, through.items...)
	r.maybe = append(r.maybe, through.maybe...)
	r.circular = r.circular || through.circular
	r.missing = cmp.Or(r.missing, through.missing)
	for _, key := range through.decorated {
		if !slices.Contains(r.decorated, key) {
			r.decorated = append(r.decorated, key)
		}
	}
}
