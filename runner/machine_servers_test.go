package runner_test

import "github.com/go-fxservices/services/runner"

// listened is one Listen of a server, and the calls of Close that belong to it.
type listened struct {
	entered, left happening
	closes        []happening // that were entered
	closed        *happening  // the first of them that has returned
	late          bool        // Listen returned nil after that
}

// listensAndCloses requires that Close is called exactly once for each Listen that
// was entered, and not before it, and once more where that returned nil after its
// Close had; and that no Listen runs beside another.
func (s *serviceHistory) listensAndCloses(single bool) {
	if !single {
		s.closesTogether()
		return
	}
	var now *listened
	for i, h := range s.all {
		switch {
		case h.what == "enter" && h.op == runner.OpListen:
			s.endListen(now)
			if now != nil && now.left.what == "" {
				s.complain(h, "listens twice")
			}
			now = &listened{entered: h}
		case h.what == "leave" && h.op == runner.OpListen:
			now.left = h
			now.late = h.outcome.ok() && now.closed != nil
		case h.what == "enter" && h.op == runner.OpClose:
			if now == nil {
				s.complain(h, "closed before it listens")
				continue
			}
			now.closes = append(now.closes, h)
		case h.what == "leave" && h.op == runner.OpClose && now != nil && now.closed == nil:
			now.closed = &s.all[i]
			now.late = now.left.outcome.ok() && now.left.what != "" && now.left.at == h.at // either may have been the first
		}
	}
	s.endListen(now)
}

// endListen looks at a Listen that is over, if there is one.
func (s *serviceHistory) endListen(l *listened) {
	if l == nil {
		return
	}
	most := 1
	if l.late {
		most = 2
	}
	switch {
	case len(l.closes) == 0:
		s.complain(l.entered, "never closed")
	case len(l.closes) > most:
		s.complain(l.closes[most], "closed too often")
	case l.late && len(l.closes) == 1 && s.mustCloseAgain(l):
		s.complain(l.left, "not closed again")
	}
}

// mustCloseAgain reports whether a Listen that returned nil after its Close must have begun to serve too late: it was given
// up by then.
func (s *serviceHistory) mustCloseAgain(l *listened) bool {
	given := false
	for _, h := range s.all {
		given = given || h.at >= l.entered.at && h.at < l.left.at && abandons(h.err, s.name, runner.OpListen)
	}
	return given && l.left.at > l.closed.at
}

// closesTogether requires of a server that may listen beside itself that there are as many Closes as Listens, and one more for
// each that is late.
func (s *serviceHistory) closesTogether() {
	late, entered, closed, left := 0, 0, 0, 0
	for _, h := range s.all {
		switch {
		case h.what == "enter" && h.op == runner.OpClose:
			if closed++; closed > entered+late {
				s.complain(h, "closed too often")
			}
		case h.what == "leave" && h.op == runner.OpClose:
			left++
		case h.what == "enter" && h.op == runner.OpListen:
			entered++
		case h.what == "leave" && h.op == runner.OpListen && h.outcome.ok() && left > 0:
			late++
		}
	}
	if closed < entered {
		s.wrong = append(s.wrong, "never closed: "+s.name)
	}
}

// counts requires of a service that can be started beside itself that each Before is followed by an After.
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
