package httpserver_test

import (
	"crypto/tls"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	"github.com/go-fxservices/services/httpserver"
)

// certified returns the TLS configurations of a server and of its clients.
var certified = sync.OnceValues(func() (server, client *tls.Config) {
	s := httptest.NewUnstartedServer(nil)
	s.StartTLS()
	s.Close()
	return &tls.Config{Certificates: s.TLS.Certificates}, s.Client().Transport.(*http.Transport).TLSClientConfig
})

// version is a version of HTTP, over TCP with or without TLS.
type version struct {
	proto  string
	server func() []httpserver.Option
	client func(*http.Transport)
	scheme string
}

var (
	http1Plain = version{
		proto:  "HTTP/1.1",
		server: func() []httpserver.Option { return nil },
		client: func(*http.Transport) {},
		scheme: "http://",
	}
	http1TLS = version{
		proto:  "HTTP/1.1",
		server: secure,
		client: func(t *http.Transport) { t.TLSClientConfig = clientTLS() },
		scheme: "https://",
	}
	http2TLS = version{
		proto:  "HTTP/2.0",
		server: secure,
		client: func(t *http.Transport) { t.TLSClientConfig, t.ForceAttemptHTTP2 = clientTLS(), true },
		scheme: "https://",
	}
	http2Plain = version{
		proto:  "HTTP/2.0",
		server: func() []httpserver.Option { return options(httpserver.Protocols(unencryptedHTTP2())) },
		client: func(t *http.Transport) { t.Protocols = unencryptedHTTP2() },
		scheme: "http://",
	}
	versions = map[string]version{
		"HTTP/1": http1Plain, "HTTP/1 under TLS": http1TLS, "HTTP/2": http2TLS, "HTTP/2 without TLS": http2Plain,
	}
)

func secure() []httpserver.Option {
	config, _ := certified()
	return options(httpserver.TLS(config))
}

func clientTLS() *tls.Config {
	_, config := certified()
	config = config.Clone()
	config.ServerName = "example.com"
	return config
}

func unencryptedHTTP2() *http.Protocols {
	var protocols http.Protocols
	protocols.SetUnencryptedHTTP2(true)
	return &protocols
}

// newServer makes a server on a free port that speaks the version.
func (v version) newServer(handler http.HandlerFunc, opts ...httpserver.Option) *httpserver.Server {
	return newServer(handler, append(v.server(), opts...)...)
}

// newClient makes a client with connections of its own that speaks the version.
func (v version) newClient(t *testing.T) *http.Client {
	transport := &http.Transport{}
	v.client(transport)
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport}
}

func (v version) url(server *httpserver.Server) string { return v.scheme + server.Addr().String() }
