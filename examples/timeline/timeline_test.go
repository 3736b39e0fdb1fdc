package main

import (
	"bufio"
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

// inDocs is the picture that the README shows.
const inDocs = "../../docs/timeline.svg"

// TestRun runs the application in a bubble, where each step takes exactly as long
// as it says: the critical path does not depend on the machine.
func TestRun(t *testing.T) {
	file := filepath.Join(t.TempDir(), "start.svg")
	var out bytes.Buffer
	var took time.Duration
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		require.NoError(t, run(t.Context(), &out, false, file))
		took = time.Since(began)
	})

	t.Run("makes the picture that is in docs", func(t *testing.T) {
		require.Equal(t, shapeOf(t, file), shapeOf(t, inDocs), "docs/timeline.svg is out of date: run make docs")
	})

	t.Run("tells where the time went, and what starts after what", func(t *testing.T) {
		require.Contains(t, out.String(), "constructed in 0s, started in 116ms, ready after 116ms\n")
		require.Contains(t, out.String(), ` @111ms +5ms
└─http @80ms +31ms
  └─migrations @42ms +38ms
    └─postgres @12ms +30ms
      └─secrets @0s +12ms

secrets: at once
postgres: after secrets
migrations: after postgres
redis: after secrets
search: at once
http: after postgres, migrations, redis, search
grpc: after postgres, migrations, redis
kafka: after secrets
orders consumer: after postgres, migrations, redis, kafka
`)
	})

	t.Run("takes no second", func(t *testing.T) {
		require.Less(t, took, time.Second)
	})
}

func command(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	require.NoError(t, err)
	cmd := exec.CommandContext(t.Context(), self, args...)
	cmd.Dir = t.TempDir()
	cmd.Env = []string{runMain + "=1", "GOCOVERDIR=" + t.TempDir(), "GORACE=atexit_sleep_ms=0"}
	return cmd
}

// withoutPath leaves out what depends on how busy the machine is.
func withoutPath(shape string) string { return strings.ReplaceAll(shape, " critical", "") }

func TestProgram(t *testing.T) {
	t.Run("stops by itself, and leaves the files", func(t *testing.T) {
		cmd := command(t, "start.svg", "start.trace.json")
		output, err := cmd.CombinedOutput()
		require.NoError(t, err, "%s", output)
		require.Contains(t, string(output), "\nhttp: after postgres, migrations, redis, search\n")
		require.Equal(t, withoutPath(shapeOf(t, inDocs)), withoutPath(shapeOf(t, filepath.Join(cmd.Dir, "start.svg"))))
		require.FileExists(t, filepath.Join(cmd.Dir, "start.trace.json"))
	})

	t.Run("goes on until a signal with -serve", func(t *testing.T) {
		cmd := command(t, "-serve")
		stdout, err := cmd.StdoutPipe()
		require.NoError(t, err)
		require.NoError(t, cmd.Start())
		lines := bufio.NewScanner(stdout)
		for lines.Scan() && !strings.Contains(lines.Text(), ": a barrier: ") { // the last line
		}
		require.NoError(t, cmd.Process.Signal(syscall.SIGTERM))
		for lines.Scan() {
		}
		require.NoError(t, cmd.Wait())
	})

	t.Run("refuses a file that it cannot make", func(t *testing.T) {
		cmd := command(t, "start.png")
		output, err := cmd.CombinedOutput()
		require.Error(t, err)
		require.Equal(t, 1, cmd.ProcessState.ExitCode())
		require.Equal(t, `timeline: write timeline "start.png": the name must end with one of `+
			".svg, .txt, .trace.json, .json, .graph.mmd, .mmd, .dot\n", string(output))
	})
}
