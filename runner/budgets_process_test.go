//go:build unix

package runner_test

import (
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestDumpSignalThatIsIgnored(t *testing.T) {
	t.Run("stays ignored", func(t *testing.T) {
		p := launch(t, "dumpIgnored", nohup...)
		p.says("up")
		p.send(syscall.SIGHUP)
		p.send(syscall.SIGTERM)
		p.says("signal terminated", "close api", "run: nil", "stop db", "finish: nil")
		p.exits()
	})

	t.Run("stays ignored, and another dumps", func(t *testing.T) {
		p := launch(t, "dumpIgnoredQuit", nohup...)
		p.says("up")
		p.send(syscall.SIGHUP)
		p.send(syscall.SIGQUIT)
		p.says("runner: ready")
		p.send(syscall.SIGTERM)
		dumps := 1
		for _, line := range p.rest() {
			if line == "runner: ready" {
				dumps++
			}
		}
		require.Equal(t, 1, dumps)
		p.exits()
	})
}

func TestDumpWriterThatCrashes(t *testing.T) {
	for _, program := range []string{"dumpPanics", "dumpExits"} {
		t.Run("does not end the process: "+program, func(t *testing.T) {
			p := launch(t, program)
			p.says("up")
			p.send(syscall.SIGQUIT)
			p.says("writing")
			p.send(syscall.SIGTERM)
			rest := p.rest()
			require.Subset(t, rest, []string{"signal terminated", "close api", "stop db"})
			p.exits()
		})
	}
}

func TestDumpToANilWriterOfAType(t *testing.T) {
	for _, program := range []string{"dumpNilBuffer", "dumpNilFile", "dumpNilFunc"} {
		t.Run("is off, and its signal is the system's: "+program, func(t *testing.T) {
			p := launch(t, program)
			p.says("up")
			p.send(syscall.SIGHUP)
			p.dies(syscall.SIGHUP)
		})
	}
}

func TestSignalsOfAProcessWithAnObserverThatBlocks(t *testing.T) {
	forDefaultSignals(t, func(t *testing.T, sig syscall.Signal) {
		p := launch(t, "blind")
		p.says("up")
		p.send(sig)
		awaitLines(p, "signal "+sig.String(), "closing")
		p.send(sig)
		awaitLines(p, "signal "+sig.String(), "cut short", "run has returned")
		p.send(sig)
		p.rest()
		p.dies(sig)
	})
}

// awaitLines waits for lines, in whatever order they come.
func awaitLines(p *process, lines ...string) {
	p.t.Helper()
	said := []string{}
	for range lines {
		require.True(p.t, p.output.Scan(), "the program has ended after it said %q", said)
		said = append(said, p.output.Text())
	}
	require.ElementsMatch(p.t, lines, said)
}

func TestZeroRunnerOfAProcess(t *testing.T) {
	forDefaultSignals(t, func(t *testing.T, sig syscall.Signal) {
		p := launch(t, "zero")
		p.says("listening")
		p.send(sig)
		rest := p.rest()
		require.NotEmpty(t, rest)
		require.Equal(t, []string{"stop db", "finish: nil"}, rest[len(rest)-2:])
		p.exits()
	})
}
