package admin_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"net/http"
	"os/exec"
	"reflect"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/httpserver/admin"
)

func TestPprof(t *testing.T) {
	s := start(t, admin.Pprof())
	url := s.URL() + "/debug/pprof/"

	t.Run("lists the profiles", func(t *testing.T) {
		_, body := get(t, url)
		for _, name := range []string{"allocs", "block", "goroutine", "heap", "mutex", "threadcreate"} {
			require.Contains(t, body, `<a href="`+name+`?debug=1">`)
		}
		require.Contains(t, body, `<a href="profile">`)
	})

	t.Run("writes profiles for go tool pprof, and for people", func(t *testing.T) {
		for _, name := range []string{"heap?gc=1", "goroutine", "allocs", "profile?seconds=0.01"} {
			_, body := get(t, url+name)
			unzipped, err := gzip.NewReader(strings.NewReader(body))
			require.NoError(t, err, name)
			_, err = io.Copy(io.Discard, unzipped)
			require.NoError(t, err, name)
		}
		_, body := get(t, url+"goroutine?debug=2")
		require.Contains(t, body, "goroutine ")
		require.Contains(t, body, "admin.serveProfile")
	})

	t.Run("records a trace", func(t *testing.T) {
		_, body := get(t, url+"trace?seconds=0.01")
		require.True(t, bytes.HasPrefix([]byte(body), []byte("go 1.")), "%q", body[:min(len(body), 16)])
	})

	t.Run("names functions, and the command line", func(t *testing.T) {
		pc := reflect.ValueOf(admin.New).Pointer()
		_, body := get(t, fmt.Sprintf("%ssymbol?%#x+0x1+nonsense", url, pc))
		require.Equal(t, fmt.Sprintf("num_symbols: 1\n%#x github.com/go-fxservices/services/httpserver/admin.New\n", pc), body)
		_, body = get(t, url+"cmdline")
		require.Contains(t, body, "admin.test")
	})

	t.Run("answers HEAD at once", func(t *testing.T) {
		began := time.Now()
		for _, name := range []string{"profile?seconds=3600", "trace?seconds=3600", "heap", ""} {
			status, _ := do(t, newRequest(t, http.MethodHead, url+name))
			require.Equal(t, "200 OK", status)
		}
		require.Less(t, time.Since(began), time.Minute)
	})

	t.Run("says what is wrong with a request", func(t *testing.T) {
		for name, want := range map[string]string{
			"nothing":             "404 Not Found: unknown profile",
			"heap?seconds=1":      "400 Bad Request: seconds is for profile and trace: take two profiles, and compare them with go tool pprof -base",
			"profile?seconds=-1":  "400 Bad Request: seconds must be a number from 0 to 3600",
			"profile?seconds=1e9": "400 Bad Request: seconds must be a number from 0 to 3600",
			"trace?seconds=NaN":   "400 Bad Request: seconds must be a number from 0 to 3600",
			"trace?seconds=a":     "400 Bad Request: seconds must be a number from 0 to 3600",
			"heap/x":              "404 Not Found: 404 page not found",
		} {
			status, body := get(t, url+name)
			require.Equal(t, want, status+": "+strings.TrimSpace(body))
		}
	})

	t.Run("records one profile at a time, until the client leaves or the server stops", func(t *testing.T) {
		s := admin.New(admin.Addr("127.0.0.1:0"), admin.Pprof())
		require.NoError(t, s.Start(t.Context()))
		url := s.URL() + "/debug/pprof/profile?seconds="
		record := func(ctx context.Context) (status <-chan string) {
			request := newRequest(t, http.MethodGet, url+"3600").WithContext(ctx)
			result := make(chan string, 1)
			go func() {
				for {
					response, err := client.Do(request)
					if err != nil {
						result <- "cancelled"
						return
					}
					response.Body.Close()
					if response.StatusCode != http.StatusInternalServerError { // else a short one is being recorded
						result <- response.Status
						return
					}
				}
			}()
			return result
		}
		awaitBusy := func(busy bool) {
			for {
				status, body := get(t, url+"0.001")
				if strings.HasPrefix(status, "500") == busy {
					require.Equal(t, busy, strings.Contains(body, "cpu profiling already in use"))
					return
				}
				runtime.Gosched()
			}
		}
		ctx, cancel := context.WithCancel(t.Context())
		result := record(ctx)
		awaitBusy(true)
		cancel()
		require.Equal(t, "cancelled", <-result)
		awaitBusy(false)
		result = record(t.Context())
		awaitBusy(true)
		require.NoError(t, s.Stop(t.Context()))
		require.Equal(t, "200 OK", <-result)
	})
}

// TestImports guards against the import that opens the endpoints to everybody.
func TestImports(t *testing.T) {
	t.Run("do not contain net/http/pprof", func(t *testing.T) {
		out, err := exec.CommandContext(t.Context(), "go", "list", "-deps", ".").Output()
		require.NoError(t, err)
		require.NotContains(t, strings.Fields(string(out)), "net/http/pprof")
	})
}
