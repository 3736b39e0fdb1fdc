package grpcservice

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"sync"

	"google.golang.org/grpc"

	"github.com/go-fxservices/services/observers"
	"github.com/go-fxservices/services/runner"
)

var (
	errAlreadyListening = errors.New("already listening")
	errNilContext       = errors.New("the context is nil")
	errNotListening     = errors.New("not listening")
	errNilRegistrar     = errors.New("grpcservice.New: a function that registers services is nil")
)

// Server answers gRPC calls from Listen until Close. Make one with [New]. All its methods are safe for concurrent use.
type Server struct {
	config   Config
	register []func(grpc.ServiceRegistrar)
	state    *state // of the Runner

	mu       sync.Mutex
	current  *session // nil unless Listen runs
	listened bool     // Listen was called
	closed   bool     // Close was called before that
}

var (
	_ runner.Server       = (*Server)(nil)
	_ runner.ReadyChecker = (*Server)(nil)
)

// New returns a Server for what the functions register, each time when it listens. A Config that is not valid, and a nil function, is
// an error of [Server.Listen].
func New(config Config, register ...func(grpc.ServiceRegistrar)) *Server {
	return &Server{config: config, register: slices.Clone(register), state: newState()}
}

// Name implements [runner.Service].
func (s *Server) Name() string { return s.config.name() }

// Observer returns an Observer of the Runner, for health checks: with it, they say SERVING only while the Runner is ready. [Module]
// adds it. Without it they do from when the server listens until the Runner is asked to end.
func (s *Server) Observer() runner.Observer {
	return observers.Funcs{OnStateChanged: func(_ context.Context, state runner.State) { s.state.set(state == runner.StateReady) }}
}

// Listen binds the address and answers calls. It blocks until [Server.Close] has returned, and then returns nil; before that it returns
// only with what is wrong with the Config, or with the error that kept it from binding or accepting, which names the address.
//
// The server also has the service grpc.health.v1.Health, for the server as a whole and for each of its services. It says NOT_SERVING
// from the moment in which a Runner is asked to end: clients that look at it leave during the drain delay.
//
// The contexts of calls are those of grpc: they end with the call, not when Close begins. The end of ctx itself closes the server at
// once. A second Listen while one runs is an error, and so is a nil ctx. After Close, Listen can be called again. A Close that comes
// before the first Listen makes it return nil at once.
func (s *Server) Listen(ctx context.Context) error {
	if ctx == nil {
		return errNilContext
	}
	if err := s.config.Validate(); err != nil {
		return err
	}
	if slices.ContainsFunc(s.register, func(f func(grpc.ServiceRegistrar)) bool { return f == nil }) {
		return errNilRegistrar
	}
	session, err := s.begin(ctx.Err() != nil)
	if session == nil {
		return err
	}
	defer s.forget(session)
	return session.run(ctx, s)
}

// begin returns the session of a Listen, or nil if that has nothing to do.
func (s *Server) begin(ended bool) (*session, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.current != nil && !s.current.isDone():
		return nil, errAlreadyListening
	case s.closed || ended:
		s.closed, s.listened = false, true
		return nil, nil
	}
	s.listened = true
	s.current = newSession()
	return s.current, nil
}

func (s *Server) forget(session *session) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.current == session {
		s.current = nil
	}
}

// Close stops accepting connections and calls, tells health-checking clients that the server does not serve and ends their streams,
// waits until all calls are done, and returns nil. When ctx ends first, it cuts off what is left, and returns a [*CutOffError].
//
// Close may be called while Listen has not bound the address yet: the address is free when Close returns. A second Close waits as
// well; without a Listen that runs there is nothing to do. A nil ctx is an error.
func (s *Server) Close(ctx context.Context) error {
	if ctx == nil {
		return errNilContext
	}
	s.mu.Lock()
	session := s.current
	s.closed = !s.listened
	s.mu.Unlock()
	if session == nil {
		return nil
	}
	return session.close(ctx)
}

// IsReady returns nil while the address is bound, and an error before Listen has bound it and from Close on. It does not block.
func (s *Server) IsReady(context.Context) error {
	if s.Addr() == nil {
		return errNotListening
	}
	return nil
}

// Addr returns the address that is bound, with the port that port 0 has become. It is nil before Listen has bound it and from Close
// on.
func (s *Server) Addr() net.Addr {
	s.mu.Lock()
	session := s.current
	s.mu.Unlock()
	if session == nil {
		return nil
	}
	return session.addr()
}

// CutOffError says that Close has cut calls off, because its context ended.
type CutOffError struct {
	Calls []string // the full methods of the calls, sorted; a method stands once for each call
	Err   error    // why the context ended
}

// Error implements error.
func (e *CutOffError) Error() string {
	return fmt.Sprintf("cut off: %v: calls: %v", e.Err, e.Calls)
}

// Unwrap returns why the context ended.
func (e *CutOffError) Unwrap() error { return e.Err }
