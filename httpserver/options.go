package httpserver

import (
	"context"
	"crypto/tls"
	"log"
	"net"
	"net/http"
	"time"
)

// The defaults of a [Server].
const (
	DefaultName = "http"
	DefaultAddr = "127.0.0.1:8080"

	DefaultReadHeaderTimeout = 5 * time.Second
	DefaultReadTimeout       = 30 * time.Second
	DefaultWriteTimeout      = time.Minute
	DefaultIdleTimeout       = 2 * time.Minute
	DefaultMaxHeaderBytes    = http.DefaultMaxHeaderBytes
)

// Option configures a [Server]; see [New]. Of options that set the same thing,
// the last one holds.
type Option func(*Server)

// Name sets the name of the service. The default, and "", is [DefaultName].
func Name(name string) Option {
	return func(s *Server) { s.name = orDefault(name, DefaultName) }
}

// Addr sets the TCP address to listen on, as [net.Listen] takes it. The default,
// and "", is [DefaultAddr]: only this machine can connect. ":8080" is the
// choice to be reachable on every interface, and port 0 takes a free port, which
// [Server.Addr] tells. It replaces an earlier [ListenFunc].
func Addr(addr string) Option {
	addr = orDefault(addr, DefaultAddr)
	return ListenFunc(func(ctx context.Context) (net.Listener, error) {
		return new(net.ListenConfig).Listen(ctx, "tcp", addr)
	})
}

// ListenFunc sets what makes the listener: for a Unix socket, a socket that
// systemd passed on, or an address that is known only after the configuration
// was loaded. It is called once by each Listen, with a context that ends when the
// server is asked to close, and the server closes what it returns. Its error is
// returned by Listen. It replaces an earlier [Addr]; a nil listen is skipped.
func ListenFunc(listen func(context.Context) (net.Listener, error)) Option {
	return func(s *Server) {
		if listen != nil {
			s.listen = listen
		}
	}
}

// TLS makes the server speak HTTPS, with HTTP/2, under the certificates of
// config. A nil config, the default, means plain HTTP. The server uses a copy.
func TLS(config *tls.Config) Option {
	return func(s *Server) { s.tls = config.Clone() }
}

// ReadHeaderTimeout limits the time to read the header of a request. The default
// is [DefaultReadHeaderTimeout]; 0 or less means none.
func ReadHeaderTimeout(d time.Duration) Option {
	return func(s *Server) { s.readHeaderTimeout = orNone(d) }
}

// ReadTimeout limits the time to read a whole request with its body. The default
// is [DefaultReadTimeout]; 0 or less means none.
func ReadTimeout(d time.Duration) Option {
	return func(s *Server) { s.readTimeout = orNone(d) }
}

// WriteTimeout limits the time from the end of a request's header to the end of
// its answer: it should be longer than the read timeout. The default is
// [DefaultWriteTimeout]; 0 or less means none. A handler that streams for longer
// moves the limit with [http.ResponseController.SetWriteDeadline].
func WriteTimeout(d time.Duration) Option {
	return func(s *Server) { s.writeTimeout = orNone(d) }
}

// IdleTimeout limits the time that a connection waits for its next request. The
// default is [DefaultIdleTimeout]; 0 or less means none.
func IdleTimeout(d time.Duration) Option {
	return func(s *Server) { s.idleTimeout = orNone(d) }
}

// MaxHeaderBytes limits the size of a request's header. The default, and 0 or
// less, is [DefaultMaxHeaderBytes].
func MaxHeaderBytes(n int) Option {
	return func(s *Server) { s.maxHeaderBytes = max(n, 0) } // net/http reads 0 as its default
}

// ErrorLog sets where net/http reports panics of handlers and broken
// connections. The default, and nil, is the standard logger of package log.
func ErrorLog(logger *log.Logger) Option {
	return func(s *Server) { s.errorLog = logger }
}

func orDefault(value, byDefault string) string {
	if value == "" {
		return byDefault
	}
	return value
}

// orNone says "no timeout" in the way of net/http, where 0 may mean the value of
// another timeout.
func orNone(d time.Duration) time.Duration {
	if d <= 0 {
		return -1
	}
	return d
}
