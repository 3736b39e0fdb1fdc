package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"

	"go.uber.org/zap"
)

const (
	maxBody      = 1 << 20
	maxURL       = 8 << 10
	defaultLimit = 20
	maxLimit     = 100
)

// API is the HTTP handler. All its answers are JSON but for the redirect.
//
//	POST /links       {"url": "https://go.dev"} → 201 {"id": "…", "url": "…"}
//	GET  /links       ?limit=20 → [{"id": "…", "url": "…"}, …], newest first
//	GET  /links/{id}  {"id": "…", "url": "…"}
//	GET  /{id}        redirects to the URL
//
// Errors are {"error": "…"}.
type API struct {
	mux   *http.ServeMux
	store *Store
	log   *zap.Logger
}

// NewAPI returns an API on store.
func NewAPI(store *Store, log *zap.Logger) *API {
	a := &API{mux: http.NewServeMux(), store: store, log: log}
	a.mux.Handle("POST /links", a.handler(a.create))
	a.mux.Handle("GET /links", a.handler(a.list))
	a.mux.Handle("/links", a.handler(notAllowed("GET, HEAD, POST")))
	a.mux.Handle("GET /links/{id}", a.handler(a.get))
	a.mux.Handle("/links/{id}", a.handler(notAllowed("GET, HEAD")))
	a.mux.Handle("/{id}", a.handler(a.redirect))
	a.mux.Handle("/", a.handler(notFound))
	return a
}

// ServeHTTP answers a request.
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) { a.mux.ServeHTTP(w, r) }

func (a *API) create(w http.ResponseWriter, r *http.Request) error {
	body, err := readBody(w, r)
	if err != nil {
		return err
	}
	var request struct {
		URL string `json:"url"`
	}
	if err := json.Unmarshal(body, &request); err != nil {
		return badRequest("malformed JSON: %v", err)
	}
	if err := checkURL(request.URL); err != nil {
		return err
	}
	link, err := a.store.Add(r.Context(), request.URL)
	if err != nil {
		return err
	}
	w.Header().Set("Location", "/links/"+link.ID)
	writeJSON(w, http.StatusCreated, link)
	return nil
}

func readBody(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if _, tooLarge := errors.AsType[*http.MaxBytesError](err); tooLarge {
		return nil, &httpError{http.StatusRequestEntityTooLarge, "the body is larger than 1 MiB"}
	}
	if err != nil {
		return nil, badRequest("incomplete body")
	}
	return body, nil
}

func checkURL(text string) error {
	parsed, err := url.Parse(text)
	switch {
	case text == "":
		return badRequest("url is missing")
	case len(text) > maxURL:
		return badRequest("url is longer than %d bytes", maxURL)
	case err != nil || parsed.Host == "" || parsed.Scheme != "http" && parsed.Scheme != "https":
		return badRequest("url is not an absolute http or https URL")
	}
	return nil
}

func (a *API) list(w http.ResponseWriter, r *http.Request) error {
	limit := defaultLimit
	if text := r.URL.Query().Get("limit"); text != "" {
		var err error
		if limit, err = strconv.Atoi(text); err != nil || limit < 1 || limit > maxLimit {
			return badRequest("limit is not a number from 1 to %d", maxLimit)
		}
	}
	links, err := a.store.List(r.Context(), limit)
	if err != nil {
		return err
	}
	writeJSON(w, http.StatusOK, links)
	return nil
}

func (a *API) get(w http.ResponseWriter, r *http.Request) error {
	link, err := a.find(r)
	if err != nil {
		return err
	}
	writeJSON(w, http.StatusOK, link)
	return nil
}

// redirect has no method in its pattern: ServeMux would not accept
// "GET /{id}" next to "/links".
func (a *API) redirect(w http.ResponseWriter, r *http.Request) error {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		return notAllowed("GET, HEAD")(w, r)
	}
	link, err := a.find(r)
	if err != nil {
		return err
	}
	http.Redirect(w, r, link.URL, http.StatusFound)
	return nil
}

func (a *API) find(r *http.Request) (Link, error) {
	id := r.PathValue("id")
	if !isID(id) {
		return Link{}, noLink(id)
	}
	link, err := a.store.Get(r.Context(), id)
	if errors.Is(err, ErrNotFound) {
		return Link{}, noLink(id)
	}
	return link, err
}

func noLink(id string) error {
	return &httpError{http.StatusNotFound, fmt.Sprintf("no link %q", id)}
}
