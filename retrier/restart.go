package retrier

import (
	"context"
	"runtime/debug"
	"slices"
	"time"

	"github.com/cenkalti/backoff/v4"

	"github.com/go-fxservices/services/runner"
)

// keepListening makes attempts until there is a reason to end.
func (s *Server) keepListening(ctx context.Context) error {
	var failure error
	limit := restarts{builder: &s.builder}
	for made := 0; ; limit.add() {
		if ctx.Err() != nil {
			return &Error{Attempts: made, Reason: reasonOf(ctx), Err: failure}
		}
		made++
		s.builder.announce(ctx, s.server, made)
		if !s.beginAttempt() {
			return nil
		}
		failure = s.attempt(ctx)
		switch {
		case failure == nil || s.isClosed():
			return failure
		case ctx.Err() != nil:
			continue
		case isPermanent(failure):
			return &Error{Attempts: made, Err: failure}
		case !pause(ctx, s.closing, limit.pause()):
			return &Error{Attempts: made, Reason: ErrGaveUp, Err: failure}
		case s.isClosed():
			return nil
		}
	}
}

// attempt listens to the wrapped server. A panic is a failure. So is a call of
// runtime.Goexit, though nothing can come after it.
func (s *Server) attempt(ctx context.Context) (err error) {
	err = errExited // unless Listen returns
	defer func() {
		if value := recover(); value != nil {
			err = &runner.PanicError{Value: value, Stack: debug.Stack()}
		}
		if err != nil {
			s.failed(err)
		}
	}()
	return s.server.Listen(ctx)
}

// restarts are those that one Listen has made within the window.
type restarts struct {
	builder *Builder
	made    []time.Time
	pauses  backoff.BackOff
}

func (r *restarts) add() { r.made = append(r.made, time.Now()) }

// pause returns that before the next restart, and [backoff.Stop] if there is to be
// none.
func (r *restarts) pause() time.Duration {
	n, window := r.builder.RestartLimit()
	if window > 0 {
		now := time.Now()
		r.made = slices.DeleteFunc(r.made, func(at time.Time) bool { return now.Sub(at) >= window })
	}
	switch {
	case len(r.made) >= n:
		return backoff.Stop
	case len(r.made) == 0:
		r.pauses = r.builder.backOff(backoff.WithMaxElapsedTime(0))
	}
	return r.pauses.NextBackOff()
}
