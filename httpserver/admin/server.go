package admin

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"path/filepath"
	"runtime"
	"sync"

	"github.com/go-fxservices/services/observers/probes"
)

var (
	errNilContext     = errors.New("nil context: pass context.Background() if nothing else")
	errAlreadyStarted = errors.New("already started")
)

// Server serves the endpoints of operations from Start to Stop. It is a Resource of package runner, and can be started again.
// Make it with [New]. All its methods are safe for concurrent use.
type Server struct {
	settings settings
	probes   *probes.Probes // nil without Probes
	routes   *routes

	mu      sync.Mutex
	current *session // from the beginning of Start to the end of Stop; nil otherwise
}

// New makes a Server with an index page at /, which lists what is mounted. Without options it listens on [DefaultAddr]. A nil
// option is skipped.
func New(opts ...Option) *Server {
	s := &Server{settings: settings{addr: DefaultAddr}}
	for _, opt := range opts {
		if opt != nil {
			opt(&s.settings)
		}
	}
	s.routes = newRoutes(s.settings.wrap)
	if s.settings.withProbes {
		s.probes = probes.New(s.settings.probes...)
		for _, path := range []string{"/livez", "/startupz", "/readyz", "/healthz"} {
			s.routes.mount(path, s.probes, "")
		}
	}
	if s.settings.pprof {
		s.routes.mount(pprofPath, pprofHandler(), "")
	}
	return s
}

// Name returns "admin".
func (s *Server) Name() string { return "admin" }

// Probes returns the probes of the option [Probes], which a Runner takes as an Observer. It is nil without that option.
func (s *Server) Probes() *probes.Probes { return s.probes }

// Handle mounts h at pattern, which is one of [http.ServeMux]; a method in it can only be GET or HEAD. It can be called at
// any time, also while the server is started. The index lists the pattern.
//
// Start returns an error that names each pattern that is invalid or conflicts with an earlier one, and each nil h. A mistake
// that comes after Start mounts nothing, and is an error of the next one.
func (s *Server) Handle(pattern string, h http.Handler) {
	where := ""
	if _, file, line, ok := runtime.Caller(1); ok {
		where = fmt.Sprintf(" (%s:%d)", filepath.Base(file), line)
	}
	s.routes.mount(pattern, h, where)
}

// Start binds the address, and returns once requests are answered. It does not wait for anything else. When the address is in
// use, the error names it:
//
//	listen tcp 127.0.0.1:8081: bind: address already in use
//
// A mistake in an earlier call of [Server.Handle] is an error, too, before anything is bound. So is a nil ctx, and a second
// Start before Stop. The end of ctx ends Start, with its cause, and has no meaning after it.
func (s *Server) Start(ctx context.Context) error {
	if ctx == nil {
		return errNilContext
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if err := s.routes.check(); err != nil {
		return err
	}
	session, err := s.begin()
	if err != nil {
		return err
	}
	if err := session.start(ctx); err != nil {
		s.forget(session)
		return err
	}
	return nil
}

func (s *Server) begin() (*session, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.current != nil {
		return nil, errAlreadyStarted
	}
	s.current = newSession(&s.settings, s.routes)
	return s.current, nil
}

func (s *Server) forget(session *session) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.current == session {
		s.current = nil
	}
}

func (s *Server) session() *session {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.current
}

// Stop stops accepting connections, waits until the requests in flight are answered, and returns nil. When ctx ends first, it
// cuts them off, and returns a [*httpserver.CutOffError] if there were any. Handlers that stream without an end learn from
// [httpserver.Closing] that it is time to finish.
//
// A Stop during Start ends that. A second Stop waits as well; without a Start there is nothing to do. A nil ctx is an error.
func (s *Server) Stop(ctx context.Context) error {
	if ctx == nil {
		return errNilContext
	}
	session := s.session()
	if session == nil {
		return nil
	}
	defer s.forget(session)
	return session.stop(ctx)
}

// Failed returns a channel that gets an error if the server stops accepting connections by itself. Then the Runner ends. It
// is nil while the server is not started.
func (s *Server) Failed() <-chan error {
	if session := s.session(); session != nil {
		return session.failed
	}
	return nil
}

// URL returns where the server is, as in "http://127.0.0.1:8081", with the port that port 0 has become. It is "" before Start
// has bound the address and after Stop. The address of a server on all interfaces is the one on this machine.
func (s *Server) URL() string {
	if session := s.session(); session != nil {
		return session.url()
	}
	return ""
}
