package retrier

import (
	"context"
	"fmt"

	"github.com/go-fxservices/services/internal/errtext"
	"github.com/go-fxservices/services/runner"
)

// Server is a [runner.Server] that is listened to again when it fails: when its
// Listen returns an error, or panics, before Close was called. It is made by
// [Builder.BuildServer], and is safe for concurrent use.
//
// The wrapped server sees the same calls as from a [runner.Runner]: each Listen is
// followed by one Close, also one that has failed or panicked, and it is listened to
// again after that. So whatever a failed Listen has left behind, a socket or a
// goroutine, is released before the restart. The wrapped server must allow Listen to
// be called again after Close; a plain [net/http.Server] does not, for instance.
type Server struct {
	server  runner.Server // nil if there is none
	policy  policy
	serving serving
}

var (
	_ runner.Server       = (*Server)(nil)
	_ runner.ReadyChecker = (*Server)(nil)
)

// Name returns the name of the wrapped server, and "" if that is nil.
func (s *Server) Name() string {
	if s.server == nil {
		return ""
	}
	return s.server.Name()
}

// Unwrap returns the wrapped server, for [runner.As], and nil if that is nil.
func (s *Server) Unwrap() runner.Service {
	if s.server == nil {
		return nil
	}
	return s.server
}

// Listen listens to the wrapped server. After each failure it closes the wrapped
// server, waits for the pause of the backoff, and listens again. It blocks as long as
// that. A Listen of the wrapped server that returns nil is no failure, and ends it
// with nil: the server may serve in the background.
//
// A failure ends it with an [*Error] when the limit of [Builder.Restarts] is
// reached, or the backoff stops or returns a pause below 0; when it is a
// [backoff.PermanentError]; when ctx has ended, or ends during the pause. The wrapped
// server is then left to Close. A panic is a [*runner.PanicError] in the Error. The
// backoff begins anew when a failure finds no restart within the window.
//
// The Close between two attempts has the context of Listen, and 15 seconds at most.
// Its error is added to the failure, unless it is [net.ErrClosed], and the server is
// listened to again.
//
// After [Server.Close] Listen returns the result of the wrapped server as it is; a
// pause ends at once, with nil. A failure that no Reporter was called for yet, because
// Close came while the wrapped server was being closed after it, is returned too: each
// failure is reported or returned. Then Listen can be called again, as after a failure,
// and begins with a fresh backoff and limit. A Listen while another runs, or after one
// that returned nil and was not closed, is [runner.ErrAlreadyStarted]; one that has to
// wait for a Close is [ErrStopping]. A nil ctx is an error.
//
// Should ctx end during the Listen of a wrapped server that nobody closes, Listen closes
// it: the Runner may have called Close just before Listen had begun, when there was
// nothing to close, and ends ctx after that. Before an attempt, the end of ctx is
// enough.
func (s *Server) Listen(ctx context.Context) error {
	if s.server == nil {
		return errNilServer
	}
	if err := checkContext(ctx); err != nil {
		return err
	}
	if err := s.serving.begin(); err != nil {
		return err
	}
	defer s.serving.finish() // after a panic of the Reporter, too
	if err := s.cleanUp(ctx); err != nil {
		return fmt.Errorf("close before listening again: %w", errtext.Safe(err))
	}
	return s.keepListening(ctx)
}

// Close closes the wrapped server if it was listened to and not closed since, and
// returns the result of that. During a pause, and when there was no Listen, there is
// nothing to close. If Listen is just closing the wrapped server, or another Close is,
// Close waits for it, no longer than ctx allows. It makes Listen return, and does not
// wait for it.
//
// A second Close does nothing, with two exceptions: it tries again if the first has
// failed, and it closes the wrapped server once more if the Listen of that returned
// nil only after the first Close had returned. A nil ctx is an error.
func (s *Server) Close(ctx context.Context) error {
	if err := checkContext(ctx); err != nil {
		return err
	}
	begun, busy := s.serving.end()
	switch {
	case begun:
		return s.close(ctx)
	case busy == nil:
		return nil
	}
	select {
	case <-busy:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("close has not returned: %w", reasonOf(ctx))
	}
}

// close lets a panic through: the Runner recovers it.
func (s *Server) close(ctx context.Context) error {
	ok := false
	defer func() { s.serving.closed(ok) }()
	err := s.server.Close(ctx)
	ok = err == nil
	return err
}

// IsReady returns an error that tells the last failure while a restart is pending
// and once the server has failed for good, and an error before Listen and after
// Close. Otherwise it returns the result of the IsReady of the wrapped server, and nil
// if that has none. A nil ctx is an error.
func (s *Server) IsReady(ctx context.Context) error {
	if err := checkContext(ctx); err != nil {
		return err
	}
	switch reason, failure := s.serving.down(); {
	case failure != nil: // not wrapped: a Runner would take a panic in it for one of IsReady
		return fmt.Errorf("%w: %s", reason, errtext.Of(failure))
	case reason != nil:
		return reason
	}
	if checker, ok := runner.As[runner.ReadyChecker](s.server); ok {
		return checker.IsReady(ctx)
	}
	return nil
}
