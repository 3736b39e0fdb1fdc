package runner_test

import "github.com/go-fxservices/services/runner"

// What follows is about services that can be started beside equal ones. What
// happens to one of them cannot be told from what happens to another: it is counted.

// counts requires that each Before is followed by an After.
func (s *serviceHistory) counts() {
	open := map[runner.Op]int{}
	for _, h := range s.all {
		switch h.what {
		case "before":
			open[h.op]++
		case "after":
			if open[h.op]--; open[h.op] < 0 {
				s.complain(h, "After without Before")
			}
		}
	}
	for op, left := range open {
		if left > 0 {
			s.complain(happening{op: op}, "Before without After")
		}
	}
}

// startsAndStopsTogether requires that no more Stops are called than Starts have
// succeeded, and no fewer.
func (s *serviceHistory) startsAndStopsTogether() {
	started, stopped, stopping, told := 0, 0, 0, 0
	for _, h := range s.all {
		switch {
		case h.what == "leave" && h.op == runner.OpStart && h.outcome.ok():
			started++
		case h.what == "enter" && h.op == runner.OpStop:
			if told++; told > started && s.machine.plan.KeepGoing {
				s.complain(h, "stopped too often")
			}
			if stopping++; stopping+stopped > started {
				s.complain(h, "stopped though it is not started")
			}
		case h.what == "leave" && h.op == runner.OpStop:
			stopping--
			if h.outcome.ok() {
				stopped++
			}
		}
	}
	if told < started {
		s.wrong = append(s.wrong, "never told to stop: "+s.name)
	}
}
