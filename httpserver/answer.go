package httpserver

import (
	"io"
	"net/http"
	"time"
)

// answer is the ResponseWriter of a handler. If the drain has begun when the handler writes the header, answer asks the client
// to leave: with "Connection: close", from which net/http makes a GOAWAY in HTTP/2.
//
// http.Server.SetKeepAlivesEnabled(false) would be less code, but it closes idle connections at once, and so loses each
// request that is on its way.
type answer struct {
	netWriter
	drains <-chan struct{}
	begun  bool // the header was written
}

// netWriter is what the ResponseWriters of net/http have in common.
type netWriter interface {
	http.ResponseWriter
	http.Flusher
	io.StringWriter
	FlushError() error
	SetReadDeadline(time.Time) error
	SetWriteDeadline(time.Time) error
	EnableFullDuplex() error
	CloseNotify() <-chan bool // of http.CloseNotifier, which is deprecated
}

// answer1 has the methods of HTTP/1.
type answer1 struct {
	answer
	http.Hijacker
	from io.ReaderFrom
}

// answer2 has the methods of HTTP/2.
type answer2 struct {
	answer
	http.Pusher
}

// answerDraining lets next answer a request. Handlers look for further methods of w, so the one that next gets has the same.
func answerDraining(next http.Handler, w http.ResponseWriter, r *http.Request, drains <-chan struct{}) {
	inner, known := w.(netWriter)
	a := answer{netWriter: inner, drains: drains}
	hijacker, hijacks := w.(http.Hijacker)
	from, reads := w.(io.ReaderFrom)
	pusher, pushes := w.(http.Pusher)
	switch {
	case known && hijacks && reads:
		one := &answer1{a, hijacker, from}
		next.ServeHTTP(one, r)
		one.begin(http.StatusOK) // net/http writes the header now, unless the handler did
	case known && pushes:
		two := &answer2{a, pusher}
		next.ServeHTTP(two, r)
		two.begin(http.StatusOK)
	default: // a later version of net/http: better than to hide its methods
		askToLeave(w, drains)
		next.ServeHTTP(w, r)
	}
}

// begin is called before a header with code may be written. The header of an answer comes once, after any number of
// informational ones; that of a 101 belongs to the handler, which goes on with another protocol.
func (a *answer) begin(code int) {
	if a.begun || code < http.StatusOK && code != http.StatusSwitchingProtocols {
		return
	}
	a.begun = true
	if code != http.StatusSwitchingProtocols {
		askToLeave(a.netWriter, a.drains)
	}
}

func askToLeave(w http.ResponseWriter, drains <-chan struct{}) {
	select {
	case <-drains:
		w.Header().Set("Connection", "close")
	default:
	}
}

// Unwrap serves http.ResponseController.
func (a *answer) Unwrap() http.ResponseWriter { return a.netWriter }

func (a *answer) WriteHeader(code int) {
	a.begin(code)
	a.netWriter.WriteHeader(code)
}

func (a *answer) Write(p []byte) (int, error) {
	a.begin(http.StatusOK)
	return a.netWriter.Write(p)
}

func (a *answer) WriteString(s string) (int, error) {
	a.begin(http.StatusOK)
	return a.netWriter.WriteString(s)
}

func (a *answer) Flush() {
	a.begin(http.StatusOK)
	a.netWriter.Flush()
}

func (a *answer) FlushError() error {
	a.begin(http.StatusOK)
	return a.netWriter.FlushError()
}

func (a *answer1) ReadFrom(r io.Reader) (int64, error) {
	a.begin(http.StatusOK)
	return a.from.ReadFrom(r)
}
