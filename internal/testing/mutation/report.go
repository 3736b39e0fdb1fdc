package main

import (
	"cmp"
	"encoding/json"
	"io"
	"strings"
)

// report is what the tests of a package came to.
type report struct {
	passed   bool
	compiled bool
	test     string // the first that failed; "" if none did though the package has
	ending   ending // how the test binary ended
	output   string
	seconds  float64 // that the test binary ran
}

type ending string

const (
	failing   ending = ""
	timingOut ending = "timed out"
	locked    ending = "deadlock"
	crashing  ending = "crashed"
	leaking   ending = "goroutines left"
)

// by says what caught a mutation.
func (r report) by() string {
	switch {
	case r.ending == failing:
		return r.test
	case r.test == "":
		return string(r.ending)
	default:
		return r.test + " (" + string(r.ending) + ")"
	}
}

// event is a line of go test -json, of which "go doc test2json" tells.
type event struct {
	Action      string
	Test        string
	Output      string
	FailedBuild string
	Elapsed     float64
}

// newReport reads what go test -json has printed; messages are those of the go
// command itself.
func newReport(events io.Reader, messages string, passed bool) report {
	r := report{passed: passed, compiled: true}
	var output strings.Builder
	output.WriteString(messages)
	running := ""
	lines := json.NewDecoder(events)
	for e := (event{}); lines.Decode(&e) == nil; e = (event{}) {
		if !isRoutine(e.Output) {
			output.WriteString(e.Output)
		}
		switch {
		case e.FailedBuild != "" || e.Action == "build-fail":
			r.compiled = false
		case e.Test == "":
			r.seconds = e.Elapsed
		case e.Action == "run":
			running = e.Test
		case e.Action == "fail" && r.test == "":
			r.test = e.Test
		case e.Test == running && (e.Action == "pass" || e.Action == "skip"):
			running = ""
		}
	}
	r.test = cmp.Or(r.test, running) // a test that ends the process has no event
	r.output = output.String()
	r.ending = endingOf(r)
	return r
}

// isRoutine reports whether a line says no more than which tests run and pass.
func isRoutine(line string) bool {
	line = strings.TrimSpace(line)
	return strings.HasPrefix(line, "=== ") || strings.HasPrefix(line, "--- PASS")
}

// endingOf goes by the first lines that the runtime and goleak print.
func endingOf(r report) ending {
	for line := range strings.Lines(r.output) {
		switch {
		case strings.HasPrefix(line, "panic: test timed out"):
			return timingOut
		case strings.HasPrefix(line, "panic: deadlock: "):
			return locked
		case strings.HasPrefix(line, "panic: "), strings.HasPrefix(line, "fatal error: "):
			return crashing
		case r.test == "" && strings.HasPrefix(line, "goleak: "):
			return leaking
		}
	}
	if strings.Contains(r.output, "--- FAIL: ") {
		return failing
	}
	return crashing // os.Exit, or a signal
}
