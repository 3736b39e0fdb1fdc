package probes

import (
	"net/http"
	"strings"
)

// ServeHTTP answers a probe; the package documentation says how. Other paths are 404, and other methods than GET and HEAD
// 405. It waits for checks, but no longer than their [Timeout], and not for a client that has left.
func (p *Probes) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	header := w.Header()
	header.Set("Cache-Control", "no-store")
	header.Set("X-Content-Type-Options", "nosniff")
	of, ok := paths[r.URL.Path]
	switch {
	case !ok:
		http.NotFound(w, r)
		return
	case r.Method != http.MethodGet && r.Method != http.MethodHead:
		header.Set("Allow", "GET, HEAD")
		http.Error(w, http.StatusText(http.StatusMethodNotAllowed), http.StatusMethodNotAllowed)
		return
	}
	query := r.URL.Query()
	report := p.report(r.Context(), of, query["exclude"])
	contentType, body := "application/json", report.json
	if !acceptsJSON(r.Header["Accept"]) {
		contentType = "text/plain; charset=utf-8"
		body = func() []byte { return report.text(query.Has("verbose")) }
	}
	header.Set("Content-Type", contentType)
	if report.passed() {
		w.WriteHeader(http.StatusOK)
	} else {
		w.WriteHeader(http.StatusServiceUnavailable)
	}
	if r.Method != http.MethodHead {
		_, _ = w.Write(body()) // a client that has left needs no answer
	}
}

// acceptsJSON reports whether a client names JSON among the types that it accepts.
func acceptsJSON(accept []string) bool {
	for _, values := range accept {
		for value := range strings.SplitSeq(values, ",") {
			name, parameters, _ := strings.Cut(value, ";")
			if strings.EqualFold(strings.TrimSpace(name), "application/json") && !isRefused(parameters) {
				return true
			}
		}
	}
	return false
}

// isRefused reports whether the parameters of a type in an Accept header give it no weight.
func isRefused(parameters string) bool {
	for parameter := range strings.SplitSeq(parameters, ";") {
		if weight, ok := strings.CutPrefix(strings.ToLower(strings.TrimSpace(parameter)), "q="); ok {
			return strings.Trim(weight, "0.") == ""
		}
	}
	return false
}
