package release_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/internal/testing/release"
)

const version = "v0.99.0"

// TestRelease prepares a copy of the checkout, and builds a module outside of it against a proxy of what came out.
func TestRelease(t *testing.T) {
	if _, err := exec.LookPath("git"); err != nil && os.Getenv("SERVICES_REQUIRED") != "1" {
		t.Skip("git is not installed")
	}
	here, err := os.Getwd()
	require.NoError(t, err)
	root, env, err := release.Publish(t.Context(), here, version, t.TempDir())
	require.NoError(t, err)
	folders, err := release.Modules(root)
	require.NoError(t, err)
	require.Greater(t, len(folders), 9)

	t.Run("replaces nothing, and requires the version", func(t *testing.T) {
		for _, folder := range folders {
			text, err := os.ReadFile(filepath.Join(root, folder, "go.mod"))
			require.NoError(t, err)
			require.NotContains(t, string(text), "replace")
			if folder != "." {
				require.Contains(t, string(text), release.Module+" "+version)
			}
		}
	})

	t.Run("has a tag for each module", func(t *testing.T) {
		tags := release.Tags(folders, version)
		require.Equal(t, version, tags[0])
		require.Contains(t, tags, "contrib/pgxservice/"+version)
	})

	t.Run("builds in a module outside of the repository", func(t *testing.T) {
		consumer := t.TempDir()
		run := func(args ...string) {
			cmd := exec.CommandContext(t.Context(), "go", args...)
			cmd.Dir, cmd.Env = consumer, env
			output, err := cmd.CombinedOutput()
			require.NoError(t, err, "%s: %s", cmd, output)
		}
		run("mod", "init", "example.com/consumer")
		var imports strings.Builder
		for _, folder := range folders {
			path := release.Path(folder)
			run("get", path+"@"+version)
			if folder == "." {
				path += "/fxservices"
			}
			imports.WriteString("import _ " + string(must(json.Marshal(path))) + "\n")
		}
		require.NoError(t, os.WriteFile(filepath.Join(consumer, "main.go"), []byte("package main\n"+imports.String()+"func main() {}\n"), 0o600))
		run("build", "./...")
	})
}

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}
