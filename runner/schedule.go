package runner

import "container/heap"

// order says which of some services start after which: for each, by its index, the indexes of those. A nil order lets none
// wait for another.
type order [][]int

// reversed returns the order of a stop, for the same services in reverse: each after those that started after it.
func (o order) reversed() order {
	if o == nil {
		return nil
	}
	last := len(o) - 1
	reversed := make(order, len(o))
	for i := last; i >= 0; i-- {
		for _, need := range o[i] {
			reversed[last-need] = append(reversed[last-need], last-i)
		}
	}
	return reversed
}

// A schedule hands out indexes, each once everything that it waits for is done. Among those that wait for nothing the first
// is next. It is not safe for concurrent use.
type schedule struct {
	waits   []int   // by index: how many have to be done first; nil: none waits
	waiting [][]int // by index: who waits for it
	free    indexes // those that wait for nothing, and are not taken
}

// newSchedule lets n indexes follow o.
func newSchedule(n int, o order) *schedule {
	s := &schedule{free: make(indexes, 0, n)}
	if o != nil {
		s.waits, s.waiting = make([]int, n), make([][]int, n)
	}
	for i, needs := range o {
		s.waits[i] = len(needs)
		for _, need := range needs {
			s.waiting[need] = append(s.waiting[need], i)
		}
	}
	for i := range n {
		if o == nil || len(o[i]) == 0 {
			s.free = append(s.free, i) // in their order, which makes it a heap
		}
	}
	return s
}

// take returns the next index, or -1 if all that are left have to wait.
func (s *schedule) take() int {
	if len(s.free) == 0 {
		return -1
	}
	return s.first()
}

// hasNext reports whether take would return an index.
func (s *schedule) hasNext() bool { return len(s.free) > 0 }

func (s *schedule) first() int {
	if s.waits != nil {
		return heap.Pop(&s.free).(int)
	}
	i := s.free[0] // they are sorted, and none is added
	s.free = s.free[1:]
	return i
}

// done frees those that waited for nothing but i.
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
func (s *schedule) halt() { s.waits, s.free = nil, nil }

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
