package dashboard

import (
	"fmt"
	"hash/fnv"
	"net/http"
	"time"

	"github.com/go-fxservices/services/httpserver"
	"github.com/go-fxservices/services/observers/timeline"
)

const (
	mostStreams = 64
	often       = 250 * time.Millisecond // to look for changes
	silence     = 15 * time.Second       // after which a proxy might close a stream
	lifetime    = time.Minute            // of a stream: not every server says that it closes
	writeTime   = 10 * time.Second       // for a slow reader
)

// serveEvents tells the page that something has changed, and not what: the page asks again. So a slow reader misses nothing, and
// nothing is kept for it.
func (d *dashboard) serveEvents(w http.ResponseWriter, r *http.Request) {
	select {
	case d.streams <- struct{}{}:
		defer func() { <-d.streams }()
	default:
		http.Error(w, "503 too many streams of events", http.StatusServiceUnavailable)
		return
	}
	w.Header().Set("Content-Type", "text/event-stream")
	if r.Method == http.MethodHead {
		return
	}
	stream := http.NewResponseController(w)
	send := func(text string) bool {
		_ = stream.SetWriteDeadline(time.Now().Add(writeTime)) // where it cannot, the server has a deadline
		_, err := w.Write([]byte(text))
		return err == nil && stream.Flush() == nil
	}
	if !send("retry: 1000\n\n") {
		return
	}
	ticks, end := time.NewTicker(often), time.NewTimer(lifetime)
	defer ticks.Stop()
	defer end.Stop()
	known, spoke := r.Header.Get("Last-Event-ID"), time.Now()
	for {
		text := ""
		if now := version(d.timeline.Snapshot()); now != known {
			known, text = now, "id: "+now+"\ndata: changed\n\n"
		} else if time.Since(spoke) >= silence {
			text = ":\n\n"
		}
		if text != "" {
			if spoke = time.Now(); !send(text) {
				return
			}
		}
		select {
		case <-ticks.C:
		case <-end.C:
			return
		case <-r.Context().Done():
			return
		case <-httpserver.Closing(r.Context()):
			return
		}
	}
}

// version returns a text that is another one when the page is. While the application is starting or stopping, times on the page
// grow, so it is another one each second.
func version(s timeline.Snapshot) string {
	h := fnv.New64a()
	note := func(values ...any) { _, _ = fmt.Fprintln(h, values...) }
	times := func(all ...time.Time) {
		for _, t := range all {
			note(t.UnixNano())
		}
	}
	times(s.Began, s.Constructed, s.Started, s.Ready, s.ShutdownBegan, s.Stopped)
	if app(&s).isChanging() {
		note(s.Taken.Unix())
	}
	note(s.Dropped)
	for i := range s.Services {
		one := &s.Services[i]
		times(one.Queued, one.LoadBegan, one.Loaded, one.StartBegan, one.Started, one.Ready, one.StopBegan, one.Stopped, one.Failed)
		note(one.Attempts, one.Err != nil, one.After)
	}
	return fmt.Sprintf("%x", h.Sum64())
}
