package timeline

import (
	"slices"
	"time"
)

// CriticalPath returns the indexes of the services whose start, one after the
// other, takes the longest, in the order in which they start. The start as a whole
// becomes faster only if one of them does. Among paths that take equally long, it
// returns the one that ends with the service that was queued first. Services that
// have not begun are not part of it.
//
// It takes time in proportion to the number of services and of the indexes in After.
// It ignores indexes that do not exist. Where services of a Snapshot made by hand
// start after each other in a circle, it ignores one edge of that circle.
func (s Snapshot) CriticalPath() []int {
	var (
		longest = make([]time.Duration, len(s.Services)) // path that ends with this service
		before  = make([]int, len(s.Services))           // the service before it on that path, or -1
		known   = make([]bool, len(s.Services))
	)
	for _, i := range s.needsFirst() {
		before[i] = -1
		for _, need := range s.Services[i].After {
			if s.has(need) && known[need] && (before[i] < 0 || longest[need] > longest[before[i]]) {
				before[i] = need
			}
		}
		if longest[i] = s.Own(i); before[i] >= 0 {
			longest[i] += longest[before[i]]
		}
		known[i] = true
	}
	last := -1
	for i := range s.Services {
		if last < 0 || longest[i] > longest[last] {
			last = i
		}
	}
	var path []int
	for ; last >= 0; last = before[last] {
		path = append(path, last)
	}
	slices.Reverse(path)
	return slices.DeleteFunc(path, func(i int) bool { return !s.hasBegun(i) })
}

// needsFirst returns the indexes of all services in topological order, except within
// circles. It keeps a stack of its own, because a sequence of services is as deep as
// it is long.
func (s Snapshot) needsFirst() []int {
	order := make([]int, 0, len(s.Services))
	seen := make([]bool, len(s.Services))
	placed := make([]bool, len(s.Services))
	var stack []int
	for first := range s.Services {
		stack = append(stack, first)
		for len(stack) > 0 {
			i := stack[len(stack)-1]
			if !seen[i] {
				seen[i] = true
				for _, need := range s.Services[i].After {
					if s.has(need) && !seen[need] {
						stack = append(stack, need)
					}
				}
				continue
			}
			stack = stack[:len(stack)-1]
			if !placed[i] {
				placed[i] = true
				order = append(order, i)
			}
		}
	}
	return order
}
