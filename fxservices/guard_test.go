//go:build unix

package fxservices_test

import (
	"context"
	"os"
	"os/exec"
	"os/signal"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/fx"
	"go.uber.org/fx/fxevent"

	"github.com/go-fxservices/services/fxservices"
	"github.com/go-fxservices/services/runner"
)

// aloneKey is the variable of the environment that makes a test play its part in a
// process of its own, where a real signal meets no other test.
const aloneKey = "FXSERVICES_TEST_ALONE"

// alone runs the test in a process of its own, and returns how that ended.
func alone(t *testing.T) (printed string, status syscall.WaitStatus) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^"+t.Name()+"$")
	cmd.Env = append(os.Environ(), aloneKey+"="+t.Name())
	out, _ := cmd.CombinedOutput()
	return string(out), cmd.ProcessState.Sys().(syscall.WaitStatus)
}

func isAlone(t *testing.T) bool { return os.Getenv(aloneKey) == t.Name() }

// kill sends a signal to this process.
func kill(t *testing.T, sig syscall.Signal) {
	t.Helper()
	require.NoError(t, syscall.Kill(syscall.Getpid(), sig))
}

// A signal between the building of an application and its start is caught by Run,
// which starts nothing.
func TestSignalBetweenBuildingAndStarting(t *testing.T) {
	if !isAlone(t) {
		printed, status := alone(t)
		require.Zero(t, status.ExitStatus(), printed)
		return
	}
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGTERM)
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	j := &journal{}
	err := fxservices.Run(ctx, fx.Supply(j), fxservices.Module(), fxservices.Provide(NewAPI),
		fx.WithLogger(func() fxevent.Logger {
			return logger(func(event fxevent.Event) {
				if _, starting := event.(*fxevent.OnStartExecuting); starting {
					kill(t, syscall.SIGTERM)
					<-signals // it has come
				}
			})
		}))
	var signaled *runner.SignalError
	require.ErrorAs(t, err, &signaled)
	require.Empty(t, j.String())
}

// The first signal while an application is built is caught, a second one ends the
// process.
func TestSecondSignalWhileBuilding(t *testing.T) {
	p := begin(t, "run building").await("building")
	sent := make(chan struct{})
	go func() {
		defer close(sent)
		again := time.NewTicker(50 * time.Millisecond) // more often it would come while the process dies
		defer again.Stop()
		for p.cmd.Process.Signal(syscall.SIGTERM) == nil {
			<-again.C
		}
	}()
	p.end()
	<-sent
	require.Equal(t, syscall.SIGTERM, p.cmd.ProcessState.Sys().(syscall.WaitStatus).Signal())
}

// A signal after Run has the default action of the system.
func TestSignalAfterRun(t *testing.T) {
	if !isAlone(t) {
		printed, status := alone(t)
		require.Equal(t, syscall.SIGTERM, status.Signal(), printed)
		return
	}
	ctx, cancel := context.WithCancel(t.Context())
	require.ErrorIs(t, fxservices.Run(ctx, fx.NopLogger, fxservices.Module(), fx.Invoke(cancel)), context.Canceled)
	kill(t, syscall.SIGTERM)
	<-time.After(5 * time.Second) // in vain
}
