package httpserver

import (
	"context"
	"crypto/tls"
	"errors"
	"log"
	"net"
	"net/http"
	"time"
)

var (
	errNoHandler      = errors.New("no handler")
	errNoListener     = errors.New("ListenFunc returned no listener and no error")
	errNoCertificates = errors.New("TLS has no certificates: set Certificates, GetCertificate or GetConfigForClient")
	errNoProtocol     = errors.New("none of Protocols can be spoken without TLS: set HTTP1 or UnencryptedHTTP2")
	errNoTLSProtocol  = errors.New("none of Protocols can be spoken under TLS: set HTTP1 or HTTP2")
)

// settings are what Options set. They do not change after [New].
type settings struct {
	name              string
	handler           http.Handler
	listen            func(context.Context) (net.Listener, error)
	tls               *tls.Config
	protocols         *http.Protocols
	readHeaderTimeout time.Duration
	readTimeout       time.Duration
	writeTimeout      time.Duration
	idleTimeout       time.Duration
	maxHeaderBytes    int
	errorLog          *log.Logger
	connState         func(net.Conn, http.ConnState)
	connContext       func(context.Context, net.Conn) context.Context
	configure         []func(*http.Server)
}

func defaults(handler http.Handler) settings {
	s := settings{
		name:              DefaultName,
		handler:           handler,
		readHeaderTimeout: DefaultReadHeaderTimeout,
		readTimeout:       DefaultReadTimeout,
		writeTimeout:      DefaultWriteTimeout,
		idleTimeout:       DefaultIdleTimeout,
	}
	Addr(DefaultAddr)(&s)
	return s
}

// apply fills a new http.Server, and checks it. What it shares with others it gives away as a copy: net/http changes the TLS
// configuration, and functions of Configure may change anything.
func (s *settings) apply(server *http.Server) error {
	server.Handler = s.handler
	server.TLSConfig = s.tls.Clone()
	server.Protocols = clone(s.protocols)
	server.ReadHeaderTimeout = s.readHeaderTimeout
	server.ReadTimeout = s.readTimeout
	server.WriteTimeout = s.writeTimeout
	server.IdleTimeout = s.idleTimeout
	server.MaxHeaderBytes = s.maxHeaderBytes
	server.ErrorLog = s.errorLog
	server.ConnState = s.connState
	server.ConnContext = s.connContext
	for _, f := range s.configure {
		f(server)
	}
	return check(server)
}

// check returns why the server could not answer anybody, before an address is bound: net/http finds it out later, or never.
func check(server *http.Server) error {
	config, protocols := server.TLSConfig, server.Protocols
	switch {
	case server.Handler == nil:
		return errNoHandler
	case config != nil && len(config.Certificates) == 0 && config.GetCertificate == nil && config.GetConfigForClient == nil:
		return errNoCertificates
	case protocols == nil || protocols.HTTP1():
		return nil
	case config != nil && !protocols.HTTP2():
		return errNoTLSProtocol
	case config == nil && !protocols.UnencryptedHTTP2():
		return errNoProtocol
	default:
		return nil
	}
}

func clone(p *http.Protocols) *http.Protocols {
	if p == nil {
		return nil
	}
	copied := *p
	return &copied
}
