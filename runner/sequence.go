package runner

import "context"

// A sequence takes units through steps, one unit at a time and in the given
// order. A step makes one call at most, or tells Observers of one event. When that
// does not return, because the call was abandoned or because the goroutine was
// ended by runtime.Goexit, the sequence goes on in another lane with the next step.
//
// Only the lane that works touches the fields, or what has just lost it.
type sequence struct {
	runner *Runner
	take   func() *unit // the next one, or nil
	end    context.Context
	window *window

	steps  []step
	settle func(*turn) (goOn bool) // is told how each unit has fared
	done   func()                  // is told when the sequence is over

	turn turn // of the unit that is under way
	next int  // the step to come
}

type step func(*lane, *turn)

// turn is the way of one unit through the steps.
type turn struct {
	unit *unit
	call call  // what all calls of the turn have in common
	err  error // of the steps so far
	over bool  // there are no more steps for this one

	lost *TimeoutError // of the last call that was abandoned, if any
}

// run takes all units through, and returns when that is over.
func (s *sequence) run() {
	over := make(chan struct{})
	s.done = func() { close(over) }
	s.start()
	<-over
}

// start is run without the wait.
func (s *sequence) start() {
	s.turn.over = true
	go s.work()
}

// oneByOne returns what takes units in their order.
func oneByOne(units []*unit) func() *unit {
	return func() *unit {
		if len(units) == 0 {
			return nil
		}
		u := units[0]
		units = units[1:]
		return u
	}
}

func (s *sequence) work() {
	l := s.runner.newLane(s.end, s.window, s.lost)
	defer func() {
		if ended := l.close(); ended { // by an Observer
			go s.work()
		}
	}()
	for s.advance() {
		s.steps[s.next-1](l, &s.turn)
	}
	l.finished = true
	s.done()
}

// advance goes to the next step, if need be of the next unit.
func (s *sequence) advance() bool {
	if !s.turn.over && s.next < len(s.steps) {
		s.next++
		return true
	}
	if s.turn.unit != nil && !s.settle(&s.turn) {
		return false
	}
	s.turn, s.next = turn{unit: s.take()}, 1
	return s.turn.unit != nil
}

// lost is told of a call that did not return, and goes on in another lane.
func (s *sequence) lost(c call, err error) {
	s.turn.err = joined(s.turn.err, c.unit.fail(c.op, err))
	s.turn.lost, _ = err.(*TimeoutError) //nolint:errorlint // nil after runtime.Goexit
	go s.work()
}
