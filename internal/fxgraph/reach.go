package fxgraph

import (
	"cmp"
	"slices"

	"github.com/go-fxservices/services/internal/fxgraph/dot"
)

// reach is everything that one constructor depends on: directly, or through constructors that have no items.
type reach struct {
	items     []int
	possible  []int    // the items of keys that several constructors provide: one of these constructors made the value
	decorated []string // the keys on the way that are decorated
	missing   string   // a key that no constructor provides, and that is not optional
	circular  bool
	complete  bool // false while it is being computed
}

// reaches computes the reach of constructors, of each one once.
type reaches struct {
	index  *index
	log    *Log
	items  [][]int  // of each constructor
	cached []*reach // of each constructor; nil: not computed yet
}

func newReaches(x *index, l *Log, items [][]int) *reaches {
	return &reaches{index: x, log: l, items: items, cached: make([]*reach, len(x.constructors))}
}

// of returns the reach of constructor c. Where the constructors without items form a cycle, it is circular: the graph
// names types by the last part of their package, so that two types with one name can look like one.
func (rs *reaches) of(c int) *reach {
	if r := rs.cached[c]; r != nil {
		r.circular = r.circular || !r.complete
		return r
	}
	r := &reach{}
	rs.cached[c] = r
	needs := rs.index.constructors[c].Needs
	r.decorated = rs.log.decorated(needs)
	for _, key := range needs {
		rs.follow(r, c, key)
	}
	r.items, r.possible = ascending(r.items), ascending(r.possible)
	r.complete = true
	return r
}

// follow adds to r what constructor c depends on because it needs key.
func (rs *reaches) follow(r *reach, c int, key string) {
	providers, group := rs.index.providers[key], dot.IsGroup(key)
	if len(providers) == 0 && !group && !slices.Contains(rs.index.constructors[c].Optional, key) {
		r.missing = key
	}
	to := &r.items
	if len(providers) > 1 && !group {
		to = &r.possible
	}
	for _, provider := range providers {
		rs.add(r, to, provider)
	}
}

// add adds the items of provider to the list at to, or the reach of provider if it has no items.
func (rs *reaches) add(r *reach, to *[]int, provider int) {
	if items := rs.items[provider]; len(items) > 0 {
		*to = append(*to, items...)
		return
	}
	through := rs.of(provider)
	*to = append(*to, through.items...)
	r.possible = append(r.possible, through.possible...)
	r.circular = r.circular || through.circular
	r.missing = cmp.Or(r.missing, through.missing)
	for _, key := range through.decorated {
		if !slices.Contains(r.decorated, key) {
			r.decorated = append(r.decorated, key)
		}
	}
}

// ascending sorts indexes and drops duplicates.
func ascending(indexes []int) []int {
	slices.Sort(indexes)
	return slices.Compact(indexes)
}
