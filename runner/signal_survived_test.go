//go:build unix

package runner_test

import (
	"os"
	"os/exec"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/runner"
)

// TestThirdSignalThatGoSurvives plays its part in a process of its own, too, which
// the third signal ends though Go would ignore it.
func TestThirdSignalThatGoSurvives(t *testing.T) {
	const aloneKey = "RUNNER_TEST_ALONE"
	if os.Getenv(aloneKey) == "" {
		cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^"+t.Name()+"$")
		cmd.Env = append(os.Environ(), aloneKey+"=1")
		printed, _ := cmd.CombinedOutput()
		require.Equal(t, 128+int(syscall.SIGUSR1), cmd.ProcessState.ExitCode(), string(printed))
		return
	}
	heard := make(chan struct{})
	r := runner.NewRunner(
		runner.WithSignals(syscall.SIGUSR1),
		runner.WithObserver(&told{signal: func() { heard <- struct{}{} }}))
	require.NoError(t, r.Start(t.Context(), runner.NewResource("db", nil, nil)))
	for range 3 {
		require.NoError(t, syscall.Kill(syscall.Getpid(), syscall.SIGUSR1))
		<-heard
	}
	<-time.After(5 * time.Second) // in vain
	finish(t, r)
}
