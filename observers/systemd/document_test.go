//go:build unix

package systemd_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/observers/systemd"
	"github.com/go-fxservices/services/runner"
)

// TestDocument keeps docs/systemd.md in step with the code.
func TestDocument(t *testing.T) {
	read, err := os.ReadFile("../../docs/systemd.md")
	require.NoError(t, err)
	document := string(read)
	service, socket := unit(t, document, "[Unit]"), unit(t, document, "[Socket]")

	t.Run("gives the unit the grace period of the program", func(t *testing.T) {
		graces := regexp.MustCompile(`WithGracePeriod\((\d+)\*time\.Second\)`).FindAllStringSubmatch(document, -1)
		require.NotEmpty(t, graces)
		for _, grace := range graces {
			require.Equal(t, grace[1], value(t, service, "TimeoutStopSec"))
		}
	})

	t.Run("says how much earlier the Runner ends", func(t *testing.T) {
		grace, err := time.ParseDuration(value(t, service, "TimeoutStopSec") + "s")
		require.NoError(t, err)
		earlier := regexp.MustCompile(`ends (\d+ s) earlier`).FindStringSubmatch(service)
		require.NotNil(t, earlier)
		bubble(t, func(t *testing.T) {
			r := runner.NewRunner(runner.WithSignals(), runner.WithGracePeriod(grace))
			require.NoError(t, r.Start(t.Context(), runner.With(runner.NewResource("stuck", nothing, func(ctx context.Context) error {
				<-ctx.Done()
				return ctx.Err()
			}), runner.StopTimeout(time.Hour))))
			r.Shutdown(errBoom)
			began := time.Now()
			require.ErrorIs(t, r.Finish(t.Context()), runner.ErrGracePeriod)
			require.Equal(t, earlier[1], strings.ReplaceAll((grace-time.Since(began)).Round(time.Second).String(), "s", " s"))
		})
	})

	t.Run("says how much time progress gives", func(t *testing.T) {
		m := newManager(t, "").listen(t)
		bubble(t, func(t *testing.T) {
			r := newRunner()
			require.NoError(t, r.Start(t.Context(), resource("db")))
			require.NoError(t, r.Finish(t.Context()))
		})
		require.Positive(t, with(m.end(t), more))
		require.Contains(t, document, "`EXTEND_TIMEOUT_USEC` adds 30 s at each service that has started")
		require.Contains(t, document, "`EXTEND_TIMEOUT_USEC` adds 30 s at each service that has stopped")
	})

	t.Run("beats twice in the time of the watchdog", func(t *testing.T) {
		m := newManager(t, "").listen(t)
		seconds := value(t, service, "WatchdogSec")
		t.Setenv("WATCHDOG_USEC", seconds+"000000")
		watchdog, err := time.ParseDuration(seconds + "s")
		require.NoError(t, err)
		bubble(t, func(t *testing.T) {
			r := runner.NewRunner(runner.WithSignals(), runner.WithObserver(systemd.New()))
			require.NoError(t, r.Start(t.Context()))
			time.Sleep(10*watchdog - time.Second)
			require.NoError(t, r.Finish(t.Context()))
		})
		require.Equal(t, 20, with(m.end(t), "WATCHDOG=1"))
	})

	t.Run("has units that systemd accepts", func(t *testing.T) {
		analyze, err := exec.LookPath("systemd-analyze")
		if err != nil {
			t.Skip("systemd-analyze is not installed: it is in the package systemd")
		}
		dir := t.TempDir()
		require.NoError(t, os.WriteFile(filepath.Join(dir, "hello.service"),
			[]byte(regexp.MustCompile(`(?m)^ExecStart=.*$`).ReplaceAllString(service, "ExecStart=/bin/sh")), 0o600))
		require.NoError(t, os.WriteFile(filepath.Join(dir, "hello.socket"), []byte(socket), 0o600))
		cmd := exec.CommandContext(t.Context(), analyze, "verify", "--man=no", "--recursive-errors=no",
			filepath.Join(dir, "hello.service"), filepath.Join(dir, "hello.socket"))
		cmd.Env = append(os.Environ(), "LC_ALL=C")
		out, err := cmd.CombinedOutput()
		require.NoError(t, err, string(out))
		require.NotRegexp(t, `hello\.(service|socket):\d+:`, string(out), "a line of a unit")
	})
}

// unit returns the unit of the document that begins with a section.
func unit(t *testing.T, document, section string) string {
	t.Helper()
	_, after, found := strings.Cut(document, "```ini\n"+section+"\n")
	require.True(t, found, section)
	text, _, found := strings.Cut(after, "\n```")
	require.True(t, found, section)
	return section + "\n" + text + "\n"
}

// value returns what a unit says for key.
func value(t *testing.T, unit, key string) string {
	t.Helper()
	found := regexp.MustCompile(`(?m)^` + key + `=(.*)$`).FindStringSubmatch(unit)
	require.NotNil(t, found, key)
	return found[1]
}
