package dashboard

import (
	"net/http"
	"net/url"

	"github.com/go-fxservices/services/observers/timeline"
)

// New returns a handler that shows what tl has recorded. Mount it at one path. Without a Timeline, which is nil, it answers 503.
// It is safe for concurrent use, and serves at most 64 streams of events at the same time: others are answered 503, and their
// pages load anew every few seconds.
//
// A stream ends when [httpserver.Closing] says so, and after a minute in any case; the page then opens another one.
//
// [httpserver.Closing]: https://pkg.go.dev/github.com/go-fxservices/services/httpserver#Closing
func New(tl *timeline.Timeline, opts ...Option) http.Handler {
	d := &dashboard{timeline: tl, streams: make(chan struct{}, mostStreams)}
	for _, opt := range opts {
		if opt != nil {
			opt(d)
		}
	}
	return d
}

// ServeHTTP answers with what the query asks for.
func (d *dashboard) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	header := w.Header()
	header.Set("Cache-Control", "no-store")
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Referrer-Policy", "no-referrer")
	header.Set("Content-Security-Policy", policy(""))
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		header.Set("Allow", "GET, HEAD")
		http.Error(w, "405 only GET and HEAD are answered", http.StatusMethodNotAllowed)
		return
	}
	if d.timeline == nil {
		http.Error(w, "503 there is no timeline to show", http.StatusServiceUnavailable)
		return
	}
	query, err := url.ParseQuery(r.URL.RawQuery)
	switch {
	case err != nil || len(query) > 1:
		http.NotFound(w, r)
	case len(query) == 0:
		d.servePage(w)
	case query.Has("stacks"):
		d.serveStacks(w, r, query.Get("stacks"))
	case query.Has("events"):
		d.serveEvents(w, r)
	case query.Has("style"):
		header.Set("Content-Type", "text/css; charset=utf-8")
		_, _ = w.Write([]byte(style))
	case query.Has("script"):
		header.Set("Content-Type", "text/javascript; charset=utf-8")
		_, _ = w.Write([]byte(script))
	default:
		http.NotFound(w, r)
	}
}
