package runnertest_test

import (
	"errors"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// childKey is the variable of the environment of a test binary that runs tests which fail.
const childKey = "RUNNERTEST_CHILD"

func isChild() bool { return os.Getenv(childKey) != "" }

// childOnly skips a test that fails, or would, unless the process is a child.
func childOnly(t *testing.T) {
	t.Helper()
	if !isChild() {
		t.Skip("it is run in a child, by another test")
	}
}

// report is what a child printed.
type report struct {
	failed  map[string]bool   // the tests that failed
	skipped map[string]bool   // the tests that were skipped
	output  map[string]string // by test
	whole   string
}

var (
	outputOf = regexp.MustCompile(`^=== (?:RUN|NAME|CONT|PAUSE) +(\S+)`)
	verdict  = regexp.MustCompile(`^ *--- (PASS|FAIL|SKIP): (\S+) `)
)

// runChild runs a test of this binary in another process, and returns what it printed. It must end by itself.
func runChild(t *testing.T, test string, flags ...string) report {
	t.Helper()
	self, err := os.Executable()
	require.NoError(t, err)
	cmd := exec.CommandContext(t.Context(), self, append([]string{"-test.run=^" + test + "$", "-test.v"}, flags...)...)
	cmd.Env = append(os.Environ(), childKey+"=1", "GOCOVERDIR="+t.TempDir(), "GORACE=atexit_sleep_ms=0")
	out, err := cmd.CombinedOutput()
	if exit := (*exec.ExitError)(nil); !errors.As(err, &exit) {
		require.NoError(t, err)
	}
	return parse(string(out))
}

func parse(out string) report {
	r := report{failed: map[string]bool{}, skipped: map[string]bool{}, output: map[string]string{}, whole: out}
	current := ""
	for line := range strings.Lines(out) {
		if match := outputOf.FindStringSubmatch(line); match != nil {
			current = match[1]
		} else if match := verdict.FindStringSubmatch(line); match != nil {
			r.failed[match[2]] = match[1] == "FAIL"
			r.skipped[match[2]] = match[1] == "SKIP"
		} else {
			r.output[current] += line
		}
	}
	return r
}

// failedBelow returns the tests below one that failed, without its name.
func (r report) failedBelow(test string) (names []string) {
	for name, failed := range r.failed {
		if below, ok := strings.CutPrefix(name, test+"/"); ok && failed {
			names = append(names, below)
		}
	}
	slices.Sort(names)
	return names
}

// outputBelow returns what the tests below one printed that failed.
func (r report) outputBelow(test string) (all string) {
	for _, name := range r.failedBelow(test) {
		all += name + ":\n" + r.output[test+"/"+name]
	}
	return all
}
