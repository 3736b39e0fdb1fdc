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
type Option func(*settings)

// Name sets the name of the service. The default, and "", is [DefaultName].
func Name(name string) Option {
	return func(s *settings) { s.name = orDefault(name, DefaultName) }
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
// server is asked to close, and the server closes what it returns, so a Listen
// after Close needs another listener. Its error, or that it returns nil without
// one, is an error of Listen. It replaces an earlier [Addr]; a nil listen is
// skipped. For HTTPS use [TLS], not a listener that speaks TLS itself: requests
// would not know of it.
//
// The file of a Unix socket is removed when its listener is closed. A process that
// is killed leaves it behind, and the next one cannot listen: "bind: address
// already in use". The example removes the file first, which takes the socket away
// from another process if that is still running.
func ListenFunc(listen func(context.Context) (net.Listener, error)) Option {
	return func(s *settings) {
		if listen != nil {
			s.listen = listen
		}
	}
}

// TLS makes the server speak HTTPS, with HTTP/2, under the certificates of
// config. A nil config, the default, means plain HTTP. The server uses a copy.
// Without Certificates, GetCertificate and GetConfigForClient, Listen returns an
// error before it binds the address.
func TLS(config *tls.Config) Option {
	return func(s *settings) { s.tls = config.Clone() }
}

// Protocols sets the versions of HTTP that the server speaks. The default, and
// nil, is HTTP/1 and, under [TLS], HTTP/2; UnencryptedHTTP2 is HTTP/2 without TLS
// ("h2c", with prior knowledge). The server uses a copy. If the server could speak
// none of them, Listen returns an error before it binds the address.
func Protocols(protocols *http.Protocols) Option {
	return func(s *settings) { s.protocols = clone(protocols) }
}

// ReadHeaderTimeout limits the time to read the header of a request. The default
// is [DefaultReadHeaderTimeout]; 0 or less means none.
func ReadHeaderTimeout(d time.Duration) Option {
	return func(s *settings) { s.readHeaderTimeout = orNone(d) }
}

// ReadTimeout limits the time to read a whole request with its body. The default
// is [DefaultReadTimeout]; 0 or less means none.
func ReadTimeout(d time.Duration) Option {
	return func(s *settings) { s.readTimeout = orNone(d) }
}

// WriteTimeout limits the time from the end of a request's header to the end of
// its answer: it should be longer than the read timeout. The default is
// [DefaultWriteTimeout]; 0 or less means none. A handler that streams for longer
// moves the limit with [http.ResponseController.SetWriteDeadline].
func WriteTimeout(d time.Duration) Option {
	return func(s *settings) { s.writeTimeout = orNone(d) }
}

// IdleTimeout limits the time that a connection waits for its next request. The
// default is [DefaultIdleTimeout]; 0 or less means none.
func IdleTimeout(d time.Duration) Option {
	return func(s *settings) { s.idleTimeout = orNone(d) }
}

// MaxHeaderBytes limits the size of a request's header. The default, and 0 or
// less, is [DefaultMaxHeaderBytes].
func MaxHeaderBytes(n int) Option {
	return func(s *settings) { s.maxHeaderBytes = max(n, 0) } // net/http reads 0 as its default
}

// ErrorLog sets where net/http reports panics of handlers and broken
// connections. The default, and nil, is the standard logger of package log. For
// zap there is zap.NewStdLogAt.
func ErrorLog(logger *log.Logger) Option {
	return func(s *settings) { s.errorLog = logger }
}

// ConnState sets a function that is called when a connection changes state, as
// that of [http.Server]: on many goroutines, and for StateClosed perhaps a moment
// after Close has returned. It gets a connection as the listener accepted it, or a
// *tls.Conn. The default, and nil, is none.
func ConnState(hook func(net.Conn, http.ConnState)) Option {
	return func(s *settings) { s.connState = hook }
}

// ConnContext sets a function that makes the parent of the contexts of requests on
// a new connection, as that of [http.Server]: from ctx, which it must not lose. It
// gets a connection as the listener accepted it, or a *tls.Conn, and slows down
// the next one while it runs. The default, and nil, is none.
func ConnContext(hook func(ctx context.Context, c net.Conn) context.Context) Option {
	return func(s *settings) { s.connContext = hook }
}

// Configure sets a function that can change everything else about the
// [http.Server]. Each Listen calls it, on a new http.Server with all other options
// set, before it binds the address; several are called in order, and a nil one is
// skipped. It may wrap Handler, or set HTTP2, BaseContext or DisableGeneralOptionsHandler:
//
//	httpserver.Configure(func(s *http.Server) {
//		s.Handler = http.MaxBytesHandler(s.Handler, 1<<20)
//	})
//
// Addr is not used; see [Addr] and [ListenFunc]. With BaseContext, the contexts of
// requests have the values of that context instead of those of Listen's, and still
// end, and know [Closing], as promised. The function must not keep the
// http.Server, nor serve with it or shut it down.
func Configure(configure func(*http.Server)) Option {
	return func(s *settings) {
		if configure != nil {
			s.configure = append(s.configure, configure)
		}
	}
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
