package readme_test

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// block is a fenced block of a document.
type block struct {
	line     int // of its first line
	language string
	text     string
}

func blocks(markdown string) (found []block) {
	var now *block
	for i, line := range strings.Split(markdown, "\n") {
		switch language, isFence := strings.CutPrefix(line, "```"); {
		case isFence && now == nil:
			now = &block{line: i + 2, language: language}
		case isFence:
			found = append(found, *now)
			now = nil
		case now != nil:
			now.text += line + "\n"
		}
	}
	return found
}

// TestOutputs runs the programs of the documents that have a block of text right behind them: what they print. A test that has a
// program before it is run too.
func TestOutputs(t *testing.T) {
	t.Parallel()
	ran := 0
	for _, name := range documents(t) {
		all := blocks(read(t, name))
		for i, b := range all {
			isProgram := b.language == "go" && strings.HasPrefix(b.text, "package main\n")
			switch {
			case isProgram && strings.Contains(b.text, `"testing"`):
				ran++
				t.Run(fmt.Sprintf("%s line %d passes", name, b.line), func(t *testing.T) {
					t.Parallel()
					passes(t, all[i-1].text, b.text)
				})
			case isProgram && i+1 < len(all) && all[i+1].language == "text":
				ran++
				t.Run(fmt.Sprintf("%s line %d prints what is written", name, b.line), func(t *testing.T) {
					t.Parallel()
					cmd := exec.CommandContext(t.Context(), build(t, b.text))
					cmd.Stderr = os.Stderr
					output, err := cmd.Output()
					require.NoError(t, err)
					require.Equal(t, all[i+1].text, string(output))
				})
			}
		}
	}
	require.Greater(t, ran, 4)
}

// passes runs a test beside its program, as a package of this module.
func passes(t *testing.T, program, test string) {
	t.Helper()
	here, err := os.Getwd()
	require.NoError(t, err)
	dir, replaced := t.TempDir(), map[string]string{}
	for name, text := range map[string]string{"main.go": program, "main_test.go": test} {
		file := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
		replaced[filepath.Join(here, "tested", name)] = file
	}
	overlay, err := json.Marshal(map[string]any{"Replace": replaced})
	require.NoError(t, err)
	file := filepath.Join(dir, "overlay.json")
	require.NoError(t, os.WriteFile(file, overlay, 0o600))
	binary := filepath.Join(dir, "tested")
	for _, cmd := range []*exec.Cmd{
		exec.CommandContext(t.Context(), "go", "test", "-vet=off", "-overlay", file, "-c", "-o", binary, "./tested"),
		exec.CommandContext(t.Context(), binary),
	} {
		output, err := cmd.CombinedOutput()
		require.NoError(t, err, "%s: %s", cmd, output)
	}
}
