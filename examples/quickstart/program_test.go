package main

import (
	"bufio"
	"io"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// patience is for what should come at once, on a machine under load.
const patience = 30 * time.Second

// program is the quickstart in a process of its own.
type program struct {
	cmd    *exec.Cmd
	ended  chan struct{} // closed when the output has ended
	mu     sync.Mutex    // guards what follows
	output []string      // lines
	more   chan struct{} // closed, and made anew, at each line
}

// launch starts the program in dir, with no more environment than env.
func launch(t *testing.T, dir string, env ...string) *program {
	t.Helper()
	self, err := os.Executable()
	require.NoError(t, err)
	p := &program{cmd: exec.Command(self), ended: make(chan struct{}), more: make(chan struct{})}
	p.cmd.Args[0] = "quickstart" // as the program is called
	p.cmd.Dir = dir
	p.cmd.Env = append(env, runMain+"=1", "HOME="+dir, "GOCOVERDIR="+t.TempDir(), "GORACE=atexit_sleep_ms=0")
	read, write, err := os.Pipe()
	require.NoError(t, err)
	p.cmd.Stdout, p.cmd.Stderr = write, write
	require.NoError(t, p.cmd.Start())
	require.NoError(t, write.Close())
	go p.collect(read)
	t.Cleanup(func() {
		_ = p.cmd.Process.Kill() // where the test has failed
		_ = p.cmd.Wait()
		<-p.ended
	})
	return p
}

func (p *program) collect(output io.ReadCloser) {
	defer close(p.ended)
	defer output.Close()
	for lines := bufio.NewScanner(output); lines.Scan(); {
		p.mu.Lock()
		p.output = append(p.output, lines.Text())
		close(p.more)
		p.more = make(chan struct{})
		p.mu.Unlock()
	}
}

func (p *program) lines() ([]string, <-chan struct{}) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.output, p.more
}

// await returns the parts of the first line that matches.
func (p *program) await(t *testing.T, pattern string) []string {
	t.Helper()
	line, timeout := regexp.MustCompile(pattern), time.After(patience)
	for seen := 0; ; {
		lines, more := p.lines()
		for ; seen < len(lines); seen++ {
			if match := line.FindStringSubmatch(lines[seen]); match != nil {
				return match
			}
		}
		select {
		case <-more:
		case <-p.ended:
			if lines, _ := p.lines(); len(lines) == seen {
				require.FailNow(t, "the program has ended", "without %q:\n%s", pattern, p.text())
			}
		case <-timeout:
			require.FailNow(t, "the program does not write", "%q:\n%s", pattern, p.text())
		}
	}
}

// url waits until the program serves.
func (p *program) url(t *testing.T) string {
	t.Helper()
	addr := p.await(t, `listening\s+\{"addr": "(.*)"\}`)[1]
	p.await(t, `application ready`) // before that a signal ends a start
	return "http://" + addr
}

// wait returns the exit code and all output.
func (p *program) wait(t *testing.T) (int, string) {
	t.Helper()
	select {
	case <-p.ended:
	case <-time.After(patience):
		require.FailNow(t, "the program does not end", "%s", p.text())
	}
	_ = p.cmd.Wait() // the exit code tells
	return p.cmd.ProcessState.ExitCode(), p.text()
}

// stop ends the program by sig, and expects that it ends well.
func (p *program) stop(t *testing.T, sig os.Signal) {
	t.Helper()
	require.NoError(t, p.cmd.Process.Signal(sig))
	code, output := p.wait(t)
	require.Zero(t, code, output)
}

func (p *program) text() string {
	lines, _ := p.lines()
	return strings.Join(lines, "\n")
}

// requireFailure expects that the program fails to start, with one line that
// says why.
func requireFailure(t *testing.T, p *program, line string) (output string) {
	t.Helper()
	code, output := p.wait(t)
	require.Equal(t, 1, code, output)
	lines := strings.Split(output, "\n")
	require.Regexp(t, line, lines[len(lines)-1], output)
	require.Equal(t, 1, strings.Count("\n"+output, "\nquickstart: "), output)
	require.NotContains(t, output, "goroutine")
	if len(lifecycle(output)) > 0 {
		require.Equal(t, 1, errorLines(output), output)
		require.Contains(t, lifecycle(output), "application stopped")
	}
	return output
}
