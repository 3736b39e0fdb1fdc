package runner

import "context"

// A sequence takes units through a step, one at a time and in the given order.
// It works in a lane, and goes on in another when one is lost. Only the lane
// that works, or the call that has just lost it, touches the fields.
type sequence struct {
	runner *Runner
	units  []*unit
	end    context.Context
	window *window

	step   func(*lane, *unit) error       // takes one unit through
	lost   func(*lane, call, error) error // ends the step of a call that did not return; returns its error
	settle func(*unit, error) (goOn bool) // is told the result of each
	done   func()                         // is told when the sequence is over
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
	if len(s.units) == 0 {
		s.done()
		return
	}
	go s.work()
}

func (s *sequence) work() {
	l := s.runner.newLane(s.end, s.window, s.laneLost)
	defer l.close()
	for len(s.units) > 0 {
		u := s.units[0]
		if !s.settled(u, s.step(l, u)) {
			break
		}
	}
	s.done()
}

func (s *sequence) laneLost(l *lane, c call, err error) {
	if s.settled(c.unit, s.lost(l, c, err)) {
		s.start()
		return
	}
	s.done()
}

func (s *sequence) settled(u *unit, err error) (goOn bool) {
	s.units = s.units[1:]
	return s.settle(u, err)
}
