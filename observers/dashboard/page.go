package dashboard

import (
	"bytes"
	"errors"
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/go-fxservices/services/internal/errtext"
	"github.com/go-fxservices/services/internal/printable"
	"github.com/go-fxservices/services/internal/units"
	"github.com/go-fxservices/services/observers/timeline"
	"github.com/go-fxservices/services/observers/timeline/draw"
)

// page is what the template shows.
type page struct {
	State    string
	Since    string
	Reload   int // seconds, for a page without JavaScript
	Ready    int
	Notable  []row // those that are about to change, and those that failed
	More     int   // how many others are, too
	Services []row
	Dropped  int
	Timeline template.HTML
	Graph    graph
}

// row is a service in the table.
type row struct {
	ID       string
	Name     string
	Kind     string
	State    string
	Since    string
	Start    string
	Stop     string
	Attempts string
	Failure  string
	Stacks   string // the query for its stacks
}

func (d *dashboard) servePage(w http.ResponseWriter) {
	s := d.timeline.Snapshot()
	if !d.showErrors {
		s = withoutErrors(s)
	}
	var svg bytes.Buffer
	_ = draw.SVG(&svg, s) // a Buffer takes everything
	now := app(&s)
	p := page{
		State: now.State, Since: d.ago(&s, now.Since), Reload: reload(now), Dropped: s.Dropped,
		Timeline: template.HTML(svg.String()), //nolint:gosec // draw escapes the names
		Graph:    newGraph(&s),
	}
	for i := range s.Services {
		p.Services = append(p.Services, d.row(&s, i))
	}
	p.sum()
	render(w, "page", policy(svg.String()), p)
}

// mostNotable bounds a line that has to be read at a glance.
const mostNotable = 10

// sum finds what one should look at first.
func (p *page) sum() {
	for _, r := range p.Services {
		switch {
		case r.State == "ready" && r.Failure == "":
			p.Ready++
		case r.Failure == "" && (r.State == "waiting" || r.State == "stopped" || r.State == "done"):
		case len(p.Notable) == mostNotable:
			p.More++
		default:
			p.Notable = append(p.Notable, r)
		}
	}
}

func (d *dashboard) row(s *timeline.Snapshot, i int) row {
	service := &s.Services[i]
	at := stepOf(service)
	r := row{
		ID: "s" + strconv.Itoa(i), Name: printable.Line(service.Name), Kind: printable.Line(string(service.Kind)),
		State: at.State, Since: d.ago(s, at.Since), Failure: failure(service),
		Stacks: "?" + url.Values{"stacks": {service.Name}}.Encode(),
	}
	if begin, _ := s.StartTime(i); !begin.IsZero() {
		r.Start = units.Brief(s.Own(i))
	}
	if !service.StopBegan.IsZero() {
		end := service.Stopped
		if end.IsZero() {
			end = s.Taken
		}
		r.Stop = units.Brief(max(end.Sub(service.StopBegan), 0))
	}
	if service.Attempts > 0 {
		r.Attempts = strconv.Itoa(service.Attempts)
	}
	if d.showErrors && service.Err != nil {
		r.Failure += ": " + printable.Line(errtext.Of(service.Err))
	}
	return r
}

// ago says how long before the Snapshot something was.
func (d *dashboard) ago(s *timeline.Snapshot, t time.Time) string {
	if t.IsZero() {
		return ""
	}
	ago := s.Taken.Sub(t)
	if ago < time.Second {
		return "<1 s"
	}
	return units.Brief(ago.Round(time.Second))
}

// reload returns after how many seconds a page without JavaScript loads anew.
func reload(now step) int {
	if now.isChanging() {
		return 2
	}
	return 15
}

var errHidden = errors.New("the text of the error is not shown")

// withoutErrors returns a copy in which errors say nothing but that they are there.
func withoutErrors(s timeline.Snapshot) timeline.Snapshot {
	s.Services = slices.Clone(s.Services)
	for i := range s.Services {
		if s.Services[i].Err != nil {
			s.Services[i].Err = errHidden
		}
	}
	return s
}
