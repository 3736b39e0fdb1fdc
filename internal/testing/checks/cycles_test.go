package checks_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/internal/testing/checks"
)

// maxCycle is how many files of a package may use each other: more cannot be read one
// after the other.
const maxCycle = 3

func TestFileCycles(t *testing.T) {
	t.Run("no package has a cycle of more than 3 files", func(t *testing.T) {
		for _, cycle := range fileCycles(t, "./...") {
			if len(cycle.Files) > maxCycle {
				t.Error(cycle)
			}
		}
	})

	t.Run("a cycle of four is found, with what it consists of", func(t *testing.T) {
		cycles := fileCycles(t, testdata+"four")
		require.Len(t, cycles, 1)
		require.Equal(t, module+testdata[1:]+`four: a cycle of 4 files: a.go b.go c.go d.go
	a.go uses b.go: b
	b.go uses c.go: c, next
	c.go uses d.go: d
	d.go uses a.go: first`, cycles[0].String())
	})

	t.Run("cycles that have no file in common are told apart", func(t *testing.T) {
		require.Equal(t, []checks.Cycle{
			{
				Package: module + testdata[1:] + "three",
				Files:   []string{"a.go", "b.go", "c.go"},
				Uses:    []string{"a.go uses b.go: B, field, method", "b.go uses c.go: c", "c.go uses a.go: A"},
			},
			{
				Package: module + testdata[1:] + "three",
				Files:   []string{"d.go", "e.go"},
				Uses:    []string{"d.go uses e.go: E", "e.go uses d.go: D"},
			},
		}, fileCycles(t, testdata+"three"))
	})

	t.Run("names of functions and imports connect no files", func(t *testing.T) {
		require.Empty(t, fileCycles(t, testdata+"none"))
	})

	t.Run("a package that cannot be read is an error that names it", func(t *testing.T) {
		_, err := checks.FileCycles([]checks.Package{{ImportPath: "example.com/m", GoFiles: []string{"gone.go"}}})
		require.ErrorContains(t, err, "example.com/m: open gone.go")
	})

	t.Run("export data that was not listed is an error", func(t *testing.T) {
		packages := listPackages(t, "list", "-json", testdata+"none")
		_, err := checks.FileCycles(packages)
		require.ErrorContains(t, err, "no export data of strings: list it with go list -deps -export")
	})
}

func TestReadPackages(t *testing.T) {
	t.Run("refuses what go list does not print", func(t *testing.T) {
		_, err := checks.ReadPackages(strings.NewReader("no JSON"))
		require.ErrorContains(t, err, "read the output of go list: ")
	})
}

const testdata = "./internal/testing/checks/testdata/"

func fileCycles(t *testing.T, pattern string) []checks.Cycle {
	t.Helper()
	cycles, err := checks.FileCycles(listPackages(t, "list", "-deps", "-export", "-json", pattern))
	require.NoError(t, err)
	return cycles
}

func listPackages(t *testing.T, args ...string) []checks.Package {
	t.Helper()
	packages, err := checks.ReadPackages(bytes.NewReader(output(t, "go", args...)))
	require.NoError(t, err)
	return packages
}
