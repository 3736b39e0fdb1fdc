package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"
)

// newStore returns a Store on a new SQLite database.
func newStore(t *testing.T) *Store {
	t.Helper()
	t.Setenv("DATABASE_URL", "sqlite:"+filepath.Join(t.TempDir(), "links.db"))
	store := NewStore()
	require.NoError(t, store.Load(t.Context()))
	require.NoError(t, store.Start(t.Context()))
	t.Cleanup(func() { _ = store.Stop(t.Context()) })
	return store
}

func newAPI(t *testing.T) *API { return NewAPI(newStore(t), zap.NewNop()) }

func call(api http.Handler, method, target string, body io.Reader) *httptest.ResponseRecorder {
	recorder := httptest.NewRecorder()
	api.ServeHTTP(recorder, httptest.NewRequest(method, target, body))
	return recorder
}

func post(api http.Handler, body string) *httptest.ResponseRecorder {
	return call(api, "POST", "/links", strings.NewReader(body))
}

func decode[T any](t *testing.T, body io.Reader) (value T) {
	t.Helper()
	require.NoError(t, json.NewDecoder(body).Decode(&value))
	return value
}

func TestAPI(t *testing.T) {
	t.Run("shortens a URL", func(t *testing.T) {
		api := newAPI(t)
		const long = "https://go.dev/?a=1&b=<2>"
		created := post(api, fmt.Sprintf(`{"url": %q}`, long))
		require.Equal(t, http.StatusCreated, created.Code)
		require.Equal(t, "application/json", created.Header().Get("Content-Type"))
		require.Contains(t, created.Body.String(), long)
		link := decode[Link](t, created.Body)
		require.Equal(t, long, link.URL)
		require.True(t, isID(link.ID))
		require.Equal(t, "/links/"+link.ID, created.Header().Get("Location"))

		found := call(api, "GET", "/links/"+link.ID, nil)
		require.Equal(t, http.StatusOK, found.Code)
		require.Equal(t, link, decode[Link](t, found.Body))

		redirect := call(api, "GET", "/"+link.ID, nil)
		require.Equal(t, http.StatusFound, redirect.Code)
		require.Equal(t, long, redirect.Header().Get("Location"))
	})

	t.Run("lists the newest links first", func(t *testing.T) {
		api := newAPI(t)
		require.JSONEq(t, `[]`, call(api, "GET", "/links", nil).Body.String())
		var newest []Link
		for i := range defaultLimit + 1 {
			link := decode[Link](t, post(api, fmt.Sprintf(`{"url": "https://go.dev/%d"}`, i)).Body)
			newest = append([]Link{link}, newest...)
		}
		list := func(target string) []Link { return decode[[]Link](t, call(api, "GET", target, nil).Body) }
		require.Equal(t, newest[:defaultLimit], list("/links"))
		require.Equal(t, newest[:2], list("/links?limit=2"))
		require.Equal(t, newest, list("/links?limit=100"))
	})

	t.Run("refuses what it does not understand", func(t *testing.T) {
		api := newAPI(t)
		for _, c := range []struct {
			method, target, body string
			status               int
			err                  string
		}{
			{"POST", "/links", `{"url": `, 400, "malformed JSON: unexpected end of JSON input"},
			{"POST", "/links", ``, 400, "malformed JSON: unexpected end of JSON input"},
			{"POST", "/links", `{} {}`, 400, "malformed JSON: invalid character '{' after top-level value"},
			{"POST", "/links", `{"url": 1}`, 400, "malformed JSON: json: cannot unmarshal number into Go struct field .url of type string"},
			{"POST", "/links", `{}`, 400, "url is missing"},
			{"POST", "/links", `null`, 400, "url is missing"},
			{"POST", "/links", `{"url": "go.dev"}`, 400, "url is not an absolute http or https URL"},
			{"POST", "/links", `{"url": "javascript:alert(1)"}`, 400, "url is not an absolute http or https URL"},
			{"POST", "/links", `{"url": "https://"}`, 400, "url is not an absolute http or https URL"},
			{"POST", "/links", `{"url": "https://go.dev/\u0000"}`, 400, "url is not an absolute http or https URL"},
			{"POST", "/links", `{"url": "https://go.dev/` + strings.Repeat("x", maxURL) + `"}`, 400, "url is longer than 8192 bytes"},
			{"POST", "/links", strings.Repeat(" ", maxBody+1), 413, "the body is larger than 1 MiB"},
			{"GET", "/links?limit=0", ``, 400, "limit is not a number from 1 to 100"},
			{"GET", "/links?limit=101", ``, 400, "limit is not a number from 1 to 100"},
			{"GET", "/links?limit=x", ``, 400, "limit is not a number from 1 to 100"},
			{"GET", "/links/00000000", ``, 404, `no link "00000000"`},
			{"GET", "/links/x'%00", ``, 404, `no link "x'\x00"`},
			{"GET", "/favicon.ico", ``, 404, `no link "favicon.ico"`},
			{"GET", "/", ``, 404, `no page "/"`},
			{"GET", "/links/a/b", ``, 404, `no page "/links/a/b"`},
			{"DELETE", "/links", ``, 405, "method DELETE is not allowed"},
			{"PUT", "/links/00000000", ``, 405, "method PUT is not allowed"},
			{"POST", "/00000000", ``, 405, "method POST is not allowed"},
		} {
			answer := call(api, c.method, c.target, strings.NewReader(c.body))
			require.Equal(t, c.status, answer.Code, c)
			require.Equal(t, "application/json", answer.Header().Get("Content-Type"), c)
			require.Equal(t, map[string]string{"error": c.err}, decode[map[string]string](t, answer.Body), c)
			if c.status == http.StatusMethodNotAllowed {
				require.Contains(t, answer.Header().Get("Allow"), "GET", c)
			}
		}
		require.JSONEq(t, `[]`, call(api, "GET", "/links", nil).Body.String())
	})

	t.Run("accepts a body of 1 MiB", func(t *testing.T) {
		body := bytes.Repeat([]byte(" "), maxBody)
		copy(body, `{"url": "https://go.dev"}`)
		require.Equal(t, http.StatusCreated, call(newAPI(t), "POST", "/links", bytes.NewReader(body)).Code)
	})

	t.Run("refuses a body that ends early", func(t *testing.T) {
		answer := call(newAPI(t), "POST", "/links", iotest.ErrReader(errors.New("gone")))
		require.Equal(t, http.StatusBadRequest, answer.Code)
		require.JSONEq(t, `{"error": "incomplete body"}`, answer.Body.String())
	})

	t.Run("answers HEAD", func(t *testing.T) {
		require.Equal(t, http.StatusOK, call(newAPI(t), "HEAD", "/links", nil).Code)
	})

	t.Run("logs what goes wrong inside and does not tell the client", func(t *testing.T) {
		core, logs := observer.New(zap.InfoLevel)
		store := newStore(t)
		require.NoError(t, store.Stop(t.Context()))
		api := NewAPI(store, zap.New(core))
		for _, answer := range []*httptest.ResponseRecorder{
			post(api, `{"url": "https://go.dev"}`),
			call(api, "GET", "/links", nil),
			call(api, "GET", "/links/00000000", nil),
			call(api, "GET", "/00000000", nil),
		} {
			require.Equal(t, http.StatusInternalServerError, answer.Code)
			require.JSONEq(t, `{"error": "internal error"}`, answer.Body.String())
		}
		var errs []any
		for _, entry := range logs.FilterMessage("request failed").All() {
			errs = append(errs, entry.ContextMap()["error"])
		}
		require.Equal(t, []any{
			"add link: sql: database is closed",
			"list links: sql: database is closed",
			"get link: sql: database is closed",
			"get link: sql: database is closed",
		}, errs)
	})
}
