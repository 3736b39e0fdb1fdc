package admin

import (
	"net"
	"net/http"
	"net/netip"
	"strings"
)

// guard refuses what next must not get: methods that change something and, on a loopback address, names of others.
//
// A web page of somebody else can let its own name mean 127.0.0.1 once a browser has loaded it (DNS rebinding). For the
// browser the server then belongs to that page, which may read everything. But the browser says the name.
type guard struct {
	host       string // that of the address in the settings; may be empty
	isLoopback func() bool
	next       http.Handler
}

func (g *guard) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	header := w.Header()
	header.Set("Cache-Control", "no-store")
	header.Set("X-Content-Type-Options", "nosniff")
	switch {
	case g.isLoopback() && !g.knows(r.Host):
		http.Error(w, "403 the host of the request is not this server", http.StatusForbidden)
	case r.Method != http.MethodGet && r.Method != http.MethodHead:
		header.Set("Allow", "GET, HEAD")
		http.Error(w, "405 only GET and HEAD are answered", http.StatusMethodNotAllowed)
	default:
		g.next.ServeHTTP(w, r)
	}
}

// knows reports whether the Host of a request is an address, this machine, or the name of the server in its settings.
func (g *guard) knows(hostPort string) bool {
	host := hostPort
	if name, _, err := net.SplitHostPort(hostPort); err == nil {
		host = name
	}
	_, err := netip.ParseAddr(strings.TrimSuffix(strings.TrimPrefix(host, "["), "]"))
	return err == nil || strings.EqualFold(host, "localhost") || g.host != "" && strings.EqualFold(host, g.host)
}
