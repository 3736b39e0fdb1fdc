package runnertest

// closings are the orders in which Close, and the end of its context, can come to a Listen.
var closings = []struct {
	text string // after "Listen has not returned after the end of its context, where"
	do   func(*server) *breach
}{
	{"that and Close came before it began", func(s *server) *breach {
		b := s.closeBefore()
		if b == nil {
			s.listenEnded()
		}
		return unless(closeBeforeListen, b)
	}},
	{"Close came before it began", func(s *server) *breach {
		b := s.closeBefore()
		if b == nil {
			s.settle(s.listen("Listen"))
		}
		return unless(closeBeforeListen, b)
	}},
	{"Close came as it began", func(s *server) *breach {
		s.listen("Listen")
		_, b := s.try("Close as Listen began", s.server.Close)
		return unless(closeBeforeListen, b)
	}},
	{"that came before it began, and Close after it", func(s *server) *breach {
		s.listenEnded()
		_, b := s.try("Close", s.server.Close)
		return b
	}},
	{"Close came after that", func(s *server) *breach {
		if b := s.serveUntilReady(); b != nil {
			return b
		}
		s.listening[0].end()
		waitFor(s.listening[0].done, s.limits.moment)
		_, b := s.try("Close", s.server.Close)
		return b
	}},
}

func listenReturns(tr *trial[*server]) *breach {
	for _, c := range closings {
		s := tr.fresh()
		if b := firstOf(
			s.load,
			func() *breach { return c.do(s) },
			func() *breach { return s.listensEnd("where " + c.text) },
			func() *breach { return s.endsBackground("Close and the end of the context of Listen, where " + c.text) },
		); b != nil {
			return b
		}
	}
	return nil
}

// endsBackground is leavesNothing, after one more Close: a Runner, too, closes a server again whose Listen returned nil too
// late.
func (s *server) endsBackground(after string) *breach {
	s.tidyUp(s.server.Close)
	return s.leavesNothing(after)
}
