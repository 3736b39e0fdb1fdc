package runner

import (
	"fmt"
	"slices"
	"strings"
)

// newOrder finds the order that the settings of the units of one Run ask for. It is nil if they ask for none. Services that
// other Runs have started are not in it.
func newOrder(units []*unit) (order, error) {
	o := afterOrder(units)
	if slices.ContainsFunc(units, func(u *unit) bool { return u.barrier != nil }) {
		if o == nil {
			o = make(order, len(units))
		}
		o.addBarriers(units)
	}
	if o == nil {
		return nil, nil
	}
	if cycle := o.cycle(); cycle != nil {
		return nil, cycleError(units, cycle)
	}
	return o, nil
}

// afterOrder lets each unit wait for the units that it is After. It is nil if there are none.
func afterOrder(units []*unit) order {
	if !slices.ContainsFunc(units, func(u *unit) bool { return len(u.after) > 0 }) {
		return nil
	}
	o := make(order, len(units))
	indexes := make(map[any][]int, len(units))
	for i, u := range units {
		if u.key != nil {
			indexes[u.key] = append(indexes[u.key], i)
		}
		if u.value != nil {
			indexes[u.value] = append(indexes[u.value], i)
		}
	}
	for i, u := range units {
		for _, need := range u.after {
			alike := indexes[need.key]
			for _, at := range alike {
				if at != i || len(alike) == 1 { // else it is one of several that are equal
					o[i] = append(o[i], at)
				}
			}
		}
	}
	return o
}

// addBarriers lets each barrier wait for everything since the one before it, and everything that follows wait for the
// barrier.
func (o order) addBarriers(units []*unit) {
	last := -1
	for i, u := range units {
		switch {
		case u.barrier != nil:
			for between := max(last, 0); between < i; between++ {
				o[i] = append(o[i], between)
			}
			last = i
		case last >= 0:
			o[i] = append(o[i], last)
		}
	}
}

// cycle returns the indexes of units that wait for each other in a circle, or nil if there are none.
func (o order) cycle() []int {
	s := newSchedule(len(o), o)
	for i := s.take(); i >= 0; i = s.take() {
		s.done(i)
	}
	at := slices.IndexFunc(s.waits, func(waits int) bool { return waits > 0 })
	if at < 0 {
		return nil
	}
	// A unit that still waits, waits for one that does: following that leads around.
	seen := map[int]int{}
	var path []int
	for {
		if start, ok := seen[at]; ok {
			return path[start:]
		}
		seen[at] = len(path)
		path = append(path, at)
		at = o[at][slices.IndexFunc(o[at], func(need int) bool { return s.waits[need] > 0 })]
	}
}

// cycleError names the units of a cycle, and the first of them again at the end.
func cycleError(units []*unit, cycle []int) error {
	names := make([]string, 0, len(cycle)+1)
	for _, i := range append(cycle, cycle[0]) {
		names = append(names, fmt.Sprintf("%q", units[i].name))
	}
	return fmt.Errorf("%w: %s", ErrCycle, strings.Join(names, " after "))
}
