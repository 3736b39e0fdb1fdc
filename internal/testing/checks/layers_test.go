package checks_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/internal/testing/checks"
)

// howItWorks has a table of the files of package runner.
const howItWorks = "docs/design/000-how-it-works.md"

func TestLayers(t *testing.T) {
	t.Run("files of runner use those of their row and below, as "+howItWorks+" shows", func(t *testing.T) {
		page, err := os.ReadFile(filepath.Join(root(t), howItWorks))
		require.NoError(t, err)
		layers := checks.ReadLayers(string(page))
		require.NotEmpty(t, layers)
		require.Empty(t, faults(t, layers, "./runner"))
	})

	t.Run("a row is a layer, and other tables are none", func(t *testing.T) {
		require.Equal(t, checks.Layers{{"a.go", "b.go"}, {"c.go"}}, checks.ReadLayers(
			"| idea | files | purpose |\n|---|---|---|\n| top | `a.go` `b.go` | x |\n| end | `c.go` | y |\n\n"+
				"| state | `unit` | `d.go` |\n| state | in `d.go` | z |\n"))
	})

	t.Run("faults are named", func(t *testing.T) {
		require.Equal(t, []string{
			"c.go has no layer",
			"d.go uses a.go above it: first",
			"e.go has no layer",
			"x.go does not exist",
		}, faults(t, checks.Layers{{"a.go"}, {"b.go", "x.go"}, {"d.go"}}, testdata+"four"))
	})
}

func faults(t *testing.T, layers checks.Layers, pattern string) []string {
	t.Helper()
	faults, err := layers.Faults(listPackages(t, "list", "-deps", "-export", "-json", pattern))
	require.NoError(t, err)
	return faults
}
