//go:build unix

package fxservices_test

import (
	"context"
	"os"
	"os/exec"
	"os/signal"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/fx"

	"github.com/go-fxservices/services/fxservices"
	"github.com/go-fxservices/services/runner"
)

const served = "starting, start db, start cache, listen api, ready"

func TestSignalsOfTheRunner(t *testing.T) {
	const stopped = ", stopping, close api, stop cache, stop db, stopped"

	t.Run("are those that end Run", func(t *testing.T) {
		p := begin(t, "run called").await("ready")
		printed, code := p.signal(syscall.SIGALRM).quiet()
		require.Equal(t, served+stopped+", result: <nil>", printed)
		require.Zero(t, code)
	})

	t.Run("leave others to the system", func(t *testing.T) {
		for program, sig := range map[string]syscall.Signal{"called": syscall.SIGTERM, "deaf": syscall.SIGTERM} {
			p := begin(t, "run "+program).await("ready")
			printed, _ := p.signal(sig).end()
			require.Equal(t, served, printed, program)
			require.Equal(t, sig, p.cmd.ProcessState.Sys().(syscall.WaitStatus).Signal(), program)
		}
	})

	t.Run("are those that end Run while it builds", func(t *testing.T) {
		printed, code := begin(t, "run building until called").await("building").signal(syscall.SIGALRM).end()
		require.Regexp(t, "^building, .*result: received signal alarm clock$", printed)
		require.Equal(t, 128+int(syscall.SIGALRM), code)
	})

	t.Run("do not end Run where the process ignores them", func(t *testing.T) {
		p := launch(t, "run serving", exec.CommandContext(t.Context(), "/bin/sh", "-c", `trap "" INT; exec "$0"`, os.Args[0]))
		p.await("ready").signal(syscall.SIGINT).signal(syscall.SIGTERM)
		printed, code := p.end()
		require.Contains(t, printed, "signal: terminated")
		require.NotContains(t, printed, "signal: interrupt")
		require.Zero(t, code)
	})
}

// TestNotifyContext gives Run a context that ends with the signal that ends Run: the signal decides.
func TestNotifyContext(t *testing.T) {
	if !isAlone(t) {
		printed, status := alone(t)
		require.Zero(t, status.ExitStatus(), printed)
		return
	}
	for range 50 {
		ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
		up := make(chan (<-chan struct{}), 1)
		newAPI := func(j *journal, r *runner.Runner) *API {
			up <- r.Ready()
			return NewAPI(j)
		}
		ended := async(func() error {
			return fxservices.Run(ctx, fx.NopLogger, fx.Supply(&journal{}), fxservices.Module(), fxservices.Provide(newAPI))
		})
		<-<-up
		kill(t, syscall.SIGTERM)
		require.NoError(t, <-ended)
		stop()
	}
}
