// Package goroutines finds goroutines by their profiler labels, so that test kits can name those that a service leaves behind. A
// list of all goroutines, before and after, would not do: tests that run at the same time start some, too.
package goroutines

import (
	"bytes"
	"fmt"
	"runtime/pprof"
	"slices"
	"strings"
)

// Goroutine is a record of the goroutine profile: one goroutine, or several with the same stack.
type Goroutine struct {
	count  string
	frames []frame // the one that runs first
}

type frame struct {
	function string
	place    string // file:line
}

func (f frame) String() string { return fmt.Sprintf("%s\n\t%s", f.function, f.place) }

// String returns the stack.
func (g Goroutine) String() string {
	lines := []string{"goroutine:"}
	if g.count != "1" {
		lines[0] = g.count + " goroutines:"
	}
	for _, f := range g.frames {
		lines = append(lines, f.String())
	}
	return strings.Join(lines, "\n")
}

// Join returns the stacks of many.
func Join(all []Goroutine) string {
	var stacks []string
	for _, g := range all {
		stacks = append(stacks, g.String())
	}
	return strings.Join(stacks, "\n\n")
}

// WaitsIn returns the function where a goroutine waits, without those of the Go runtime and of package sync.
func (g Goroutine) WaitsIn() string {
	for _, f := range g.frames {
		if !hasAnyPrefix(f.function, "runtime.", "sync.", "internal/", "time.", "syscall.") {
			return fmt.Sprintf("%s (%s)", f.function, f.place[strings.LastIndexAny(f.place, `/\`)+1:])
		}
	}
	return "an unknown place"
}

// Runs reports whether function is on the stack.
func (g Goroutine) Runs(function string) bool {
	return slices.ContainsFunc(g.frames, func(f frame) bool { return f.function == function })
}

// With returns the goroutines that have a label. A goroutine has the labels of the one that started it.
func With(label, value string) []Goroutine {
	var text bytes.Buffer
	if pprof.Lookup("goroutine").WriteTo(&text, 1) != nil {
		return nil
	}
	var found []Goroutine
	for record := range strings.SplitSeq(text.String(), "\n\n") {
		if g, labels := parseRecord(record); strings.Contains(labels, fmt.Sprintf("%q:%q", label, value)) {
			found = append(found, g)
		}
	}
	return found
}

// parseRecord reads a record of a goroutine profile:
//
//	1 @ 0x43a2d6 0x4051ee
//	# labels: {"service":"db"}
//	#	0x4051ed	example.com/db.(*DB).Stop+0x2d	/src/db/db.go:12
func parseRecord(record string) (g Goroutine, labels string) {
	for line := range strings.SplitSeq(record, "\n") {
		fields := strings.Fields(line)
		switch {
		case strings.HasPrefix(line, "# labels: "):
			labels = line
		case len(fields) > 3 && fields[0] == "#":
			function, _, _ := cutLast(fields[2], "+")
			g.frames = append(g.frames, frame{function, strings.Join(fields[3:], " ")})
		case len(fields) > 1 && fields[1] == "@":
			g.count = fields[0]
		}
	}
	return g, labels
}

func hasAnyPrefix(s string, prefixes ...string) bool {
	return slices.ContainsFunc(prefixes, func(prefix string) bool { return strings.HasPrefix(s, prefix) })
}

func cutLast(s, sep string) (before, after string, found bool) {
	i := strings.LastIndex(s, sep)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+len(sep):], true
}
