package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"go.uber.org/zap"
)

// httpError is an error that the client may read.
type httpError struct {
	status int
	text   string
}

func (e *httpError) Error() string { return e.text }

func badRequest(format string, args ...any) error {
	return &httpError{http.StatusBadRequest, fmt.Sprintf(format, args...)}
}

func notFound(_ http.ResponseWriter, r *http.Request) error {
	return &httpError{http.StatusNotFound, fmt.Sprintf("no page %q", r.URL.Path)}
}

func notAllowed(methods string) func(http.ResponseWriter, *http.Request) error {
	return func(w http.ResponseWriter, r *http.Request) error {
		w.Header().Set("Allow", methods)
		return &httpError{http.StatusMethodNotAllowed, fmt.Sprintf("method %s is not allowed", r.Method)}
	}
}

// handler answers with the error that handle returns. One that is not an
// httpError is logged, and the client doesn't get to know it.
func (a *API) handler(handle func(http.ResponseWriter, *http.Request) error) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		err := handle(w, r)
		if err == nil {
			return
		}
		known, ok := errors.AsType[*httpError](err)
		if !ok {
			a.log.Error("request failed", zap.String("method", r.Method), zap.String("path", r.URL.Path), zap.Error(err))
			known = &httpError{http.StatusInternalServerError, "internal error"}
		}
		writeJSON(w, known.status, map[string]string{"error": known.text})
	})
}

// writeJSON ignores that the client may be gone.
func writeJSON(w http.ResponseWriter, status int, value any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false) // URLs stay as they are
	_ = encoder.Encode(value)
}
