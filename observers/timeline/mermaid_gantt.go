package timeline

import (
	"bytes"
	"fmt"
	"io"
	"time"

	"github.com/go-fxservices/services/runner"
)

// WriteGantt writes the start as a Mermaid Gantt chart, which many viewers of
// Markdown draw: a section for each kind of service, a task for the start of each
// service, in the order in which they began, and milestones for when the
// application was ready or began to shut down. Tasks are crit on the critical path,
// done when they have ended, and active before.
//
// The shutdown is left out: Mermaid has no way to break its axis. It counts in
// milliseconds, and shows what took less as one; the durations in the names are
// exact. At most 100 services are shown: those that failed, the critical path, and
// the slowest. The error is that of w.
func (s *Snapshot) WriteGantt(w io.Writer) error {
	var out bytes.Buffer
	path := s.critical()
	var rows []int
	for _, i := range s.foremost(mermaidNodes, path) {
		if begin, _ := s.StartTime(i); !begin.IsZero() {
			rows = append(rows, i)
		}
	}
	fmt.Fprintf(&out, "gantt\n    title Start of %s\n    dateFormat x\n    axisFormat %s\n    todayMarker off\n",
		count(len(s.Services)+s.Dropped, "service"), s.ganttAxis(rows))
	s.writePhases(&out)
	resource := func(kind runner.Kind) bool { return kind == runner.KindResource }
	server := func(kind runner.Kind) bool { return kind == runner.KindServer }
	other := func(kind runner.Kind) bool { return !resource(kind) && !server(kind) }
	s.writeSection(&out, "resources", resource, rows, path)
	s.writeSection(&out, "servers", server, rows, path)
	s.writeSection(&out, "others", other, rows, path)
	if n := len(s.Services) - len(rows) + s.Dropped; n > 0 {
		fmt.Fprintf(&out, "    %%%% %s more not shown, or not begun\n", count(n, "service"))
	}
	_, err := w.Write(out.Bytes())
	return err
}

// ganttAxis has no minutes where it can: the axis is in local time, whose hours and
// minutes are those of the time zone.
func (s *Snapshot) ganttAxis(rows []int) string {
	last := later(s.begin(), s.startEnd())
	for _, i := range rows {
		_, end := s.StartTime(i)
		last = later(last, end)
	}
	switch took := last.Sub(s.begin()); {
	case took < time.Second:
		return "%L ms"
	case took < time.Minute:
		return "%S.%L s"
	default:
		return "%M:%S"
	}
}

func (s *Snapshot) writePhases(out *bytes.Buffer) {
	out.WriteString("    section application\n")
	for _, phase := range s.phases() {
		if phase.name == "constructing" || phase.name == "starting" {
			status := "done"
			if phase.open {
				status = "active"
			}
			s.writeTask(out, phase.name+" "+mermaidEscape(brief(phase.took())), status, phase.name, phase.from, phase.to)
		}
	}
	if !s.Ready.IsZero() {
		s.writeMilestone(out, "ready", s.Ready)
	} else if !s.ShutdownBegan.IsZero() {
		s.writeMilestone(out, "shutdown", s.ShutdownBegan)
	}
}

// writeSection writes the services of a kind, if there are any.
func (s *Snapshot) writeSection(out *bytes.Buffer, title string, is func(runner.Kind) bool, rows []int, path criticalPath) {
	for _, i := range rows {
		if !is(s.Services[i].Kind) {
			continue
		}
		if title != "" {
			fmt.Fprintf(out, "    section %s\n", title)
			title = ""
		}
		begin, end := s.StartTime(i)
		s.writeTask(out, s.ganttName(i), s.ganttStatus(i, path), fmt.Sprintf("s%d", i), begin, end)
	}
}

func (s *Snapshot) ganttName(i int) string {
	name := mermaidTask(s.Services[i].Name) + " " + mermaidEscape(brief(s.Own(i)))
	if !s.Services[i].Failed.IsZero() {
		name += ", failed"
	}
	return name
}

func (s *Snapshot) ganttStatus(i int, path criticalPath) string {
	status := "done"
	if s.Services[i].Ready.IsZero() && s.Services[i].Failed.IsZero() {
		status = "active"
	}
	if path.has(i) {
		status = "crit, " + status
	}
	return status
}

// writeTask writes a task of at least a millisecond: one of none would not be seen.
func (s *Snapshot) writeTask(out *bytes.Buffer, name, status, id string, from, to time.Time) {
	begin := s.millis(from)
	fmt.Fprintf(out, "    %s :%s, %s, %d, %d\n", name, status, id, begin, max(s.millis(to), begin+1))
}

func (s *Snapshot) writeMilestone(out *bytes.Buffer, name string, t time.Time) {
	at := s.millis(t)
	fmt.Fprintf(out, "    %s :milestone, %s, %d, %d\n", name, name, at, at)
}

// millis is never negative: Mermaid would take it for a name.
func (s *Snapshot) millis(t time.Time) int64 {
	return max(t.Sub(s.begin()).Milliseconds(), 0)
}
