package httpserver_test

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/httpserver"
	"github.com/go-fxservices/services/runner"
)

func TestListenRefuses(t *testing.T) {
	var http2Only, unencryptedOnly, none http.Protocols
	http2Only.SetHTTP2(true)
	unencryptedOnly.SetUnencryptedHTTP2(true)
	noSocket := errors.New("no socket was passed on")
	const noCertificates = "TLS has no certificates: set Certificates, GetCertificate or GetConfigForClient"

	// None of these may bind an address: listened would count that.
	listened := 0
	count := httpserver.ListenFunc(func(context.Context) (net.Listener, error) {
		listened++
		return nil, errors.New("bound")
	})
	for name, c := range map[string]struct {
		opts []httpserver.Option
		want string
	}{
		"TLS without certificates": {
			options(count, httpserver.TLS(new(tls.Config))), noCertificates,
		},
		"TLS without certificates that Configure has set": {
			options(count, httpserver.Configure(func(s *http.Server) { s.TLSConfig = new(tls.Config) })), noCertificates,
		},
		"protocols that need TLS without it": {
			options(count, httpserver.Protocols(&http2Only)),
			"none of Protocols can be spoken without TLS: set HTTP1 or UnencryptedHTTP2",
		},
		"no protocol": {
			options(count, httpserver.Protocols(&none)),
			"none of Protocols can be spoken without TLS: set HTTP1 or UnencryptedHTTP2",
		},
		"protocols that need to be without TLS under it": {
			append(secure(), count, httpserver.Protocols(&unencryptedOnly)),
			"none of Protocols can be spoken under TLS: set HTTP1 or HTTP2",
		},
		"no handler, of Configure": {
			options(count, httpserver.Configure(func(s *http.Server) { s.Handler = nil })), "no handler",
		},
		"no listener": {
			options(httpserver.ListenFunc(func(context.Context) (net.Listener, error) { return nil, nil })),
			"ListenFunc returned no listener and no error",
		},
		"a listener that is a nil pointer": {
			options(httpserver.ListenFunc(func(context.Context) (net.Listener, error) { return (*net.TCPListener)(nil), nil })),
			"ListenFunc returned no listener and no error",
		},
		"with the error of ListenFunc": {
			options(httpserver.ListenFunc(func(context.Context) (net.Listener, error) { return nil, noSocket })),
			"no socket was passed on",
		},
	} {
		t.Run(name, func(t *testing.T) {
			server := newServer(hello, c.opts...)
			for range 2 {
				require.EqualError(t, server.Listen(t.Context()), c.want)
				require.EqualError(t, server.IsReady(t.Context()), "not listening")
				require.NoError(t, server.Close(t.Context()))
			}
			r := runner.NewRunner(runner.WithSignals())
			require.EqualError(t, r.Run(t.Context(), server), `listen "http": `+c.want)
			require.NoError(t, r.Finish(t.Context()))
		})
	}
	require.Zero(t, listened)

	t.Run("nothing that could be spoken", func(t *testing.T) {
		config, _ := certified()
		byName := func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return &config.Certificates[0], nil }
		byClient := func(*tls.ClientHelloInfo) (*tls.Config, error) { return config, nil }
		for _, opts := range [][]httpserver.Option{
			options(httpserver.TLS(&tls.Config{GetCertificate: byName})),
			options(httpserver.TLS(&tls.Config{GetConfigForClient: byClient})),
			append(secure(), httpserver.Protocols(&http2Only)),
			options(httpserver.Protocols(&unencryptedOnly)),
			options(httpserver.Protocols(nil)),
			options(httpserver.TLS(nil)),
		} {
			server := newServer(hello, opts...)
			result := listen(t, server)
			require.NoError(t, server.Close(t.Context()))
			require.NoError(t, <-result)
		}
	})

	t.Run("nothing for good when the user's code panics", func(t *testing.T) {
		for _, opt := range []httpserver.Option{
			httpserver.Configure(func(*http.Server) { panic("oops") }),
			httpserver.ListenFunc(func(context.Context) (net.Listener, error) { panic("oops") }),
		} {
			server := newServer(hello, opt)
			for range 2 {
				require.PanicsWithValue(t, "oops", func() { _ = server.Listen(t.Context()) })
				require.NoError(t, server.Close(t.Context()))
			}
		}
	})
}
