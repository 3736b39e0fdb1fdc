package admin

import (
	"cmp"
	"crypto/tls"
	"net/http"

	"github.com/go-fxservices/services/observers/probes"
)

// DefaultAddr is the address of a [Server] without [Addr].
const DefaultAddr = "127.0.0.1:8081"

// Option configures a [Server]; see [New]. Of options that set the same thing, the last one holds.
type Option func(*settings)

// settings are what Options set. They do not change after New.
type settings struct {
	addr       string
	tls        *tls.Config
	wrap       []func(http.Handler) http.Handler
	withProbes bool
	probes     []probes.Option
	pprof      bool
}

// Addr sets the TCP address to listen on, as [net.Listen] takes it. The default, and "", is [DefaultAddr]: only this machine
// can connect. ":8081" is the choice to be reachable on every interface, as Kubernetes needs it, and port 0 takes a free port,
// which [Server.URL] tells.
func Addr(addr string) Option {
	return func(s *settings) { s.addr = cmp.Or(addr, DefaultAddr) }
}

// TLS makes the server speak HTTPS, with HTTP/2, under the certificates of config. A nil config, the default, means plain
// HTTP. The server uses a copy. Without Certificates, GetCertificate and GetConfigForClient, Start returns an error.
func TLS(config *tls.Config) Option {
	return func(s *settings) { s.tls = config.Clone() }
}

// Wrap puts middleware around everything but probes: authentication, logging. It is called once, by New. Of several, the
// first is the outermost; a nil one is skipped. If middleware returns nil, Start returns an error.
//
// Probes, those of [Probes] and a [*probes.Probes] given to [Server.Handle], are answered without it, because what asks them
// has no password. Refused hosts and methods do not get to it either.
func Wrap(middleware func(http.Handler) http.Handler) Option {
	return func(s *settings) {
		if middleware != nil {
			s.wrap = append(s.wrap, middleware)
		}
	}
}

// Probes mounts probes at /livez, /startupz, /readyz and /healthz. Give [Server.Probes] to the Runner, as its first Observer:
// until it observes one, only /livez passes. Several calls add up. Without Probes these paths are free.
func Probes(opts ...probes.Option) Option {
	return func(s *settings) {
		s.withProbes = true
		s.probes = append(s.probes, opts...)
	}
}

// Pprof mounts the endpoints of [net/http/pprof] at /debug/pprof/, without importing that package, whose import alone opens
// them on http.DefaultServeMux. There is no difference of two profiles: ?seconds works with profile and trace only.
//
// They show the command line and the code of the program, and cost time while they run: open them only to those who may see
// that. A profile that is being recorded ends when the server begins to stop.
func Pprof() Option {
	return func(s *settings) { s.pprof = true }
}
