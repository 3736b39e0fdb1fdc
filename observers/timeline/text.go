package timeline

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// WriteText writes a report for people: how long the application took to start, how
// long each service took, the slowest first, and the [Snapshot.CriticalPath], the
// last service first.
//
//	constructed in 12ms, started in 80ms, ready after 95ms; stopped in 30ms
//
//	 own  waited  service
//	50ms       -  postgres
//	30ms     5ms  api
//	 2ms       -  broker (failed: start "broker": connection refused)
//
//	critical path: @ when it began, + what it took
//	api @62ms +30ms
//	└─postgres @12ms +50ms
//
// The column waited says how long a service could have started and did not, because
// the Runner starts only so many services at the same time. The line of a Job that is done
// says how long it ran: "import (done after 3s)". WriteText quotes names that would break
// a line, and shortens long ones. It returns the error of w.
func (s Snapshot) WriteText(w io.Writer) error {
	var out bytes.Buffer
	fmt.Fprintln(&out, cmp.Or(s.headline(), "no times of the application are known"))
	s.writeServices(&out)
	s.writeCriticalPath(&out)
	_, err := w.Write(out.Bytes())
	return err
}

// headline returns the times of the application that are known.
func (s Snapshot) headline() string {
	begun := []string{
		took("constructed in", s.Began, s.Constructed),
		took("started in", s.Constructed, s.Started),
		took("ready after", s.Began, s.Ready),
	}
	switch {
	case !s.Ready.IsZero():
	case !s.ShutdownBegan.IsZero():
		begun = append(begun, "never ready")
	case !s.Constructed.IsZero():
		begun = append(begun, took("starting for", s.Constructed, s.Taken))
	default:
		begun = append(begun, took("under construction for", s.Began, s.Taken))
	}
	ended := took("stopped in", s.ShutdownBegan, s.Stopped)
	if s.Stopped.IsZero() {
		ended = took("stopping for", s.ShutdownBegan, s.Taken)
	}
	return join("; ", join(", ", begun...), ended)
}

// took returns an empty text if one of the times is unknown.
func took(verb string, from, to time.Time) string {
	if from.IsZero() || to.IsZero() {
		return ""
	}
	return fmt.Sprintf("%s %v", verb, rounded(to.Sub(from)))
}

// join joins the parts that are not empty.
func join(separator string, parts ...string) string {
	parts = slices.DeleteFunc(parts, func(part string) bool { return part == "" })
	return strings.Join(parts, separator)
}

func (s Snapshot) writeServices(out *bytes.Buffer) {
	begun := s.begun()
	if len(s.Services)+s.Dropped > 0 {
		fmt.Fprintln(out)
	}
	if len(begun) > 0 {
		slices.SortStableFunc(begun, func(a, b int) int { return cmp.Compare(s.Own(b), s.Own(a)) })
		s.writeTable(out, begun)
	}
	if waiting := len(s.Services) - len(begun); waiting > 0 {
		fmt.Fprintf(out, "not begun: %d of %d\n", waiting, len(s.Services))
	}
	if s.Dropped > 0 {
		fmt.Fprintf(out, "left out: %d\n", s.Dropped)
	}
}

func (s Snapshot) writeTable(out *bytes.Buffer, services []int) {
	rows := [][3]string{{"own", "waited", "service"}}
	for _, i := range services {
		waited := "-"
		if d := s.Wait(i); d > 0 {
			waited = rounded(d).String()
		}
		rows = append(rows, [3]string{rounded(s.Own(i)).String(), waited, s.line(i)})
	}
	var own, waited int
	for _, row := range rows {
		own, waited = max(own, utf8.RuneCountInString(row[0])), max(waited, utf8.RuneCountInString(row[1]))
	}
	for _, row := range rows {
		fmt.Fprintf(out, "%*s  %*s  %s\n", own, row[0], waited, row[1], row[2])
	}
}

// begun returns the indexes of the services that have begun, in their order.
func (s Snapshot) begun() []int {
	var begun []int
	for i := range s.Services {
		if s.hasBegun(i) {
			begun = append(begun, i)
		}
	}
	return begun
}

// maxIndent bounds the indentation: without it, the text of a sequence would grow with
// the square of its length.
const maxIndent = 30

func (s Snapshot) writeCriticalPath(out *bytes.Buffer) {
	path := s.CriticalPath()
	if len(path) == 0 {
		return
	}
	fmt.Fprint(out, "\ncritical path: @ when it began, + what it took\n")
	slices.Reverse(path)
	for depth, i := range path {
		if depth > 0 {
			fmt.Fprintf(out, "%*s└─", 2*(min(depth, maxIndent)-1), "")
		}
		begin, _ := s.StartTime(i)
		name, at, own := oneLineName(s.Services[i].Name), "", rounded(s.Own(i))
		if !s.Began.IsZero() {
			at = fmt.Sprintf(" @%v", rounded(begin.Sub(s.Began)))
		}
		fmt.Fprintf(out, "%s%s +%v\n", name, at, own)
	}
}
