package timeline_test

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/observers/timeline"
)

func TestWriteFile(t *testing.T) {
	s := timeline.New().Snapshot()
	for name, write := range map[string]func(io.Writer) error{
		"start.svg": s.WriteSVG, "start.txt": s.WriteText, "start.dot": s.WriteDOT,
		"start.json": s.WriteJSON, "start.trace.json": s.WriteTrace,
		"start.mmd": s.WriteGantt, "start.graph.mmd": s.WriteMermaid,
	} {
		t.Run("writes what the name "+name+" asks for", func(t *testing.T) {
			path := filepath.Join(t.TempDir(), name)
			require.NoError(t, os.WriteFile(path, []byte("old"), 0o600))
			var want bytes.Buffer
			require.NoError(t, write(&want))
			require.NoError(t, s.WriteFile(path))
			got, err := os.ReadFile(path)
			require.NoError(t, err)
			require.Equal(t, want.String(), string(got))
		})
	}

	t.Run("refuses a name that asks for nothing", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "start.png")
		require.EqualError(t, s.WriteFile(path), `write timeline "`+path+`": the name must end with one of `+
			`.svg, .txt, .trace.json, .json, .graph.mmd, .mmd, .dot`)
		require.NoFileExists(t, path)
	})

	t.Run("leaves nothing behind when it fails", func(t *testing.T) {
		folder := t.TempDir()
		require.NoError(t, os.Mkdir(filepath.Join(folder, "start.svg"), 0o700))
		require.ErrorContains(t, s.WriteFile(filepath.Join(folder, "start.svg")), "start.svg")
		require.ErrorIs(t, s.WriteFile(filepath.Join(folder, "none", "start.svg")), os.ErrNotExist)
		left, err := os.ReadDir(folder)
		require.NoError(t, err)
		require.Len(t, left, 1)
	})
}
