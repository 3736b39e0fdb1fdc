package timeline

import (
	"cmp"
	"slices"
)

// criticalPath is that of a Snapshot, without services that have not begun.
type criticalPath struct {
	order []int
	next  map[int]int // from a service of the path to the one after it; -1 at its end
}

func (s *Snapshot) critical() criticalPath {
	path := criticalPath{next: map[int]int{}}
	last := -1
	for _, i := range s.CriticalPath() {
		if begin, _ := s.StartTime(i); begin.IsZero() {
			continue
		}
		if last >= 0 {
			path.next[last] = i
		}
		path.order, path.next[i], last = append(path.order, i), -1, i
	}
	return path
}

func (p criticalPath) has(i int) bool {
	_, ok := p.next[i]
	return ok
}

// edge reports whether the path goes from a service to the one after it.
func (p criticalPath) edge(from, to int) bool {
	next, ok := p.next[from]
	return ok && next == to
}

// foremost returns at most n services, in the order in which they began: those
// that failed before those of the path, and those before the ones whose start took
// the longest.
func (s *Snapshot) foremost(n int, path criticalPath) []int {
	rows := make([]int, len(s.Services))
	for i := range rows {
		rows[i] = i
	}
	if len(rows) > n {
		slices.SortStableFunc(rows, func(a, b int) int {
			return cmp.Or(
				less(!s.Services[a].Failed.IsZero(), !s.Services[b].Failed.IsZero()),
				less(path.has(a), path.has(b)),
				cmp.Compare(s.Own(b), s.Own(a)))
		})
		rows = rows[:n]
	}
	slices.SortFunc(rows, s.beganBefore)
	return rows
}

// less orders what is true before what is not.
func less(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return -1
	default:
		return 1
	}
}

// beganBefore orders services by when they began; the others come last.
func (s *Snapshot) beganBefore(a, b int) int {
	beganA, _ := s.StartTime(a)
	beganB, _ := s.StartTime(b)
	return cmp.Or(less(!beganA.IsZero(), !beganB.IsZero()), beganA.Compare(beganB), cmp.Compare(a, b))
}
