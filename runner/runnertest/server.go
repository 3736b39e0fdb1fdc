package runnertest

import "github.com/go-fxservices/services/runner"

// server is a Server under test.
type server struct {
	instance
	server    runner.Server
	listening []*serving // its calls of Listen since it was down
}

// up calls Load and Listen, and waits until the server is ready.
func (s *server) up() *breach { return firstOf(s.load, s.serveUntilReady) }

// serveUntilReady calls Listen. Where nothing tells when the server is ready, it gets a moment: a server that needs longer
// must cope with what comes next, too.
func (s *server) serveUntilReady() *breach {
	listen := s.listen("Listen")
	if _, tells := runner.As[runner.ReadyChecker](s.service); !tells {
		s.settle(listen)
	}
	return firstOf(listen.mustNotFail, func() *breach { return s.awaitReady(listen.call) })
}

func (s *server) listen(what string) *serving {
	listen := s.serve(what, s.server.Listen)
	s.listening = append(s.listening, listen)
	return listen
}

// listenEnded calls Listen with a context that has ended before, and gives it a moment.
func (s *server) listenEnded() {
	ctx, end, looked := watch(s.base)
	end()
	listen := &serving{s.start(ctx, "Listen with a context that has ended", s.server.Listen), end, looked}
	s.listening = append(s.listening, listen)
	waitFor(listen.done, s.limits.moment)
}

// closeBefore calls Close of a server that nobody has listened to.
func (s *server) closeBefore() *breach {
	_, b := s.try("Close before Listen", s.server.Close)
	return b
}

// down calls Close, and then ends the context of Listen and waits for it, as a Runner does.
func (s *server) down() *breach {
	return firstOf(func() *breach { return s.do("Close", s.server.Close) }, s.awaitListens)
}

// awaitListens waits until each Listen has returned, whatever the result: there is a rule for that.
func (s *server) awaitListens() *breach {
	for _, listen := range s.listening {
		if b := s.mustEnd(listen); b != nil {
			return b
		}
	}
	s.listening = nil
	return nil
}

// listensEnd is broken by a Listen that does not return soon after the end of its context. It is for servers that are closed.
func (s *server) listensEnd(when string) *breach {
	for _, listen := range s.listening {
		listen.end()
		if b := listen.mustReturn(s.limits.grace, "the end of its context, "+when); b != nil {
			return b
		}
	}
	s.listening = nil
	return nil
}

func (s *server) tidy() {
	if len(s.listening) == 0 {
		return
	}
	s.tidyUp(s.server.Close)
	for _, listen := range s.listening {
		listen.end()
		waitFor(listen.done, s.limits.grace)
	}
	s.listening = nil
}
