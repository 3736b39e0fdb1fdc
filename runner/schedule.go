package runner

import "container/heap"

// A schedule hands out units, each once everything that it waits for is done. Among the units that wait for nothing the
// first is next. It is not safe for concurrent use.
type schedule struct {
	units   []*unit
	waits   []int   // by index: how many have to be done first; nil: none waits
	waiting [][]int // by index: who waits for it
	free    indexes // of the units that wait for nothing, and are not taken
}

// newSchedule lets units follow o. A nil order lets none wait.
func newSchedule(units []*unit, o order) *schedule {
	s := &schedule{units: units, free: make(indexes, 0, len(units))}
	if o != nil {
		s.waits, s.waiting = make([]int, len(units)), make([][]int, len(units))
	}
	for i, needs := range o {
		s.waits[i] = len(needs)
		for _, need := range needs {
			s.waiting[need] = append(s.waiting[need], i)
		}
	}
	for i := range units {
		if o == nil || len(o[i]) == 0 {
			s.free = append(s.free, i) // in their order, which makes it a heap
		}
	}
	return s
}

// take returns the index of the next unit, or -1 if all that are left have to wait. A nil unit counts as done.
func (s *schedule) take() int {
	for len(s.free) > 0 {
		i := s.first()
		if s.units[i] != nil {
			return i
		}
		s.done(i)
	}
	return -1
}

// hasNext reports whether take would return a unit, or another one that is not nil waits.
func (s *schedule) hasNext() bool { return len(s.free) > 0 }

func (s *schedule) first() int {
	if s.waits != nil {
		return heap.Pop(&s.free).(int)
	}
	i := s.free[0] // they are sorted, and none is added
	s.free = s.free[1:]
	return i
}

// done frees the units that waited for nothing but unit i.
func (s *schedule) done(i int) {
	if s.waits == nil {
		return
	}
	for _, waiting := range s.waiting[i] {
		if s.waits[waiting]--; s.waits[waiting] == 0 {
			heap.Push(&s.free, waiting)
		}
	}
}

// halt makes take return nothing more.
func (s *schedule) halt() { s.units, s.waits, s.free = nil, nil, nil }

// indexes is a heap, the lowest first.
type indexes []int

func (x indexes) Len() int           { return len(x) }
func (x indexes) Less(i, j int) bool { return x[i] < x[j] }
func (x indexes) Swap(i, j int)      { x[i], x[j] = x[j], x[i] }
func (x *indexes) Push(i any)        { *x = append(*x, i.(int)) }

func (x *indexes) Pop() any {
	last := len(*x) - 1
	i := (*x)[last]
	*x = (*x)[:last]
	return i
}
