package admin_test

import (
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/httpserver/admin"
)

func TestHosts(t *testing.T) {
	ask := func(t *testing.T, s *admin.Server, path, host string) string {
		r := newRequest(t, http.MethodGet, s.URL()+path)
		r.Host = host
		status, _ := do(t, r)
		return status
	}

	t.Run("of others are refused on a loopback address", func(t *testing.T) {
		s := start(t, admin.Probes())
		_, port, _ := net.SplitHostPort(strings.TrimPrefix(s.URL(), "http://"))
		for host, status := range map[string]string{
			"127.0.0.1:" + port: "200 OK", "127.0.0.1": "200 OK", "[::1]:" + port: "200 OK", "[::1]": "200 OK",
			"10.1.2.3:80": "200 OK", "localhost": "200 OK", "LocalHost:" + port: "200 OK",
			"evil.example": "403 Forbidden", "evil.example:" + port: "403 Forbidden", "localhost.evil.example": "403 Forbidden",
			"127.0.0.1.evil.example": "403 Forbidden", "evil.localhost": "403 Forbidden", "1": "403 Forbidden",
		} {
			require.Equal(t, status, ask(t, s, "/", host), host)
			require.Equal(t, status, ask(t, s, "/livez", host), host)
		}
	})

	t.Run("may be the name in the address of the server", func(t *testing.T) {
		s := start(t, admin.Addr("localhost:0"))
		require.Equal(t, "200 OK", ask(t, s, "/", "localhost"))
	})

	t.Run("are missing in HTTP/1.0, which no browser speaks, and refused", func(t *testing.T) {
		conn, err := net.Dial("tcp", strings.TrimPrefix(start(t).URL(), "http://"))
		require.NoError(t, err)
		defer conn.Close()
		_, err = conn.Write([]byte("GET / HTTP/1.0\r\n\r\n"))
		require.NoError(t, err)
		answer := make([]byte, 12)
		_, err = conn.Read(answer)
		require.NoError(t, err)
		require.Equal(t, "HTTP/1.0 403", string(answer))
	})

	t.Run("are those of whoever asks where others can reach the server", func(t *testing.T) {
		s := start(t, admin.Addr("0.0.0.0:0"))
		require.Equal(t, "200 OK", ask(t, s, "/", "pod.example"))
	})
}

func TestMethods(t *testing.T) {
	t.Run("that change something are refused, whatever is mounted", func(t *testing.T) {
		s := start(t, admin.Probes(), admin.Pprof())
		s.Handle("/any", says("any"))
		for _, path := range []string{"/", "/any", "/livez", "/debug/pprof/symbol", "/nowhere"} {
			for _, method := range []string{"POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"} {
				response, err := client.Do(newRequest(t, method, s.URL()+path))
				require.NoError(t, err)
				response.Body.Close()
				require.Equal(t, http.StatusMethodNotAllowed, response.StatusCode, "%s %s", method, path)
				require.Equal(t, "GET, HEAD", response.Header.Get("Allow"))
			}
		}
		status, body := do(t, newRequest(t, http.MethodHead, s.URL()+"/any"))
		require.Equal(t, "200 OK", status)
		require.Empty(t, body)
	})
}

func TestHeaders(t *testing.T) {
	t.Run("keep everything out of caches and of other pages", func(t *testing.T) {
		s := start(t, admin.Probes())
		for _, path := range []string{"/", "/livez", "/nowhere"} {
			response, err := client.Get(s.URL() + path)
			require.NoError(t, err)
			response.Body.Close()
			require.Equal(t, "no-store", response.Header.Get("Cache-Control"), path)
			require.Equal(t, "nosniff", response.Header.Get("X-Content-Type-Options"), path)
		}
		response, err := client.Get(s.URL())
		require.NoError(t, err)
		response.Body.Close()
		require.Contains(t, response.Header.Get("Content-Security-Policy"), "default-src 'none'")
	})
}
