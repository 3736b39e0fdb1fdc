//go:build unix

package faults_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

// programKey is the variable of the environment that makes the test binary play a
// scenario. Its value is a key, as JSON.
const programKey = "FAULTS_TEST_PROGRAM"

// key says which scenario is played, and how.
type key struct {
	Group, Name string
	Way         way
	Signal      syscall.Signal // 0: there is none
}

// process is a program that runs.
type process struct {
	t      *testing.T
	cmd    *exec.Cmd
	stdout *bufio.Scanner
	stderr bytes.Buffer
	lines  lines
}

// lines are what a program has said, a line each.
type lines []string

// outcome is all that is to be seen of a process.
type outcome struct {
	Stdout lines
	Stderr string
	Exit   string // the code, or "killed by terminated"
}

// stalled reports whether o is what was wanted, but for calls that were abandoned:
// what is cut short has 150 ms, and a busy machine may take longer for nothing. The
// line of such a call may be late.
func (o outcome) stalled(wanted outcome) bool {
	inAnyOrder := func(o outcome) []string { return slices.Sorted(slices.Values(o.Stdout)) }
	abandoned := func(o outcome) int { return strings.Count(o.Stderr, "abandoned") }
	return slices.Equal(inAnyOrder(o), inAnyOrder(wanted)) && o.Exit == wanted.Exit && abandoned(o) > abandoned(wanted)
}

func launch(t *testing.T, k key) *process {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*tooLong)
	t.Cleanup(cancel)
	text, err := json.Marshal(k)
	require.NoError(t, err)
	p := &process{t: t, cmd: exec.CommandContext(ctx, os.Args[0])}
	p.cmd.Env = append(os.Environ(), programKey+"="+string(text), "GORACE=atexit_sleep_ms=0", "GOTRACEBACK=all", "GOCOVERDIR="+t.TempDir())
	p.cmd.Stderr = &p.stderr
	stdout, err := p.cmd.StdoutPipe()
	require.NoError(t, err)
	p.stdout = bufio.NewScanner(stdout)
	require.NoError(t, p.cmd.Start())
	return p
}

// await reads until the program has said each of what, or has ended.
func (p *process) await(what []string) {
	left := slices.Clone(what)
	for len(left) > 0 && p.read() {
		said := p.lines[len(p.lines)-1]
		left = slices.DeleteFunc(left, func(line string) bool { return line == said })
	}
}

func (p *process) read() bool {
	if !p.stdout.Scan() {
		return false
	}
	p.lines = append(p.lines, p.stdout.Text())
	return true
}

// send sends a signal, unless the process has ended: that is for the outcome to tell.
func (p *process) send(sig os.Signal) {
	p.t.Helper()
	if err := p.cmd.Process.Signal(sig); !errors.Is(err, os.ErrProcessDone) {
		require.NoError(p.t, err)
	}
}

// outcome waits for the end of the program. Its servers may close together, in any
// order.
func (p *process) outcome(together bool) outcome {
	p.t.Helper()
	for p.read() {
		continue
	}
	if err := p.cmd.Wait(); p.cmd.ProcessState == nil {
		require.NoError(p.t, err)
	}
	p.lines.sortNeighbours("failed ")
	if together {
		p.lines.sortNeighbours("close ")
	}
	joined := strings.ReplaceAll(strings.TrimSuffix(p.stderr.String(), "\n"), "; ", "\n") // as errors.Join does, and not as multierr
	errs := lines(strings.Split(joined, "\n"))
	errs.sortNeighbours("listen ")
	return outcome{Stdout: p.lines, Stderr: elapsed.ReplaceAllString(strings.Join(errs, "\n"), "$1 after D"), Exit: p.ending()}
}

// elapsed is what differs from time to time.
var elapsed = regexp.MustCompile(`(abandoned|application timed out) after [0-9.]+m?s`)

func (p *process) ending() string {
	status, ok := p.cmd.ProcessState.Sys().(syscall.WaitStatus)
	require.True(p.t, ok)
	if status.Signaled() {
		return "killed by " + status.Signal().String()
	}
	return strconv.Itoa(status.ExitStatus())
}

// sortNeighbours sorts lines that begin with prefix and follow each other: what
// happens at the same time has no order.
func (l lines) sortNeighbours(prefix string) {
	for from := 0; from < len(l); from++ {
		to := from
		for to < len(l) && strings.HasPrefix(l[to], prefix) {
			to++
		}
		slices.Sort(l[from:to])
		from = max(from, to)
	}
}
