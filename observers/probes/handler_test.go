package probes_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/observers/probes"
	"github.com/go-fxservices/services/runner"
)

func TestAnswers(t *testing.T) {
	t.Run("follow the state of the Runner", func(t *testing.T) {
		p := probes.New()
		for _, step := range []struct {
			state            runner.State
			ready, startedUp bool
		}{
			{runner.StateIdle, false, false},
			{runner.StateStarting, false, false},
			{runner.StateReady, true, true},
			{runner.StateDraining, false, true},
			{runner.StateStopping, false, true},
			{runner.StateStopped, false, true},
			{runner.StateStarting, false, true},
			{runner.StateReady, true, true},
		} {
			p.StateChanged(t.Context(), step.state)
			for path, passes := range map[string]bool{
				"livez": true, "startupz": step.startedUp, "readyz": step.ready, "healthz": step.ready,
			} {
				plain, verbose := ok(), answers(200, path+" check passed")
				if !passes {
					plain = failed("[-]state failed: "+step.state.String(), path+" check failed")
					verbose = plain
				}
				require.Equal(t, plain, get(p, "/"+path))
				require.Equal(t, verbose, get(p, "/"+path+"?verbose"))
				require.Equal(t, verbose, get(p, "/"+path+"?verbose=1&exclude=state"), "the state cannot be excluded")
			}
		}
	})

	t.Run("are for GET and HEAD", func(t *testing.T) {
		p := probes.New()
		for _, method := range []string{"POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "get"} {
			w := ask(p, httptest.NewRequest(method, "/livez", nil))
			require.Equal(t, http.StatusMethodNotAllowed, w.Code, method)
			require.Equal(t, "GET, HEAD", w.Header().Get("Allow"))
		}
		for path, code := range map[string]int{"/livez": 200, "/readyz?verbose": 503} {
			w := ask(p, httptest.NewRequest(http.MethodHead, path, nil))
			require.Equal(t, code, w.Code)
			require.Empty(t, w.Body.String())
		}
	})

	t.Run("are at four paths", func(t *testing.T) {
		for _, path := range []string{"/", "/livez/", "/livez/db", "/Livez", "/healthz2"} {
			require.Equal(t, http.StatusNotFound, ask(probes.New(), httptest.NewRequest(http.MethodGet, path, nil)).Code, path)
		}
	})

	t.Run("are never stored", func(t *testing.T) {
		for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodPost} {
			for _, path := range []string{"/livez", "/readyz", "/nowhere"} {
				w := ask(probes.New(), httptest.NewRequest(method, path, nil))
				require.Equal(t, "no-store", w.Header().Get("Cache-Control"))
			}
		}
	})

	t.Run("leave out what is excluded, and do not ask it", func(t *testing.T) {
		p := probes.New()
		p.Add("db", probes.Live, func(context.Context) error { panic("asked") })
		p.Add("a b", probes.Live, func(context.Context) error { panic("asked") })
		p.Add("net", probes.Live, passes)
		require.Equal(t, ok(), get(p, "/livez?exclude=db&exclude=a+b&exclude=nothing"))
		require.Equal(t, answers(200, "[+]net ok", "livez check passed"), get(p, "/livez?verbose&exclude=db&exclude=a%20b"))
	})

	t.Run("have the texts of errors only when asked for", func(t *testing.T) {
		secret := &secretError{t: t}
		for _, target := range []string{"/livez", "/livez?verbose"} {
			p := probes.New()
			p.Add("db", probes.Live, func(context.Context) error { return secret })
			require.Equal(t, failed("[-]db failed", "livez check failed"), get(p, target))
		}
		p := probes.New(probes.ShowErrors())
		p.Add("db", probes.Live, func(context.Context) error { return errBoom })
		require.Equal(t, failed("[-]db failed: boom", "livez check failed"), get(p, "/livez"))
	})

	t.Run("have a line for each check, whatever names and errors contain", func(t *testing.T) {
		p := probes.New(probes.ShowErrors())
		p.Add("db ok\n[+]cache", probes.Live, func(context.Context) error {
			return errors.New("down\r\n[+]db ok\u2028\u202e\x1b[2Jz\u00fcrich \xff")
		})
		require.Equal(t, failed(`[-]db ok\n[+]cache failed: down\r\n[+]db ok\u2028\u202e\x1b[2Jzürich \xff`, "livez check failed"),
			get(p, "/livez"))
		require.Equal(t, ok(), get(p, "/livez?exclude=db+ok%0A%5B%2B%5Dcache"))
	})
}

// secretError is an error whose text is a secret.
type secretError struct{ t *testing.T }

func (e *secretError) Error() string {
	e.t.Error("somebody reads the secret")
	return "secret"
}

func TestJSON(t *testing.T) {
	askJSON := func(p *probes.Probes, target string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(http.MethodGet, target, nil)
		r.Header.Set("Accept", "application/json")
		return ask(p, r)
	}

	inBubble(t, "has the state, and all checks with their kinds", func(t *testing.T) {
		p := probes.New(probes.ShowErrors())
		slowly := func(context.Context) error {
			time.Sleep(1200 * time.Microsecond)
			return nil
		}
		p.Add("net", probes.Ready, func(context.Context) error { return errors.New("down\n\"<b>") })
		p.Add("disk", probes.Health, passes)
		p.Add("heap", probes.Live, passes)
		r := newRunner(p)
		require.NoError(t, r.Start(t.Context(), &service{name: "db"}, &api{}))
		for _, s := range []string{"first", "from the cache"} {
			w := askJSON(p, "/healthz")
			require.Equal(t, 503, w.Code, s)
			require.Equal(t, "application/json", w.Header().Get("Content-Type"))
			requireBody(t, `{"status":"failed","state":"ready","checks":[`+
				`{"name":"db","kind":"resource","status":"ok","duration":"0s"},`+
				`{"name":"api","kind":"server","status":"ok","duration":"0s"},`+
				`{"name":"net","kind":"ready","status":"failed","duration":"0s","error":"down\n\"\u003cb\u003e"},`+
				`{"name":"disk","kind":"health","status":"ok","duration":"0s"}]}`+"\n", w.Body.String(), s)
		}
		p.Add("slow", probes.Live, slowly)
		requireBody(t, `{"status":"ok","state":"ready","checks":[`+
			`{"name":"heap","kind":"live","status":"ok","duration":"0s"},`+
			`{"name":"slow","kind":"live","status":"ok","duration":"1.2ms"}]}`+"\n", askJSON(p, "/livez").Body.String())
		require.NoError(t, r.Finish(t.Context()))
	})

	t.Run("has an empty list where there are no checks", func(t *testing.T) {
		requireBody(t, `{"status":"failed","state":"idle","checks":[]}`+"\n", askJSON(probes.New(), "/readyz").Body.String())
		requireBody(t, `{"status":"ok","state":"idle","checks":[]}`+"\n", askJSON(probes.New(), "/livez").Body.String())
	})

	t.Run("has no text of errors by default", func(t *testing.T) {
		p := probes.New()
		p.Add("db", probes.Live, func(context.Context) error { return errBoom })
		require.NotContains(t, askJSON(p, "/livez").Body.String(), "error")
	})

	t.Run("is for those who accept it", func(t *testing.T) {
		for accept, isJSON := range map[string]bool{
			"":                                      false,
			"*/*":                                   false,
			"text/html, application/xhtml+xml, */*": false,
			"application/json":                      true,
			"text/plain;q=0.5, Application/JSON;q=0.9": true,
			"application/json;q=0":                     false,
			"application/json; charset=utf-8; q=0.00":  false,
			"application/jsonl":                        false,
		} {
			r := httptest.NewRequest(http.MethodGet, "/livez", nil)
			r.Header.Set("Accept", accept)
			w := ask(probes.New(), r)
			require.Equal(t, isJSON, json.Valid(w.Body.Bytes()), accept)
			require.Equal(t, isJSON, strings.HasPrefix(w.Header().Get("Content-Type"), "application/json"), accept)
		}
	})
}

// requireBody compares the text: the order of the fields is part of the contract.
func requireBody(t *testing.T, want, got string, about ...any) {
	t.Helper()
	require.Equal(t, want, got, about...)
}

// api is a Server that can tell whether it is ready.
type api struct{}

func (*api) Name() string                     { return "api" }
func (*api) Listen(ctx context.Context) error { return waitForEnd(ctx) }
func (*api) Close(context.Context) error      { return nil }
func (*api) IsReady(context.Context) error    { return nil }
