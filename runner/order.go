package runner

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// ErrCycle is wrapped by the error for services that would have to start after
// each other; see [After].
var ErrCycle = errors.New("start after each other")

// order says which units of a run start after which: for each unit, by its
// index, the indexes of those.
type order [][]int

// arrange finds the order that the settings of units ask for. It is nil if they
// ask for none.
func (r *Runner) arrange(units []unit) (order, error) {
	if !slices.ContainsFunc(units, func(u unit) bool { return u.place != nil }) {
		return nil, nil
	}
	o := make(order, len(units))
	if err := o.addAfter(units, r.up()); err != nil {
		return nil, err
	}
	o.addBarriers(units)
	if cycle := o.cycle(); cycle != nil {
		return nil, cycleError(units, cycle)
	}
	return o, nil
}

// up returns what others can start after: what is ready, and not about to stop.
func (r *Runner) up() []*unit {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(r.ledger), func(u *unit) bool {
		return u.pending || u.claimed || u.state != ServiceReady
	})
}

func (o order) addAfter(units []unit, up []*unit) error {
	indexes := make(map[any][]int, len(units))
	for i := range units {
		if key := instance(units[i].service); key != nil {
			indexes[key] = append(indexes[key], i)
		}
	}
	isUp := make(map[any]bool, len(up))
	for _, u := range up {
		isUp[instance(u.service)] = true
	}
	for i := range units {
		for _, s := range units[i].after() {
			key := instance(s)
			if key == nil || len(indexes[key]) == 0 && !isUp[key] {
				return fmt.Errorf("service %d, %q: after %q: %w", i+1, units[i].name, NameOf(s), ErrNotStarted)
			}
			for _, need := range indexes[key] {
				if need != i || len(indexes[key]) == 1 { // else it is one of several that are equal
					o[i] = append(o[i], need)
				}
			}
		}
	}
	return nil
}

// addBarriers lets each barrier wait for all since the one before it, and all that
// follow wait for the barrier.
func (o order) addBarriers(units []unit) {
	last := -1
	for i := range units {
		switch {
		case units[i].isBarrier():
			for between := max(last, 0); between < i; between++ {
				o[i] = append(o[i], between)
			}
			last = i
		case last >= 0:
			o[i] = append(o[i], last)
		}
	}
}

// turned returns the order in which those of the units of the run that are wanted
// stop, the last first, each after those that started after it.
func (run *run) turned(wanted map[*unit]bool) *schedule {
	turned := pointers(run.units)
	slices.Reverse(turned)
	for i, u := range turned {
		if !wanted[u] {
			turned[i] = nil
		}
	}
	return newSchedule(turned, run.order.turned())
}

func (o order) turned() order {
	if o == nil {
		return nil
	}
	last := len(o) - 1
	turned := make(order, len(o))
	for i := last; i >= 0; i-- {
		for _, need := range o[i] {
			turned[last-need] = append(turned[last-need], last-i)
		}
	}
	return turned
}

// cycle returns the indexes of units that wait for each other in a circle, or nil
// if there are none.
func (o order) cycle() []int {
	s := newSchedule(make([]*unit, len(o)), o)
	s.take() // all that it can: there are no units
	at := slices.IndexFunc(s.waits, func(waits int) bool { return waits > 0 })
	if at < 0 {
		return nil
	}
	// What still waits, waits for something that does: following that leads around.
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
func cycleError(units []unit, cycle []int) error {
	names := make([]string, 0, len(cycle)+1)
	for _, i := range append(cycle, cycle[0]) {
		names = append(names, fmt.Sprintf("%q", units[i].name))
	}
	return fmt.Errorf("%w: %s", ErrCycle, strings.Join(names, " after "))
}
