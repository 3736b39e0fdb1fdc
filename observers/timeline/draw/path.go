package draw

import (
	"github.com/go-fxservices/services/observers/timeline"
)

// criticalPath is the critical path of a Snapshot.
type criticalPath struct {
	order []int
	next  map[int]int // from a service of the path to the one after it, or -1 at its end
}

func newCriticalPath(s timeline.Snapshot) criticalPath {
	path := criticalPath{order: s.CriticalPath(), next: map[int]int{}}
	last := -1
	for _, i := range path.order {
		if last >= 0 {
			path.next[last] = i
		}
		path.next[i], last = -1, i
	}
	return path
}

func (p criticalPath) has(i int) bool {
	_, ok := p.next[i]
	return ok
}

// hasEdge reports whether the path goes from a service directly to another.
func (p criticalPath) hasEdge(from, to int) bool {
	next, ok := p.next[from]
	return ok && next == to
}
