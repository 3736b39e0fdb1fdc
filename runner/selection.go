package runner

import (
	"maps"
	"slices"
)

// These select what is to be stopped. Each locks the registry for a moment.

// startedUnits returns what is still to be stopped, in the order in which it was started.
func (g *registry) startedUnits() []*unit {
	return g.startedWhere(func(*unit) bool { return true })
}

// startedBy returns what run has started, and is still to be stopped.
func (g *registry) startedBy(b *batch) []*unit {
	return g.startedWhere(func(u *unit) bool { return u.batch == b })
}

func (g *registry) startedWhere(wanted func(*unit) bool) []*unit {
	g.mu.Lock()
	defer g.mu.Unlock()
	units := make([]*unit, 0, len(g.list)-g.holes)
	for _, u := range g.list {
		if u != nil && !u.retired && wanted(u) {
			units = append(units, u)
		}
	}
	return units
}

// toClose returns the servers of run, and once the Runner has ended also those servers of others that are After them.
func (g *registry) toClose(b *batch, withOthers bool) []*unit {
	g.mu.Lock()
	defer g.mu.Unlock()
	seen := make(map[*unit]bool, len(b.units))
	var add func(u *unit)
	add = func(u *unit) {
		if seen[u] || u.serving == nil || u.place == 0 || u.retired {
			return
		}
		seen[u] = true
		for _, other := range u.neededBy {
			if withOthers || other.batch == b || other.batch.isEnding() {
				add(other)
			}
		}
	}
	for _, u := range b.units {
		add(u)
	}
	units := slices.Collect(maps.Keys(seen))
	slices.SortFunc(units, func(a, b *unit) int { return a.place - b.place })
	return units
}

// toStop returns everything that a shutdown would have to stop, now or once the Runs under way have started it: the servers of
// Runs, which close first, and the rest, in the order in which it started.
func (g *registry) toStop() (servers, rest []*unit) {
	g.mu.Lock()
	defer g.mu.Unlock()
	add := func(u *unit) {
		if u.serving != nil && !u.batch.detached {
			servers = append(servers, u)
			return
		}
		rest = append(rest, u)
	}
	for _, u := range g.list {
		if u != nil && !u.retired {
			add(u)
		}
	}
	for _, b := range slices.SortedFunc(maps.Keys(g.batches), func(a, b *batch) int { return a.number - b.number }) {
		for _, u := range b.units {
			if u != nil && u.pending && u.place == 0 {
				add(u)
			}
		}
	}
	return servers, rest
}

// byRun returns the plans by which to stop units: those of the newest Run first, and each after those that started after it.
func (g *registry) byRun(units []*unit) []plan {
	g.mu.Lock()
	defer g.mu.Unlock()
	wanted := make(map[*unit]bool, len(units))
	seen := make(map[*batch]bool, 1)
	for _, u := range units {
		wanted[u], seen[u.batch] = true, true
	}
	batches := slices.SortedFunc(maps.Keys(seen), func(a, b *batch) int { return b.number - a.number })
	plans := make([]plan, len(batches))
	for i, b := range batches {
		units := reversed(b.units)
		for j, u := range units {
			if !wanted[u] {
				units[j] = nil
			}
		}
		plans[i] = plan{units, b.order.reversed()}
	}
	return plans
}
