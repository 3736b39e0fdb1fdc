//go:build unix

package runner_test

import (
	"bufio"
	"context"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// process is a program that the test binary plays in another process.
type process struct {
	t      *testing.T
	cmd    *exec.Cmd
	output *bufio.Scanner
}

// launch starts a program. What is given before it starts it in its turn.
func launch(t *testing.T, program string, by ...string) *process {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	t.Cleanup(cancel)
	args := append(by, os.Args[0])
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	cmd.Env = append(os.Environ(), programKey+"="+program, "GORACE=atexit_sleep_ms=0", "GOCOVERDIR="+t.TempDir())
	cmd.Stderr = os.Stderr
	output, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	return &process{t: t, cmd: cmd, output: bufio.NewScanner(output)}
}

// says requires the next lines of the program.
func (p *process) says(lines ...string) {
	p.t.Helper()
	for _, want := range lines {
		require.True(p.t, p.output.Scan(), "the program has ended before it said %q", want)
		require.Equal(p.t, want, p.output.Text())
	}
}

func (p *process) send(sig os.Signal) {
	p.t.Helper()
	require.NoError(p.t, p.cmd.Process.Signal(sig))
}

// rest returns all that the program says until it ends.
func (p *process) rest() (lines []string) {
	for p.output.Scan() {
		lines = append(lines, p.output.Text())
	}
	return lines
}

// exits requires that the program says no more and exits with 0.
func (p *process) exits() {
	p.t.Helper()
	require.False(p.t, p.output.Scan(), "unexpected: %s", p.output.Text())
	require.NoError(p.t, p.cmd.Wait())
}

// dies requires that the program says no more and is killed by sig.
func (p *process) dies(sig syscall.Signal) {
	p.t.Helper()
	require.False(p.t, p.output.Scan(), "unexpected: %s", p.output.Text())
	var exit *exec.ExitError
	require.ErrorAs(p.t, p.cmd.Wait(), &exit)
	status, ok := exit.Sys().(syscall.WaitStatus)
	require.True(p.t, ok)
	require.True(p.t, status.Signaled())
	require.Equal(p.t, sig, status.Signal())
}

// forDefaultSignals runs a test for each. A test that was itself started to ignore
// a signal, as a job in the background of a shell is, cannot send it.
func forDefaultSignals(t *testing.T, test func(*testing.T, syscall.Signal)) {
	t.Helper()
	for _, sig := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM} {
		t.Run(sig.String(), func(t *testing.T) {
			if signal.Ignored(sig) {
				t.Skip("the tests were started to ignore it")
			}
			test(t, sig)
		})
	}
}

func TestSignalOfProcess(t *testing.T) {
	t.Run("while starting cancels the start", func(t *testing.T) {
		forDefaultSignals(t, func(t *testing.T, sig syscall.Signal) {
			p := launch(t, "starting")
			p.says("starting")
			p.send(sig)
			p.says("signal "+sig.String(), "run: SignalError of "+sig.String(), "stop db", "finish: nil")
			p.exits()
		})
	})

	t.Run("while serving closes gracefully", func(t *testing.T) {
		forDefaultSignals(t, func(t *testing.T, sig syscall.Signal) {
			p := launch(t, "serving")
			p.says("up")
			p.send(sig)
			p.says("signal "+sig.String(), "close api", "run: nil", "stop db", "finish: nil")
			p.exits()
		})
	})

	t.Run("dumps what there is and ends nothing, where it is one of WithDump", func(t *testing.T) {
		p := launch(t, "dumping")
		p.says("up")
		p.send(syscall.SIGQUIT)
		p.says("runner: ready")
		for dump := ""; !strings.Contains(dump, "waits"); dump += p.output.Text() {
			require.True(t, p.output.Scan(), "without the stack of the server: %s", dump)
		}
		p.send(syscall.SIGTERM)
		rest := p.rest()
		require.Equal(t, []string{"signal terminated", "close api", "run: nil", "stop db", "finish: nil"}, rest[len(rest)-5:])
		p.exits()
	})

	t.Run("while stopping is graceful, and the second cuts the stop short", func(t *testing.T) {
		forDefaultSignals(t, func(t *testing.T, sig syscall.Signal) {
			p := launch(t, "stopping")
			p.says("up", "run: nil", "stopping")
			p.send(sig)
			p.says("signal " + sig.String())
			p.send(sig)
			p.says("signal "+sig.String(), "stop db", "finish: SignalError of "+sig.String())
			p.exits()
		})
	})

	t.Run("cuts the close short when it is the second", func(t *testing.T) {
		p := launch(t, "closing")
		p.says("up")
		p.send(syscall.SIGTERM)
		p.says("signal terminated", "closing")
		p.send(syscall.SIGTERM)
		p.says("signal terminated", "run: SignalError of terminated", "stop db", "finish: SignalError of terminated")
		p.exits()
	})

	t.Run("kills the process when it is the third", func(t *testing.T) {
		forDefaultSignals(t, func(t *testing.T, sig syscall.Signal) {
			p := launch(t, "stuck")
			p.says("up", "run: nil", "stopping")
			for range 3 {
				p.send(sig)
				p.says("signal " + sig.String())
			}
			p.dies(sig)
		})
	})

	t.Run("between two Runs is not lost", func(t *testing.T) {
		p := launch(t, "between")
		p.says("up", "run: nil")
		p.send(syscall.SIGTERM)
		p.says("signal terminated", "wait: nil", "run: SignalError of terminated", "stop db", "finish: nil")
		p.exits()
	})

	t.Run("kills the process after Finish", func(t *testing.T) {
		p := launch(t, "finished")
		p.says("up", "run: nil", "finish: nil", "finished")
		p.send(syscall.SIGTERM)
		p.dies(syscall.SIGTERM)
	})

	t.Run("reaches each of two Runners, whether or not a third has finished", func(t *testing.T) {
		p := launch(t, "two")
		p.says("up", "run: nil", "up", "start metrics: nil", "finish: nil", "up")
		p.send(syscall.SIGTERM)
		require.ElementsMatch(t, []string{
			"signal terminated", "close api", "run: nil", "finish: nil",
			"signal terminated", "wait for metrics: nil", "close metrics", "finish metrics: nil",
		}, p.rest())
		p.exits()
	})
}

func TestWithSignals(t *testing.T) {
	t.Run("of none leaves signals to the system", func(t *testing.T) {
		p := launch(t, "none")
		p.says("up")
		p.send(syscall.SIGTERM)
		p.dies(syscall.SIGTERM)
	})

	t.Run("of others waits for those", func(t *testing.T) {
		for _, sig := range []syscall.Signal{syscall.SIGHUP, syscall.SIGUSR1} {
			p := launch(t, "hup")
			p.says("up")
			p.send(sig)
			p.says("signal "+sig.String(), "close api", "run: nil", "stop db", "finish: nil")
			p.exits()
		}
	})

	t.Run("of others leaves the default ones to the system", func(t *testing.T) {
		p := launch(t, "hup")
		p.says("up")
		p.send(syscall.SIGTERM)
		p.dies(syscall.SIGTERM)
	})
}

// nohup starts what follows so that it ignores SIGHUP.
var nohup = []string{"/bin/sh", "-c", `trap "" HUP; exec "$0"`}

func TestSignalThatIsIgnored(t *testing.T) {
	t.Run("stays ignored", func(t *testing.T) {
		p := launch(t, "hupAndTerm", nohup...)
		p.says("up")
		p.send(syscall.SIGHUP)
		p.send(syscall.SIGTERM)
		p.says("signal terminated", "close api", "run: nil", "stop db", "finish: nil")
		p.exits()
	})

	t.Run("stays ignored if there are no others", func(t *testing.T) {
		p := launch(t, "onlyHup", nohup...)
		p.says("up")
		p.send(syscall.SIGHUP)
		p.send(syscall.SIGTERM)
		p.dies(syscall.SIGTERM)
	})
}
