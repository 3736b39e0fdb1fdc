package draw_test

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/observers/timeline"
	"github.com/go-fxservices/services/observers/timeline/draw"
)

func TestWriteFile(t *testing.T) {
	s := timeline.New().Snapshot()
	for name, write := range map[string]func(io.Writer, timeline.Snapshot) error{
		"start.svg": draw.SVG, "start.dot": draw.DOT, "start.trace.json": draw.Trace,
		"start.mmd": draw.MermaidGantt, "start.graph.mmd": draw.MermaidGraph,
		"start.txt":  func(w io.Writer, s timeline.Snapshot) error { return s.WriteText(w) },
		"start.json": func(w io.Writer, s timeline.Snapshot) error { return s.WriteJSON(w) },
	} {
		t.Run("writes the format that the name "+name+" asks for", func(t *testing.T) {
			path := filepath.Join(t.TempDir(), name)
			require.NoError(t, os.WriteFile(path, []byte("old"), 0o600))
			var want bytes.Buffer
			require.NoError(t, write(&want, s))
			require.NoError(t, draw.WriteFile(path, s))
			got, err := os.ReadFile(path)
			require.NoError(t, err)
			require.Equal(t, want.String(), string(got))
		})
	}

	t.Run("refuses a name with an unknown ending, and lists the known ones", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "start.png")
		require.EqualError(t, draw.WriteFile(path, s), `write timeline "`+path+`": the name must end with one of `+
			`.svg, .txt, .trace.json, .json, .graph.mmd, .mmd, .dot`)
		require.NoFileExists(t, path)
	})

	t.Run("leaves nothing behind when it fails", func(t *testing.T) {
		folder := t.TempDir()
		require.NoError(t, os.Mkdir(filepath.Join(folder, "start.svg"), 0o700))
		require.ErrorContains(t, draw.WriteFile(filepath.Join(folder, "start.svg"), s), "start.svg")
		require.ErrorIs(t, draw.WriteFile(filepath.Join(folder, "none", "start.svg"), s), os.ErrNotExist)
		left, err := os.ReadDir(folder)
		require.NoError(t, err)
		require.Len(t, left, 1)
	})
}
