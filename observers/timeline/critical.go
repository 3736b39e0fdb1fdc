package timeline

import (
	"slices"
	"time"
)

// CriticalPath returns the indexes of the services whose start, one after the
// other, takes the longest, the first to start first. Only making one of them
// faster makes the start faster. Among paths that take equally long it is the one
// that ends with the service that was queued first.
//
// It takes time in proportion to the services and what they start after. What
// After holds that is no index is passed over; where services of a Snapshot made
// by hand start after each other in a circle, one step of the circle is.
func (s *Snapshot) CriticalPath() []int {
	var (
		longest = make([]time.Duration, len(s.Services)) // path that ends with each
		before  = make([]int, len(s.Services))           // it on that path; -1: nothing
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
	return path
}

// needsFirst returns the indexes of all services, each after those it starts after,
// as far as these are in no circle. It does without recursion: a sequence of
// services is as deep as it is long.
func (s *Snapshot) needsFirst() []int {
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
