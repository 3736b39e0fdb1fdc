package runnertest

import (
	"context"
	"net/http"
	"time"

	"github.com/go-fxservices/services/runner"
)

func serverWorks(tr *trial[*server]) *breach {
	s := tr.fresh()
	return firstOf(
		func() *breach { return mustBe(runner.KindServer, s.server) },
		s.up,
		func() *breach { return s.lasts(s.listening[0]) },
		s.down,
	)
}

func serverLeavesNoGoroutine(tr *trial[*server]) *breach {
	s := tr.fresh()
	if b := firstOf(s.up, s.down, func() *breach { return s.leftBehind("Close") }); b != nil {
		return b
	}
	s = tr.fresh()
	if b := s.load(); b != nil {
		return b
	}
	s.listenEnded()
	if s.down() != nil {
		return nil // that is for other rules
	}
	return s.leftBehind("Close of a server whose Listen had a context that had ended before")
}

func serverListensAgain(tr *trial[*server]) *breach {
	s := tr.fresh()
	if b := s.up(); b != nil {
		return b
	}
	first := s.listening[0]
	blocked := !isClosed(first.done)
	if b := firstOf(s.down, s.up); b != nil {
		return after("Close", b)
	}
	if second := s.listening[0]; blocked && isClosed(second.done) && blocks(tr) {
		return broken("after Close, Listen returned nil at once, though the first Listen had blocked until Close")
	}
	if b := s.down(); b != nil {
		return after("Close and Listen", b)
	}
	return listensAgainAfterEnded(tr.fresh())
}

// blocks reports whether Listen blocks until Close. It takes its time: on a busy machine, a Listen that returns at once may
// seem to block.
func blocks(tr *trial[*server]) bool {
	s := tr.fresh()
	return s.up() == nil && !waitFor(s.listening[0].done, s.limits.grace)
}

func listensAgainAfterEnded(s *server) *breach {
	if b := s.load(); b != nil {
		return b
	}
	s.listenEnded()
	if s.down() != nil {
		return nil // that is for other rules
	}
	return after("a Listen whose context had ended, and Close", firstOf(s.up, s.down))
}

func survivesSecondListen(tr *trial[*server]) *breach {
	s := tr.fresh()
	if b := s.up(); b != nil {
		return b
	}
	worked := s.works()
	second := s.listen("a second Listen")
	refused, b := s.refusesOne(s.listening[0], second)
	if b != nil {
		return b
	}
	if worked {
		b = s.mustWork()
	}
	if b == nil {
		b = s.do("Close", s.server.Close)
	}
	if b != nil {
		return after("a second Listen", b)
	}
	if !refused { // a Runner calls Close once for each Listen
		s.tidyUp(s.server.Close)
	}
	if b := s.awaitListens(); b != nil {
		return after("a second Listen, and Close", b)
	}
	return s.leavesNothing("a second Listen, and Close")
}

func survivesSecondClose(tr *trial[*server]) *breach {
	s := tr.fresh()
	if b := firstOf(s.up, s.down); b != nil {
		return b
	}
	_, b := s.try("a second Close", s.server.Close)
	return b
}

func survivesCloseBeforeListen(tr *trial[*server]) *breach { return tr.fresh().closeBefore() }

// listenReturnsNoFailure lets a Runner judge. It gets nothing but Listen and Close: the rest is for other rules.
func listenReturnsNoFailure(tr *trial[*server]) *breach {
	s := tr.fresh()
	if b := s.load(); b != nil {
		return b
	}
	bare := runner.NewServer("server", s.server.Listen, s.server.Close)
	r := runner.NewRunner(runner.WithSignals(), runner.WithClosedErrors(http.ErrServerClosed), runner.WithStopTimeout(s.limits.budget))
	defer s.tidyUp(r.Finish)
	starts := func(ctx context.Context) error { return r.Start(context.WithoutCancel(ctx), bare) }
	if b := s.do("Start of a Runner", starts); b != nil {
		return b
	}
	if b := s.awaitReady(nil); b != nil {
		return b
	}
	time.Sleep(s.limits.moment) // or Close could come as Listen begins, which is another rule
	return s.do("Finish of a Runner", r.Finish)
}

func closeReturns(tr *trial[*server]) *breach {
	for _, e := range endings {
		s := tr.fresh()
		if b := s.up(); b != nil {
			return b
		}
		closing := s.under(e, "Close", s.server.Close)
		if b := closing.mustReturn(); b != nil {
			return b
		}
		if b := s.listensEnd("which came after " + closing.what); b != nil {
			return b
		}
	}
	s := tr.fresh()
	return firstOf(s.loadReturns, s.up, s.probesReturn, s.down)
}

func serverErrorsWrap(tr *trial[*server]) *breach {
	for _, e := range endings {
		s := tr.fresh()
		if b := s.up(); b != nil {
			return b
		}
		if b := s.under(e, "Close", s.server.Close).mustSayWhy(); b != nil {
			return b
		}
	}
	return tr.fresh().loadSaysWhy()
}

func serverSurvivesNil(tr *trial[*server]) *breach {
	s := tr.fresh()
	if b := firstOf(s.loadWithNil, s.load); b != nil {
		return b
	}
	b := s.withNil("Listen", s.server.Listen)
	s.tidyUp(s.server.Close)
	if b != nil {
		return b
	}
	s = tr.fresh()
	return firstOf(s.up, s.probesWithNil, func() *breach { return s.withNil("Close", s.server.Close) })
}
