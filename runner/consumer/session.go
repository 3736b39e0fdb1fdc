package consumer

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// grace is the time that handle has to return after the end of its context, and after that the close of a Session, before Close
// returns without them. Twice that is less than the 150 ms after which the Runner abandons a Close, and names nothing but it.
const grace = 60 * time.Millisecond

// A session is one Listen, until nothing of it is left:
//
//	opening ──▶ working ──Close, the end of ctx, or a failure──▶ finishing ──idle, or given up──▶ leaving ──▶ left
//
// The function live takes it from one state to the next. Others only end the contexts, and wait for the channels.
type session[M any] struct {
	name     string
	settings *settings[M]
	progress *progress
	handler  handler[M]
	turn     chan *receiver[M] // has the receiver, unless a worker does

	receiving context.Context // ends when Close begins, with ctx, and by a failure
	stop      context.CancelCauseFunc
	handling  context.Context // ends with the context of Close
	cut       context.CancelCauseFunc

	opening atomic.Bool   // open of a Session runs
	calling atomic.Bool   // receive runs
	workers atomic.Int64  // how many run
	idle    chan struct{} // closed when no receive, handle or OnError runs, nor will
	givenUp chan struct{} // closed when Close waits for that no longer
	left    chan struct{} // closed when the Session is closed

	mu      sync.Mutex
	closing context.Context // of the first Close; nil before
	failure error           // why the consumer has failed; nil after Close has begun first
	errs    []error         // what went wrong with the Session after that
	gaveUp  bool            // givenUp is closed
}

func newSession[M any](ctx context.Context, name string, settings *settings[M]) *session[M] {
	p := newProgress()
	s := &session[M]{
		name: name, settings: settings, progress: p,
		turn: make(chan *receiver[M], 1),
		idle: make(chan struct{}), givenUp: make(chan struct{}), left: make(chan struct{}),
	}
	detached := context.WithoutCancel(ctx)
	s.receiving, s.stop = context.WithCancelCause(ctx)
	s.handling, s.cut = context.WithCancelCause(detached)
	s.handler = handler[M]{settings: settings, progress: p, handling: s.handling, reporting: detached}
	s.turn <- &receiver[M]{
		settings: settings, progress: p, ctx: context.WithValue(s.receiving, progressKey{}, p),
		fail: func(err error) { s.fail(err) }, calling: &s.calling,
	}
	return s
}

// live is the life of a session, from top to bottom.
func (s *session[M]) live() {
	opened := s.open()
	s.work()
	select {
	case <-s.idle:
	case <-s.givenUp:
	}
	s.leave(opened)
	close(s.left)
	<-s.idle
	s.cut(errOver) // nobody keeps the context of handle by luck
}

// open opens the Sessions, and returns those that are open.
func (s *session[M]) open() []sessionFuncs {
	s.opening.Store(true)
	defer s.opening.Store(false)
	for i, f := range s.settings.sessions {
		if s.receiving.Err() != nil {
			return s.settings.sessions[:i]
		}
		if err := apart(s.receiving, f.openUnlessEnded); err != nil {
			s.failToOpen(err)
			return s.settings.sessions[:i]
		}
	}
	return s.settings.sessions
}

// failToOpen ends the session. If it has ended already, an error that says more than that is one of its end.
func (s *session[M]) failToOpen(err error) {
	failure := fmt.Errorf("open session: %w", err)
	if !s.fail(failure) && err != errEnded { //nolint:errorlint // the very same; methods of other errors are code of the user
		s.note(failure)
	}
}

// work starts the workers, unless the session has ended already.
func (s *session[M]) work() {
	if s.receiving.Err() != nil {
		close(s.idle)
		return
	}
	s.workers.Store(int64(s.settings.workers))
	for range s.settings.workers {
		go s.worker()
	}
}

// worker receives a message and handles it, again and again. If runtime.Goexit ends its goroutine, another goes on.
func (s *session[M]) worker() {
	done := false
	defer func() {
		if !done {
			go s.worker()
			return
		}
		if s.workers.Add(-1) == 0 {
			close(s.idle)
		}
	}()
	for {
		message, ok := s.next()
		if !ok {
			done = true
			return
		}
		s.handler.handle(message)
	}
}

// next waits for the turn of the worker, and receives. A channel has the receiver, and no mutex guards it, because a worker may
// wait for hours.
func (s *session[M]) next() (message M, ok bool) {
	r := <-s.turn
	defer func() { s.turn <- r }()
	return r.next()
}

// fail ends the session, and reports whether it had not ended already.
func (s *session[M]) fail(err error) bool {
	s.mu.Lock()
	alive := s.receiving.Err() == nil
	if alive {
		s.failure = err
		s.stop(err)
	}
	s.mu.Unlock()
	if alive {
		s.progress.setFailure(err)
	}
	return alive
}

// note keeps an error of the end of the session.
func (s *session[M]) note(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.errs = append(s.errs, err)
}

// leave closes the Sessions that are open, within the time of Close.
func (s *session[M]) leave(opened []sessionFuncs) {
	ctx, cancel := context.WithCancelCause(s.contextOfClose())
	defer cancel(errOver)
	defer context.AfterFunc(s.handling, func() { cancel(context.Cause(s.handling)) })()
	for _, f := range slices.Backward(opened) {
		if err := apart(ctx, f.close); err != nil {
			s.note(fmt.Errorf("close session: %w", err))
		}
	}
}

// contextOfClose returns the context of Close. Before anybody has called it that is the one that it will end.
func (s *session[M]) contextOfClose() context.Context {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closing == nil {
		return s.handling
	}
	return s.closing
}
