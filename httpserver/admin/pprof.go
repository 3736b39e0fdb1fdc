package admin

import (
	"cmp"
	"errors"
	"fmt"
	"html"
	"io"
	"net/http"
	"os"
	"runtime"
	"runtime/pprof"
	"runtime/trace"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/go-fxservices/services/httpserver"
)

const pprofPath = "/debug/pprof/"

// maxRecording bounds a profile or trace that somebody has left running.
const maxRecording = time.Hour

var errSeconds = errors.New("seconds must be a number from 0 to 3600")

func pprofHandler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc(pprofPath, servePprofIndex)
	mux.HandleFunc(pprofPath+"{name}", serveProfile)
	mux.HandleFunc(pprofPath+"cmdline", serveCommandLine)
	mux.HandleFunc(pprofPath+"symbol", serveSymbol)
	mux.Handle(pprofPath+"profile", recording{"profile", 30 * time.Second, pprof.StartCPUProfile, pprof.StopCPUProfile})
	mux.Handle(pprofPath+"trace", recording{"trace", time.Second, trace.Start, trace.Stop})
	return mux
}

// servePprofIndex lists the profiles.
func servePprofIndex(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path != pprofPath {
		http.NotFound(w, r)
		return
	}
	all := pprof.Profiles()
	slices.SortFunc(all, func(a, b *pprof.Profile) int { return cmp.Compare(a.Name(), b.Name()) })
	var b strings.Builder
	b.WriteString("<!doctype html>\n<html lang=\"en\">\n<title>/debug/pprof/</title>\n<ul>\n")
	for _, p := range all {
		name := html.EscapeString(p.Name())
		fmt.Fprintf(&b, "<li><a href=\"%s?debug=1\">%s</a> %d</li>\n", name, name, p.Count())
	}
	for _, name := range []string{"cmdline", "profile", "trace"} {
		fmt.Fprintf(&b, "<li><a href=%q>%s</a></li>\n", name, name)
	}
	b.WriteString("<li><a href=\"goroutine?debug=2\">stacks of all goroutines</a></li>\n</ul>\n</html>\n")
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = io.WriteString(w, b.String())
}

// serveProfile writes one of the profiles of runtime/pprof, as it is now.
func serveProfile(w http.ResponseWriter, r *http.Request) {
	name, query := r.PathValue("name"), r.URL.Query()
	p := pprof.Lookup(name)
	switch {
	case p == nil:
		serveError(w, http.StatusNotFound, "unknown profile")
		return
	case query.Has("seconds"):
		serveError(w, http.StatusBadRequest, "seconds is for profile and trace: take two profiles, and compare them with go tool pprof -base")
		return
	}
	debug, _ := strconv.Atoi(query.Get("debug"))
	if debug != 0 {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	} else {
		attach(w, name)
	}
	if r.Method == http.MethodHead {
		return
	}
	if gc, _ := strconv.Atoi(query.Get("gc")); name == "heap" && gc > 0 {
		runtime.GC()
	}
	_ = p.WriteTo(w, debug) // it fails only if the client has left
}

// recording is a profile of what happens for some time.
type recording struct {
	name   string
	length time.Duration // by default
	start  func(io.Writer) error
	stop   func()
}

func (rec recording) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	length, err := rec.lengthOf(r)
	if err != nil {
		serveError(w, http.StatusBadRequest, err.Error())
		return
	}
	attach(w, rec.name)
	if r.Method == http.MethodHead {
		return
	}
	deadline := time.Now().Add(length + httpserver.DefaultWriteTimeout)
	_ = http.NewResponseController(w).SetWriteDeadline(deadline) // one that cannot has none
	if err := rec.start(w); err != nil {
		serveError(w, http.StatusInternalServerError, err.Error())
		return
	}
	defer rec.stop()
	timer := time.NewTimer(length)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-r.Context().Done():
	case <-httpserver.Closing(r.Context()):
	}
}

func (rec recording) lengthOf(r *http.Request) (time.Duration, error) {
	text := r.URL.Query().Get("seconds")
	if text == "" {
		return rec.length, nil
	}
	seconds, err := strconv.ParseFloat(text, 64)
	if err != nil || !(seconds >= 0 && seconds <= maxRecording.Seconds()) { // NaN is neither
		return 0, errSeconds
	}
	return cmp.Or(time.Duration(seconds*float64(time.Second)), rec.length), nil
}

func serveCommandLine(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = io.WriteString(w, strings.Join(os.Args, "\x00"))
}

// serveSymbol names the functions at the program counters of the query, as in ?0x4a1b2c+0x4a1b2d.
func serveSymbol(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = io.WriteString(w, "num_symbols: 1\n") // for pprof: there are some
	for word := range strings.SplitSeq(r.URL.RawQuery, "+") {
		pc, err := strconv.ParseUint(word, 0, 64)
		if f := runtime.FuncForPC(uintptr(pc)); err == nil && f != nil {
			_, _ = fmt.Fprintf(w, "%#x %s\n", pc, f.Name())
		}
	}
}

// attach makes the answer a file.
func attach(w http.ResponseWriter, name string) {
	w.Header().Set("Content-Type", "application/octet-stream")
	w.Header().Set("Content-Disposition", `attachment; filename="`+name+`"`)
}

// serveError answers with an error that go tool pprof shows to its user.
func serveError(w http.ResponseWriter, code int, text string) {
	w.Header().Del("Content-Disposition")
	w.Header().Set("X-Go-Pprof", "1")
	http.Error(w, text, code)
}
