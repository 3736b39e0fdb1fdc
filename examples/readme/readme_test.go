// Package readme_test keeps what the documents show in step with the library.
package readme_test

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const root = "../.."

func TestReadme(t *testing.T) {
	text := read(t, "README.md")

	t.Run("is as long as one sitting takes", func(t *testing.T) {
		lines := strings.Count(text, "\n")
		require.GreaterOrEqual(t, lines, 150, "lines of README.md")
		require.LessOrEqual(t, lines, 250, "lines of README.md")
	})

	t.Run("shows a complete program", func(t *testing.T) {
		require.NotEmpty(t, programs(text), "README.md has no go block that begins with package main")
	})
}

func TestPrograms(t *testing.T) {
	t.Parallel()
	for _, name := range documents(t) {
		for line, source := range programs(read(t, name)) {
			t.Run(fmt.Sprintf("%s line %d compiles", name, line), func(t *testing.T) {
				t.Parallel()
				build(t, source)
			})
		}
	}
}

// documents are the README and the pages below docs, relative to the root.
func documents(t *testing.T) []string {
	t.Helper()
	names := []string{"README.md"}
	err := fs.WalkDir(os.DirFS(root), "docs", func(name string, _ fs.DirEntry, err error) error {
		if path.Ext(name) == ".md" {
			names = append(names, name)
		}
		return err
	})
	require.NoError(t, err)
	return names
}

func read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, name))
	require.NoError(t, err, "the repository needs a %s", name)
	return string(text)
}

// programs returns the fenced go blocks that are complete programs, by the line
// that they begin at.
func programs(markdown string) map[int]string {
	found := map[int]string{}
	var block strings.Builder
	fence, first := "", 0
	for i, line := range strings.Split(markdown, "\n") {
		switch mark := strings.TrimSpace(line); {
		case fence == "" && strings.HasPrefix(mark, "```"):
			fence, first = mark, i+2
			block.Reset()
		case fence != "" && mark == "```":
			isProgram := strings.HasPrefix(block.String(), "package main\n") && strings.Contains(block.String(), "func main()")
			if fence == "```go" && isProgram {
				found[first] = block.String()
			}
			fence = ""
		case fence != "":
			block.WriteString(line + "\n")
		}
	}
	return found
}

// build compiles a program as if it were a package of this module, and returns its
// file. Nothing is written to the module: an overlay tells go where the source is.
func build(t *testing.T, source string) string {
	t.Helper()
	dir := t.TempDir()
	program, overlay := filepath.Join(dir, "main.go"), filepath.Join(dir, "overlay.json")
	require.NoError(t, os.WriteFile(program, []byte(source), 0o600))

	built := filepath.Join(dir, "program")

	here, err := os.Getwd()
	require.NoError(t, err)
	inModule := filepath.Join(here, "program", "main.go")
	replace, err := json.Marshal(map[string]any{"Replace": map[string]string{inModule: program}})
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(overlay, replace, 0o600))

	out, err := exec.CommandContext(t.Context(), "go", "build", "-overlay", overlay, "-o", built, "./program").
		CombinedOutput()
	require.NoError(t, err, "%s", out)
	return built
}
