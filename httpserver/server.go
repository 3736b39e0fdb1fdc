package httpserver

import (
	"context"
	"errors"
	"net"
	"net/http"
	"sync"
)

var (
	errAlreadyListening = errors.New("already listening")
	errNilContext       = errors.New("nil context: pass context.Background() if nothing else")
	errNotListening     = errors.New("not listening")
)

// Server answers HTTP requests from Listen until Close. Make it with [New]. All
// its methods are safe for concurrent use.
//
// An application on fx that has two of them gives the second a type of its own:
//
//	type Admin struct{ *httpserver.Server }
type Server struct {
	settings settings

	mu       sync.Mutex // guards what follows
	current  *session   // nil unless Listen runs
	listened bool       // Listen was called
	closed   bool       // Close was called before that
}

// New makes a Server that answers with handler. Without options it is named
// [DefaultName] and listens on [DefaultAddr], which only this machine can reach.
// A nil option is skipped. A nil handler is an error of [Server.Listen]:
// http.DefaultServeMux, which any imported package can add to, is served only
// when it is given.
func New(handler http.Handler, opts ...Option) *Server {
	s := &Server{settings: defaults(handler)}
	for _, opt := range opts {
		if opt != nil {
			opt(&s.settings)
		}
	}
	return s
}

// Name returns the name of the service.
func (s *Server) Name() string { return s.settings.name }

// Listen binds the address and answers requests. It blocks until [Server.Close]
// has returned, and then returns nil; before that it returns only with the error
// that kept it from binding or accepting, for instance
//
//	listen tcp 127.0.0.1:8080: bind: address already in use
//
// A nil handler, a [TLS] configuration without certificates and [Protocols] that
// cannot be spoken are errors before anything is bound.
//
// The contexts of requests have the values of ctx. They are not cancelled when
// Close begins, but when a connection is cut off or the server is closed. The end
// of ctx itself closes the server at once and cuts off what is in flight.
//
// From the moment in which a Runner is asked to end, and so during its drain delay,
// answers carry "Connection: close", and in HTTP/2 come with a GOAWAY: a client
// that comes back connects anew, elsewhere if the server is not announced any more.
// Idle connections stay open, so that no request on its way is lost.
//
// A second Listen while one runs is an error, and so is a nil ctx. After Close, Listen can be called
// again. A Close that comes before the first Listen makes it return nil at once.
func (s *Server) Listen(ctx context.Context) error {
	if ctx == nil {
		return errNilContext
	}
	session, err := s.open(ctx)
	if session == nil {
		return err
	}
	defer s.forget(session)
	return session.run(ctx, &s.settings)
}

func (s *Server) open(ctx context.Context) (*session, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.current != nil && !s.current.isDone():
		return nil, errAlreadyListening
	case s.closed:
		s.closed, s.listened = false, true
		return nil, nil
	}
	s.listened = true
	s.current = newSession(ctx)
	return s.current, nil
}

func (s *Server) forget(session *session) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.current == session {
		s.current = nil
	}
}

// Close stops accepting connections and closes idle ones, waits until the others
// are done, and returns nil. A connection is done when its request is answered;
// a hijacked one when its handler has closed it; a new one, on which no request has
// come yet, is given half a second, under TLS too. An idle connection of HTTP/2 is
// given a second after its GOAWAY, as net/http does. When ctx ends first, Close cuts
// off what is left and cancels the contexts of its requests. It then returns a
// [*CutOffError] if anything of that was in use.
//
// Close may be called while Listen has not bound the address yet: the address is
// free when Close returns. A second Close waits as well; without a Listen that
// runs there is nothing to do. A nil ctx is an error.
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

// IsReady returns nil while the address is bound, and an error before Listen has
// bound it and from Close on. It does not block.
func (s *Server) IsReady(context.Context) error {
	if s.Addr() == nil {
		return errNotListening
	}
	return nil
}

// Addr returns the address that is bound, with the port that port 0 has become.
// It is nil before Listen has bound it and from Close on.
func (s *Server) Addr() net.Addr {
	s.mu.Lock()
	session := s.current
	s.mu.Unlock()
	if session == nil {
		return nil
	}
	return session.addr()
}
