package cronservice

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/go-fxservices/services/internal/identity"
	"github.com/go-fxservices/services/runner"
)

var (
	errNilContext   = errors.New("nil context: pass context.Background() if nothing else")
	errNotListening = errors.New("not listening")
)

// Server runs jobs from Listen until Close. Make one with [New]. All its methods are safe for concurrent use.
type Server struct {
	config Config
	tasks  []*task // one for each job of config

	mu       sync.Mutex
	current  *session // of the last Listen; nil before
	listened bool     // Listen was called
	closed   bool     // Close was called before that
}

var (
	_ runner.Server        = (*Server)(nil)
	_ runner.ReadyChecker  = (*Server)(nil)
	_ runner.HealthChecker = (*Server)(nil)
)

// New returns a Server for the jobs of config, and for jobs. A Config that is not valid is an error of [Server.Listen].
func New(config Config, jobs ...Job) *Server {
	config.Jobs = slices.Concat(config.Jobs, jobs)
	s := &Server{config: config}
	for _, job := range config.Jobs {
		s.tasks = append(s.tasks, &task{job: job})
	}
	return s
}

// Name implements [runner.Service].
func (s *Server) Name() string { return s.config.name() }

// Listen runs each job when it is due. It blocks until [Server.Close] has finished, and then returns nil; before that it returns only
// with what is wrong with the Config. A failing job does not end it.
//
// The end of ctx ends the schedule as Close does, but sets no limit to the jobs that run: Listen returns nil once they are done. A
// Close meanwhile limits that. If ctx has ended already, Listen returns nil at once; if it is nil, an error.
//
// A second Listen while one runs is [runner.ErrAlreadyStarted]. After Close, Listen can be called again. A Close that comes before
// the first Listen makes it return nil at once.
func (s *Server) Listen(ctx context.Context) error {
	if identity.IsNil(ctx) {
		return errNilContext
	}
	if err := s.config.Validate(); err != nil {
		return err
	}
	session, err := s.begin(ctx)
	if session == nil {
		return err
	}
	return session.listen(ctx, s.config)
}

// begin returns the session of a Listen, or nil if that has nothing to do.
func (s *Server) begin(ctx context.Context) (*session, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.current != nil && !s.current.isDone():
		return nil, runner.ErrAlreadyStarted
	case s.closed || ctx.Err() != nil:
		s.closed, s.listened = false, true
		return nil, nil
	}
	s.listened = true
	s.current = newSession(ctx, s.tasks)
	return s.current, nil
}

// Close ends the schedule: no job starts any more. It waits until all that run are done, and returns nil. When ctx ends first, it ends
// the contexts of those that run, waits a moment for them to return, and returns a [*CutOffError]. A job that has not returned even
// then is left behind; another Listen does not run it again before it has.
//
// Close may be called at any time. Without a Listen there is nothing to do; a second Close waits as well. A nil ctx is an error.
func (s *Server) Close(ctx context.Context) error {
	if identity.IsNil(ctx) {
		return errNilContext
	}
	s.mu.Lock()
	session := s.current
	s.closed = !s.listened
	s.mu.Unlock()
	if session == nil || session.isDone() {
		return nil
	}
	return session.close(ctx)
}

// IsReady returns nil while jobs are scheduled, and an error before that and from Close on. It does not block.
func (s *Server) IsReady(context.Context) error {
	if session := s.last(); session == nil || !session.isReady() {
		return errNotListening
	}
	return nil
}

// IsHealthy returns nil if the last run of each job has succeeded, or none has ended since Listen began. Otherwise it returns the last
// failure of each job that failed, with its name, until that job succeeds again. It does not block.
func (s *Server) IsHealthy(context.Context) error {
	session := s.last()
	if session == nil {
		return nil
	}
	return session.failure()
}

func (s *Server) last() *session {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.current
}

// CutOffError says that Close has ended the contexts of jobs, because its own has ended.
type CutOffError struct {
	Jobs []string // the names, in the order of the Config
	Err  error    // why the context ended
}

// Error implements error.
func (e *CutOffError) Error() string { return fmt.Sprintf("cut off: %v: jobs: %q", e.Err, e.Jobs) }

// Unwrap returns why the context ended.
func (e *CutOffError) Unwrap() error { return e.Err }
