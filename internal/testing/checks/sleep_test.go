package checks_test

import (
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestSleeps keeps tests from waiting by the clock: what they wait for is a
// channel, or time in a synctest bubble. An Example has no bubble, and never sleeps.
func TestSleeps(t *testing.T) {
	const call = "time." + "Sleep("
	sleeps, bubbles := map[string]string{}, map[string]bool{}
	for _, name := range gitFiles(t) {
		if !strings.HasSuffix(name, "_test.go") {
			continue
		}
		text, err := os.ReadFile(filepath.Join(root(t), name))
		if os.IsNotExist(err) {
			continue // removed, and not committed yet
		}
		require.NoError(t, err)
		if strings.Contains(string(text), call) {
			require.False(t, strings.HasPrefix(path.Base(name), "example"), "%s sleeps", name)
			sleeps[path.Dir(name)] = name
		}
		bubbles[path.Dir(name)] = bubbles[path.Dir(name)] || strings.Contains(string(text), `"testing/synctest"`)
	}
	for folder, file := range sleeps {
		require.True(t, bubbles[folder], "%s sleeps, and no test beside it has a synctest bubble", file)
	}
}
