package sqsservice

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net/http"
	"os"
	"time"

	"github.com/go-fxservices/services/internal/clients"
)

// roots are the certificates that a client trusts; nil: those of the system.
type roots = x509.CertPool

// caBundle returns the certificates of AWS_CA_BUNDLE. The SDK adds them to a client of its own kind alone.
func caBundle() (*roots, error) {
	file := os.Getenv("AWS_CA_BUNDLE")
	if file == "" {
		return nil, nil //nolint:nilnil // those of the system
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(text) {
		return nil, errors.New(file + " has no certificate")
	}
	return pool, nil
}

// httpClient is a client whose connections end with it: those of the SDK stay open, with a goroutine each.
type httpClient struct {
	http.Client
	transport *http.Transport
	conns     clients.Conns
}

func newHTTPClient(trusted *roots) *httpClient {
	c := &httpClient{}
	c.transport = &http.Transport{
		Proxy: http.ProxyFromEnvironment, DialContext: c.conns.Dial(nil), ForceAttemptHTTP2: true, MaxIdleConnsPerHost: 64,
		IdleConnTimeout: 90 * time.Second, TLSHandshakeTimeout: 10 * time.Second, ExpectContinueTimeout: time.Second,
		TLSClientConfig: &tls.Config{RootCAs: trusted, MinVersion: tls.VersionTLS12},
	}
	c.Transport = c.transport
	c.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return c
}

func (c *httpClient) close() {
	c.transport.CloseIdleConnections()
	c.conns.Cut()
}
