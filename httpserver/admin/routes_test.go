package admin_test

import (
	"crypto/tls"
	"crypto/x509"
	"net/http"
	"net/http/httptest"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/httpserver/admin"
	"github.com/go-fxservices/services/observers/probes"
)

func TestIndex(t *testing.T) {
	lines := func(t *testing.T, s *admin.Server) (lines []string) {
		_, body := get(t, s.URL())
		for _, found := range regexp.MustCompile(`<li>(.*)</li>`).FindAllStringSubmatch(body, -1) {
			lines = append(lines, found[1])
		}
		return lines
	}

	t.Run("lists what is mounted, with a link where there is a path", func(t *testing.T) {
		s := start(t, admin.Probes(), admin.Pprof())
		s.Handle("/metrics", says("metrics"))
		s.Handle("GET /x/{$}", says("x"))
		s.Handle("/users/{id}", says("user"))
		s.Handle("example.com/a", says("a"))
		s.Handle("/<b>&\"", says("b"))
		require.Equal(t, []string{
			`<a href="/livez">/livez</a>`, `<a href="/startupz">/startupz</a>`, `<a href="/readyz">/readyz</a>`,
			`<a href="/healthz">/healthz</a>`, `<a href="/debug/pprof/">/debug/pprof/</a>`, `<a href="/metrics">/metrics</a>`,
			`<a href="/x/">GET /x/{$}</a>`, `/users/{id}`, `example.com/a`,
			`<a href="/&lt;b&gt;&amp;&#34;">/&lt;b&gt;&amp;&#34;</a>`,
		}, lines(t, s))
	})

	t.Run("is empty where nothing is mounted, and only at /", func(t *testing.T) {
		s := start(t)
		require.Empty(t, lines(t, s))
		for _, path := range []string{"/index.html", "/livez", "/debug/pprof/", "/debug/pprof/cmdline"} {
			status, _ := get(t, s.URL()+path)
			require.Equal(t, "404 Not Found", status)
		}
	})

	t.Run("makes room for something else at /", func(t *testing.T) {
		s := start(t)
		s.Handle("/", says("all"))
		for _, path := range []string{"/", "/x"} {
			_, body := get(t, s.URL()+path)
			require.Equal(t, "all", body)
		}
	})
}

func TestHandle(t *testing.T) {
	t.Run("mounts before the start and after it, and stays mounted", func(t *testing.T) {
		s := admin.New(admin.Addr("127.0.0.1:0"))
		s.Handle("/before", says("before"))
		for range 2 {
			require.NoError(t, s.Start(t.Context()))
			_, body := get(t, s.URL()+"/before")
			require.Equal(t, "before", body)
			require.NoError(t, s.Stop(t.Context()))
		}
		require.NoError(t, s.Start(t.Context()))
		s.Handle("GET /after/{x}", says("after"))
		_, body := get(t, s.URL()+"/after/1")
		require.Equal(t, "after", body)
		require.NoError(t, s.Stop(t.Context()))
	})

	t.Run("lets Start fail with all mistakes, and where they were made", func(t *testing.T) {
		s := admin.New(admin.Addr("127.0.0.1:0"), admin.Probes())
		s.Handle("/x", nil)
		s.Handle("/x", http.HandlerFunc(nil))
		s.Handle("x", says("x"))
		s.Handle("POST /x", says("x"))
		s.Handle("/livez", says("live"))
		s.Handle("/a/{b}", says("x"))
		s.Handle("/{a}/b", says("x"))
		err := s.Start(t.Context())
		require.Error(t, err)
		require.Empty(t, s.URL())
		place := regexp.MustCompile(`routes_test\.go:\d+`)
		require.Equal(t, `handle "/x" (HERE): nil handler
handle "/x" (HERE): nil handler
handle "x" (HERE): parsing "x": at offset 0: host/path missing /
handle "POST /x" (HERE): only GET and HEAD are answered
handle "/livez" (HERE): pattern "/livez" conflicts with pattern "/livez"
handle "/{a}/b" (HERE): pattern "/{a}/b" conflicts with pattern "/a/{b}"`,
			place.ReplaceAllString(err.Error(), "HERE"))
	})

	t.Run("mounts probes of one's own where there are no others", func(t *testing.T) {
		p := probes.New()
		s := start(t, admin.Wrap(refuse))
		require.Nil(t, s.Probes())
		s.Handle("/livez", p)
		_, body := get(t, s.URL()+"/livez")
		require.Equal(t, "ok", body)
	})
}

// refuse is middleware that lets nobody pass.
func refuse(http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusUnauthorized) })
}

func TestWrap(t *testing.T) {
	t.Run("is around everything but the probes", func(t *testing.T) {
		s := start(t, admin.Probes(), admin.Pprof(), admin.Wrap(refuse))
		s.Handle("/x", says("x"))
		for path, status := range map[string]string{
			"/": "401 Unauthorized", "/x": "401 Unauthorized", "/debug/pprof/": "401 Unauthorized", "/nowhere": "401 Unauthorized",
			"/livez/": "401 Unauthorized", "/livez": "200 OK", "/startupz": "503 Service Unavailable",
			"/readyz": "503 Service Unavailable", "/healthz?verbose": "503 Service Unavailable",
		} {
			got, _ := get(t, s.URL()+path)
			require.Equal(t, status, got, path)
		}
	})

	t.Run("is called once, and the first is the outermost", func(t *testing.T) {
		var order []string
		marks := func(name string) func(http.Handler) http.Handler {
			order = append(order, "made "+name)
			return func(next http.Handler) http.Handler {
				return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					w.Header().Add("Via", name)
					next.ServeHTTP(w, r)
				})
			}
		}
		s := start(t, admin.Wrap(marks("outer")), admin.Wrap(nil), admin.Wrap(marks("inner")))
		for range 2 {
			response, err := client.Get(s.URL())
			require.NoError(t, err)
			response.Body.Close()
			require.Equal(t, []string{"outer", "inner"}, response.Header["Via"])
		}
		require.Equal(t, []string{"made outer", "made inner"}, order)
	})

	t.Run("that returns nil lets Start fail", func(t *testing.T) {
		s := admin.New(admin.Addr("127.0.0.1:0"), admin.Wrap(func(http.Handler) http.Handler { return nil }))
		require.EqualError(t, s.Start(t.Context()), "the middleware of Wrap returned nil")
	})
}

func TestTLS(t *testing.T) {
	t.Run("makes the server speak HTTPS", func(t *testing.T) {
		source := httptest.NewUnstartedServer(nil)
		source.StartTLS()
		defer source.Close()
		s := start(t, admin.TLS(&tls.Config{Certificates: source.TLS.Certificates}))
		require.Regexp(t, `^https://127\.0\.0\.1:\d+$`, s.URL())
		pool := x509.NewCertPool()
		pool.AddCert(source.Certificate())
		transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}, DisableKeepAlives: true}
		response, err := (&http.Client{Transport: transport}).Get(s.URL())
		require.NoError(t, err)
		response.Body.Close()
		require.Equal(t, http.StatusOK, response.StatusCode)
	})

	t.Run("without certificates lets Start fail", func(t *testing.T) {
		err := admin.New(admin.TLS(&tls.Config{})).Start(t.Context())
		require.ErrorContains(t, err, "TLS has no certificates")
	})

	t.Run("nil is plain HTTP", func(t *testing.T) {
		require.Regexp(t, "^http://", start(t, admin.TLS(nil)).URL())
	})
}
