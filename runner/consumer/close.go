package consumer

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// close ends the session, waits until nothing of it is left, and cuts off what still runs when ctx ends. It leaves behind only
// a function of the user that ignores the end of its context.
func (s *session[M]) close(ctx context.Context) error {
	s.beginClose(ctx)
	if !wait(ctx, s.idle) {
		s.cutShort(ctx)
		if !waitFor(grace, s.idle) {
			s.progress.awaitCalm()
			s.giveUp()
		}
	}
	if !wait(ctx, s.left) {
		s.cutShort(ctx)
		waitFor(grace, s.left)
	}
	return s.result(ctx)
}

// beginClose ends the context of receive.
func (s *session[M]) beginClose(ctx context.Context) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closing == nil {
		s.closing = ctx
	}
	s.stop(errClosing)
}

// cutShort ends the context of handle. That is noted first, so that every message that it fails counts.
func (s *session[M]) cutShort(ctx context.Context) {
	cause := context.Cause(ctx)
	s.progress.cutShort(cause)
	s.cut(cause)
}

// giveUp lets the session close its Sessions though it is not idle.
func (s *session[M]) giveUp() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.gaveUp {
		s.gaveUp = true
		close(s.givenUp)
	}
}

// result returns what went wrong, to Close and to a Listen that nobody has closed.
func (s *session[M]) result(ctx context.Context) error {
	var errs []error
	if all, running, cause := s.progress.cutOffs(); all > 0 {
		errs = append(errs, &CutOffError{Consumer: s.name, Messages: all, Running: running, Err: cause})
	}
	for _, what := range s.stuck() {
		errs = append(errs, fmt.Errorf("%s has not returned: %w", what, context.Cause(ctx)))
	}
	switch n, first := s.progress.panicsOfOnError(); n {
	case 0:
	case 1:
		errs = append(errs, first)
	default:
		errs = append(errs, fmt.Errorf("%w (the first of %d)", first, n))
	}
	s.mu.Lock()
	errs = append(errs, s.errs...)
	s.mu.Unlock()
	return joined(errs)
}

// stuck names the functions of the user that have not returned, but for handle: see CutOffError.
func (s *session[M]) stuck() (what []string) {
	if s.calling.Load() {
		what = append(what, "receive")
	}
	switch {
	case s.opening.Load():
		what = append(what, "open of the session")
	case !isClosed(s.left):
		what = append(what, "close of the session")
	}
	return what
}

// listenResult returns what Listen returns once the session has ended. A failure waits for the messages in hand, and for the
// Session, but not for long: the Runner has to hear of it, and its Close goes on waiting.
func (s *session[M]) listenResult() error {
	s.mu.Lock()
	failure := s.failure
	s.mu.Unlock()
	if failure != nil {
		waitFor(failureGrace, s.left)
		return failure
	}
	<-s.left
	<-s.idle
	if s.isClosing() {
		return nil // Close has returned it
	}
	return s.result(s.receiving)
}

// failureGrace is how long a failure may keep Listen.
const failureGrace = 3 * time.Second

func (s *session[M]) isClosing() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.closing != nil
}

// isOver reports whether nothing of the session is left.
func (s *session[M]) isOver() bool { return isClosed(s.left) && isClosed(s.idle) }

// ready returns why the session is not ready, or nil.
func (s *session[M]) ready() error {
	s.mu.Lock()
	failure := s.failure
	s.mu.Unlock()
	switch {
	case failure != nil:
		return failure
	case s.isOver():
		return errNotListening
	case s.receiving.Err() != nil:
		return errClosing
	case !s.progress.hasBegun():
		return errNotReceiving
	default:
		return nil
	}
}

// wait waits until done is closed, or ctx has ended. It reports whether done is closed.
func wait(ctx context.Context, done <-chan struct{}) bool {
	select {
	case <-done:
	case <-ctx.Done():
	}
	return isClosed(done)
}

// waitFor is wait with a time.
func waitFor(d time.Duration, done <-chan struct{}) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-done:
	case <-timer.C:
	}
	return isClosed(done)
}

func isClosed(done <-chan struct{}) bool {
	select {
	case <-done:
		return true
	default:
		return false
	}
}

// joined is errors.Join, but leaves a single error as it is.
func joined(errs []error) error {
	if len(errs) == 1 {
		return errs[0]
	}
	return errors.Join(errs...)
}
