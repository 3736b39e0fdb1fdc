package draw

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/go-fxservices/services/internal/units"
	"github.com/go-fxservices/services/observers/timeline"
	"github.com/go-fxservices/services/runner"
)

// ganttRows bounds a chart: with more rows, Mermaid would leave too little room for
// the names.
const ganttRows = 200

// MermaidGantt draws the start as a Mermaid Gantt chart, which many viewers of Markdown
// show. It has a section for each kind of service, a task for the start of each
// service, in the order in which they began, and a milestone for when the application
// was ready or began to shut down. Tasks are crit on the critical path, done when they
// have ended, and active before.
//
// The chart leaves out the shutdown, because Mermaid cannot break its axis. Mermaid
// counts in milliseconds, so shorter tasks take one. The durations in the names are
// exact. The chart has at most 200 services: failed ones first, then the critical path,
// then the slowest.
func MermaidGantt(w io.Writer, s timeline.Snapshot) error {
	return writeMermaid(w, newGantt(newModel(s)).render)
}

// gantt is a chart in the making.
type gantt struct {
	*model
	rows []int

	names // of the rendering
	out   bytes.Buffer
}

func newGantt(m *model) *gantt {
	hasNotBegun := func(i int) bool { return !m.hasBegun(i) }
	return &gantt{model: m, rows: slices.DeleteFunc(m.foremost(ganttRows), hasNotBegun)}
}

// render draws the chart anew, with names up to a number of pixels.
func (g *gantt) render(most float64) *bytes.Buffer {
	g.names = newNames(g.model, g.rows, labelWidth, most)
	g.out.Reset()
	title := "Start of " + count(g.total(), "service")
	if legend := g.legend(); legend != "" {
		title += ", " + mermaidEscape(legend)
	}
	fmt.Fprintf(&g.out, "gantt\n    title %s\n    dateFormat x\n    axisFormat %s\n    todayMarker off\n", title, g.axis())
	g.writePhases()
	resource := func(kind runner.Kind) bool { return kind == runner.KindResource }
	server := func(kind runner.Kind) bool { return kind == runner.KindServer }
	job := func(kind runner.Kind) bool { return kind == runner.KindJob }
	other := func(kind runner.Kind) bool { return !resource(kind) && !server(kind) && !job(kind) }
	g.writeSection("resources", resource)
	g.writeSection("servers", server)
	g.writeSection("jobs", job)
	g.writeSection("others", other)
	if n := g.total() - len(g.rows); n > 0 {
		fmt.Fprintf(&g.out, "    %%%% %s more not shown, or not begun\n", count(n, "service"))
	}
	return &g.out
}

// axis returns the format of the axis, without minutes if possible: Mermaid shows
// local time, whose hours and minutes depend on the time zone.
func (g *gantt) axis() string {
	last := g.startup().End
	for _, i := range g.rows {
		last = later(last, g.start(i).End)
	}
	switch took := last.Sub(g.origin()); {
	case took < time.Second:
		return "%L ms"
	case took < time.Minute:
		return "%S.%L s"
	default:
		return "%M:%S"
	}
}

func (g *gantt) writePhases() {
	g.out.WriteString("    section application\n")
	for _, phase := range g.phases {
		if phase.Step == timeline.PhaseConstructing || phase.Step == timeline.PhaseStarting {
			status := "done"
			if phase.Open {
				status = "active"
			}
			name := string(phase.Step)
			g.writeTask(name+" "+mermaidEscape(units.Brief(phase.Duration())), status, name, phase)
		}
	}
	if !g.Ready.IsZero() {
		g.writeMilestone("ready", g.Ready)
	} else if !g.ShutdownBegan.IsZero() {
		g.writeMilestone("shutdown", g.ShutdownBegan)
	}
}

// writeSection writes the services of a kind, if there are any.
func (g *gantt) writeSection(title string, isKind func(runner.Kind) bool) {
	for _, i := range g.rows {
		if !isKind(g.Services[i].Kind) {
			continue
		}
		if title != "" {
			fmt.Fprintf(&g.out, "    section %s\n", title)
			title = ""
		}
		start := g.start(i)
		name := mermaidTask(g.texts[i]) + " " + mermaidEscape(units.Brief(start.Duration()))
		if !g.Services[i].Failed.IsZero() {
			name += ", failed"
		}
		g.writeTask(name, g.status(i, start), fmt.Sprintf("s%d", i), start)
	}
}

func (g *gantt) status(i int, start timeline.Span) string {
	status := "done"
	loadedOnly := g.Services[i].StartBegan.IsZero() && !start.Failed
	if start.Open || loadedOnly {
		status = "active"
	}
	if g.critical.has(i) {
		status = "crit, " + status
	}
	return status
}

// writeTask writes a task of at least a millisecond: Mermaid would not show an empty
// one.
func (g *gantt) writeTask(name, status, id string, span timeline.Span) {
	begin := g.millis(span.Begin)
	fmt.Fprintf(&g.out, "    %s :%s, %s, %d, %d\n", name, status, id, begin, max(g.millis(span.End), begin+1))
}

func (g *gantt) writeMilestone(name string, t time.Time) {
	at := g.millis(t)
	fmt.Fprintf(&g.out, "    %s :milestone, %s, %d, %d\n", name, name, at, at)
}

// millis is never negative: Mermaid would take the dash for part of a name.
func (g *gantt) millis(t time.Time) int64 {
	return max(t.Sub(g.origin()).Milliseconds(), 0)
}
