// Package journal records what happens in a test, so that the test can compare all of
// it at once, in order: "start db, listen api, close api, stop db". It also provides
// services and Observers that record their calls.
package journal

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
)

// Journal records lines. The zero Journal is empty and ready to use, from any number
// of goroutines.
type Journal struct {
	Echo io.Writer // also gets each line, for the parent of a process; nil for none

	mu    sync.Mutex
	lines []string
}

// Note records a line, formatted as by [fmt.Sprintf].
func (j *Journal) Note(format string, args ...any) {
	line := fmt.Sprintf(format, args...)
	j.mu.Lock()
	defer j.mu.Unlock()
	j.lines = append(j.lines, line)
	if j.Echo != nil {
		_, _ = io.WriteString(j.Echo, line+"\n")
	}
}

// Lines returns a copy of the lines so far, the oldest first; nil if there are none.
func (j *Journal) Lines() []string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return slices.Clone(j.lines)
}

// Sorted returns the lines so far in alphabetical order, for events that happen at the
// same time.
func (j *Journal) Sorted() []string {
	lines := j.Lines()
	slices.Sort(lines)
	return lines
}

// String joins the lines so far with commas.
func (j *Journal) String() string { return strings.Join(j.Lines(), ", ") }
