package checks_test

import (
	"encoding/json"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// What a user of the library inherits, and what only its tests need.
var (
	libraries = []string{
		"github.com/cenkalti/backoff/v4",
		"go.uber.org/dig",
		"go.uber.org/fx",
		"go.uber.org/zap",
	}
	testLibraries = []string{
		"github.com/stretchr/testify",
		"go.uber.org/goleak",
		"pgregory.net/rapid",
	}
)

func TestRootModule(t *testing.T) {
	var mod struct {
		Require []struct {
			Path     string
			Indirect bool
		}
		Replace []struct{ Old struct{ Path string } }
	}
	require.NoError(t, json.Unmarshal(output(t, "go", "mod", "edit", "-json"), &mod))

	t.Run("requires nothing beyond what is agreed", func(t *testing.T) {
		for _, r := range mod.Require {
			if !r.Indirect {
				require.Contains(t, slices.Concat(libraries, testLibraries), r.Path)
			}
		}
	})

	t.Run("replaces nothing", func(t *testing.T) {
		require.Empty(t, mod.Replace, "users of a module do not see its replacements")
	})
}

func TestImports(t *testing.T) {
	for name, needed := range map[string][]string{
		"runner": {"runner"}, "httpserver": {"httpserver"}, "runner/consumer": {"runner/consumer", "runner"},
		"runner/runnertest": {"runner/runnertest", "runner"}, "observers/probes": {"observers/probes", "runner"},
		"observers/dashboard": {"observers/dashboard", "observers/timeline", "observers/timeline/draw", "httpserver", "runner"},
		"observers/systemd":   {"observers/systemd", "runner"},
		"httpserver/admin":    {"httpserver/admin", "httpserver", "observers/probes", "runner"},
	} {
		t.Run(name+" needs the standard library only", func(t *testing.T) {
			for _, pkg := range golist(t, "-deps", "-f", "{{if not .Standard}}{{.ImportPath}}{{end}}", "./"+name) {
				inside := strings.TrimPrefix(pkg, module+"/")
				ours := slices.Contains(needed, inside) || strings.HasPrefix(inside, "internal/")
				require.True(t, ours, "%s depends on %s", name, pkg)
			}
		})
	}

	t.Run("test libraries are needed by tests and test helpers only", func(t *testing.T) {
		var packages []string
		for _, pkg := range golist(t, "./...") {
			if !strings.HasSuffix(path.Base(pkg), "test") && !strings.Contains(pkg, "/internal/testing/") {
				packages = append(packages, pkg)
			}
		}
		format := "{{with .Module}}{{.Path}}{{end}}"
		for _, needed := range golist(t, append([]string{"-deps", "-f", format}, packages...)...) {
			require.NotContains(t, testLibraries, needed)
		}
	})
}

func TestWorkspace(t *testing.T) {
	t.Run("names every module but the tools", func(t *testing.T) {
		var work struct{ Use []struct{ DiskPath string } }
		require.NoError(t, json.Unmarshal(output(t, "go", "work", "edit", "-json", "go.work"), &work))
		var used []string
		for _, use := range work.Use {
			used = append(used, path.Clean(use.DiskPath))
		}
		require.ElementsMatch(t, modules(t), used)
	})
}

// modules finds the folders with a go.mod, as the Makefile does.
func modules(t *testing.T) []string {
	t.Helper()
	var found []string
	visit := func(file string, entry fs.DirEntry, err error) error {
		hidden := strings.HasPrefix(entry.Name(), ".") && file != "."
		switch {
		case err != nil:
			return err
		case entry.IsDir() && (hidden || entry.Name() == "testdata" || file == "tools"):
			return fs.SkipDir
		case entry.Name() == "go.mod":
			found = append(found, path.Dir(file))
		}
		return nil
	}
	require.NoError(t, fs.WalkDir(os.DirFS(root(t)), ".", visit))
	return found
}
