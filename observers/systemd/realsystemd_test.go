//go:build unix

package systemd_test

import (
	"context"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/observers/systemd"
	"github.com/go-fxservices/services/runner"
)

func init() {
	programs["job"] = job
	programs["silent"] = func() error { return nil }
}

// job is a program that is ready once it is loaded, and then done.
func job() error {
	once := runner.NewJob("once", func(ctx context.Context) error {
		select {
		case <-time.After(200 * time.Millisecond): // it is ready meanwhile
		case <-ctx.Done():
		}
		return ctx.Err()
	})
	return runner.NewRunner(runner.WithObserver(systemd.New())).Run(context.Background(), once)
}

// TestSystemd runs a program under a real one. With Type=notify systemd takes a program that ends without READY=1 for a failed one.
func TestSystemd(t *testing.T) {
	run, err := exec.LookPath("systemd-run")
	if err != nil {
		t.Skip("systemd-run is not installed: it is in the package systemd")
	}
	manager := ""
	for _, m := range []string{"--system", "--user"} {
		if exec.CommandContext(t.Context(), run, m, "--wait", "--collect", "--quiet", "true").Run() == nil {
			manager = m
			break
		}
	}
	if manager == "" {
		t.Skip("no systemd runs here")
	}
	self, err := os.Executable()
	require.NoError(t, err)
	for program, succeeds := range map[string]bool{"job": true, "silent": false} {
		out, err := exec.CommandContext(t.Context(), run, manager, "--wait", "--collect", "--pipe",
			"--property=Type=notify", "--setenv="+programKey+"="+program, self).CombinedOutput()
		require.Equal(t, succeeds, err == nil, "%s: %s", program, out)
	}
}
