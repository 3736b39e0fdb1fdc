package retrier

import (
	"context"
	"runtime/debug"
	"slices"
	"time"

	"github.com/cenkalti/backoff/v4"

	"github.com/go-fxservices/services/runner"
)

// restarts are the restarts that one Listen has made within the window.
type restarts struct {
	policy *policy
	made   []time.Time
	pauses backoff.BackOff
}

func (r *restarts) add() { r.made = append(r.made, time.Now()) }

// pause returns the pause before the next restart, or the reason why there is to be
// none.
func (r *restarts) pause() (time.Duration, error) {
	if r.policy.window > 0 {
		now := time.Now()
		r.made = slices.DeleteFunc(r.made, func(at time.Time) bool { return now.Sub(at) >= r.policy.window })
	}
	switch {
	case len(r.made) >= r.policy.restarts:
		return 0, ErrGaveUp
	case len(r.made) == 0:
		r.pauses = r.policy.backOff(backoff.WithMaxElapsedTime(0))
	}
	return nextPause(r.pauses)
}

// keepListening makes attempts until there is a reason to end. The wrapped server is
// closed after each attempt that is followed by another. Closing it after the last
// one is left to Close, which has the budget of a stop.
func (s *Server) keepListening(ctx context.Context) error {
	var failure error
	limit := restarts{policy: &s.policy}
	for made := 0; ; limit.add() {
		if ctx.Err() != nil {
			return &Error{Attempts: made, Reason: reasonOf(ctx), Err: failure}
		}
		made++
		s.policy.beforeAttempt(ctx, s.server, made)
		if !s.serving.attempt() {
			return nil
		}
		failure = s.attempt(ctx)
		switch {
		case failure == nil || s.serving.isEnded():
			return failure
		case ctx.Err() != nil:
			continue
		case isPermanent(failure):
			return &Error{Attempts: made, Err: failure}
		}
		pause, reason := limit.pause()
		if reason != nil {
			return &Error{Attempts: made, Reason: reason, Err: failure}
		}
		failure = withClose(failure, s.cleanUp(ctx))
		if s.serving.isEnded() {
			return failure
		}
		s.policy.attemptFailed(ctx, s.server, made, failure, pause)
		wait(ctx, s.serving.ending, pause)
		if s.serving.isEnded() {
			return nil
		}
	}
}

// attempt listens to the wrapped server. A panic is a failure. So is a call of
// runtime.Goexit, though nothing can come after it.
func (s *Server) attempt(ctx context.Context) (err error) {
	unwatch := s.closeWith(ctx)
	err = errExited // unless Listen returns
	defer func() {
		if value := recover(); value != nil {
			err = &runner.PanicError{Value: value, Stack: debug.Stack()}
		}
		err = withClose(err, unwatch())
		s.serving.attempted(err)
	}()
	return s.server.Listen(ctx)
}
