package admin

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/netip"

	"github.com/go-fxservices/services/httpserver"
)

var errStopped = errors.New("stopped while starting")

// session is one Start until its Stop.
type session struct {
	settings *settings
	host     string // that of the address in the settings
	server   *httpserver.Server
	listener net.Listener  // set before bound is closed
	bound    chan struct{} // closed when the address is bound
	served   chan struct{} // closed when Listen has returned
	err      error         // of Listen; set before served is closed
	failed   chan error    // gets it too
}

func newSession(set *settings, routes http.Handler) *session {
	host, _, _ := net.SplitHostPort(set.addr)
	s := &session{
		settings: set, host: host,
		bound: make(chan struct{}), served: make(chan struct{}), failed: make(chan error, 1),
	}
	s.server = httpserver.New(
		&guard{host: host, isLoopback: s.isLoopback, next: routes},
		httpserver.Name("admin"),
		httpserver.ListenFunc(s.listen),
		httpserver.TLS(set.tls),
	)
	return s
}

// listen binds the address. A connection that comes before the server accepts it waits in the queue of the system.
func (s *session) listen(ctx context.Context) (net.Listener, error) {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", s.settings.addr)
	if err != nil {
		return nil, err
	}
	s.listener = listener
	close(s.bound)
	return listener, nil
}

// isLoopback reports whether only this machine can reach the server. The address is bound.
func (s *session) isLoopback() bool {
	tcp, ok := s.listener.Addr().(*net.TCPAddr)
	return ok && tcp.IP.IsLoopback()
}

// serve answers requests until stop. Their contexts have nothing of that of Start: a span of the start would be the parent of
// every request, for good.
func (s *session) serve() {
	defer close(s.served)
	if s.err = s.server.Listen(context.Background()); s.err != nil {
		s.failed <- s.err
	}
}

func (s *session) start(ctx context.Context) error {
	go s.serve()
	select {
	case <-s.bound:
		return nil
	case <-s.served:
		if s.err != nil {
			return s.err
		}
		return errStopped
	case <-ctx.Done():
		_ = s.stop(ctx) // at once: nothing is served yet, or hardly
		return context.Cause(ctx)
	}
}

func (s *session) stop(ctx context.Context) error {
	err := s.server.Close(ctx)
	<-s.served
	return err
}

// url returns "" unless the address is bound.
func (s *session) url() string {
	select {
	case <-s.bound:
	default:
		return ""
	}
	scheme := "http://"
	if s.settings.tls != nil {
		scheme = "https://"
	}
	host, port, err := net.SplitHostPort(s.listener.Addr().String())
	if err != nil {
		return ""
	}
	return scheme + net.JoinHostPort(s.reachable(host), port)
}

// reachable returns the host under which this machine reaches the server, which listens on host.
func (s *session) reachable(host string) string {
	if ip, err := netip.ParseAddr(host); err == nil && ip.IsUnspecified() {
		return "127.0.0.1"
	}
	if _, err := netip.ParseAddr(s.host); err != nil && s.host != "" {
		return s.host // a name, for which there may be a certificate
	}
	return host
}
