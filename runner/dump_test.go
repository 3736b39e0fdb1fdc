package runner_test

import (
	"bytes"
	"regexp"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/runner"
)

// dumped is the dump of r without what is inside of stacks.
func dumped(t *testing.T, r *runner.Runner) string {
	t.Helper()
	var text bytes.Buffer
	require.NoError(t, r.Dump(&text))
	return regexp.MustCompile(`(?m)^\t.*\n`).ReplaceAllString(text.String(), "")
}

func TestDump(t *testing.T) {
	inBubble(t, "has the state of each service that is started or to be", func(t *testing.T) {
		var j journal
		r := newRunner()
		require.Equal(t, "runner: idle\n", dumped(t, r))
		require.NoError(t, r.Run(t.Context(), j.resource("old")))
		release := make(chan struct{})
		wait := running(t, r, j.resource("db"), j.server("api"), j.resource("cache", until(release)), j.resource("new"))
		require.Equal(t, "runner: starting\nresource \"old\": ready\nresource \"db\": ready\nserver \"api\": ready\n"+
			"resource \"cache\": starting\nresource \"new\": new\n", dumped(t, r))
		close(release)
		synctest.Wait()
		require.Contains(t, dumped(t, r), "runner: ready\n")
		finish(t, r)
		require.NoError(t, wait())
		require.Equal(t, "runner: stopped\n", dumped(t, r))
	})

	inBubble(t, "has the stacks of a service, and not those of others", func(t *testing.T) {
		var j journal
		r := newRunner()
		release := make(chan struct{})
		wait := running(t, r, j.server("api"), j.resource("stuck \"one\"", until(release)))
		var text bytes.Buffer
		require.NoError(t, r.Dump(&text))
		stacks := regexp.MustCompile(`(?s)^runner: starting\nserver "api": ready\n(\t.*)resource "stuck \\"one\\"": starting\n(\t.*)$`).
			FindStringSubmatch(text.String())
		require.Len(t, stacks, 3, text.String())
		require.Contains(t, stacks[1], "untilEnd")
		require.NotContains(t, stacks[2], "untilEnd")
		require.Contains(t, stacks[2], "until.")
		close(release)
		synctest.Wait()
		finish(t, r)
		require.NoError(t, wait())
	})

	t.Run("returns the error of the writer", func(t *testing.T) {
		require.ErrorIs(t, newRunner().Dump(failingWriter{}), errBoom)
	})

	t.Run("is off without a writer", func(t *testing.T) {
		r := newRunner(runner.WithDump(nil))
		require.NoError(t, r.Run(t.Context(), (&journal{}).resource("db")))
		finish(t, r)
	})
}

type failingWriter struct{}

func (failingWriter) Write([]byte) (int, error) { return 0, errBoom }
