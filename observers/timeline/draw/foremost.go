package draw

import (
	"cmp"
	"slices"
)

// foremost returns at most n services, in the order in which they began. It prefers
// services that failed, then the critical path, then those that took longest to start.
func (m *model) foremost(n int) []int {
	rows := make([]int, len(m.Services))
	for i := range rows {
		rows[i] = i
	}
	if len(rows) > n {
		slices.SortStableFunc(rows, func(a, b int) int {
			return cmp.Or(
				trueFirst(!m.Services[a].Failed.IsZero(), !m.Services[b].Failed.IsZero()),
				trueFirst(m.critical.has(a), m.critical.has(b)),
				cmp.Compare(m.Own(b), m.Own(a)))
		})
		rows = rows[:n]
	}
	slices.SortFunc(rows, m.compareBegin)
	return rows
}

// trueFirst compares so that true comes before false.
func trueFirst(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return -1
	default:
		return 1
	}
}

// compareBegin orders services by when they began. Those that have not begun come
// last.
func (m *model) compareBegin(a, b int) int {
	beganA, _ := m.StartTime(a)
	beganB, _ := m.StartTime(b)
	return cmp.Or(trueFirst(!beganA.IsZero(), !beganB.IsZero()), beganA.Compare(beganB), cmp.Compare(a, b))
}
