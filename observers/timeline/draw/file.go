package draw

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/go-fxservices/services/observers/timeline"
)

// formats are the endings of file names. Where two fit, the first counts.
var formats = []struct {
	suffix string
	write  func(io.Writer, timeline.Snapshot) error
}{
	{".svg", SVG},
	{".txt", func(w io.Writer, s timeline.Snapshot) error { return s.WriteText(w) }},
	{".trace.json", Trace},
	{".json", func(w io.Writer, s timeline.Snapshot) error { return s.WriteJSON(w) }},
	{".graph.mmd", MermaidGraph},
	{".mmd", MermaidGantt},
	{".dot", DOT},
}

// WriteFile writes a drawing or a report of s to the file at path. The end of the name
// selects the format:
//
//	start.svg          SVG
//	start.txt          timeline.Snapshot.WriteText
//	start.trace.json   Trace
//	start.json         timeline.Snapshot.WriteJSON
//	start.graph.mmd    MermaidGraph
//	start.mmd          MermaidGantt
//	start.dot          DOT
//
// Any other ending is an error that lists these. WriteFile replaces an existing file
// once the new one is complete, so that readers never see half of it. It does not
// create folders. Errors name the path.
func WriteFile(path string, s timeline.Snapshot) error {
	for _, format := range formats {
		if strings.HasSuffix(path, format.suffix) {
			return replace(path, func(w io.Writer) error { return format.write(w, s) })
		}
	}
	return fmt.Errorf("write timeline %q: the name must end with one of %s", path, strings.Join(suffixes(), ", "))
}

func suffixes() []string {
	all := make([]string, len(formats))
	for i, format := range formats {
		all[i] = format.suffix
	}
	return all
}

// replace replaces the file at path, or creates it. It writes to a temporary file in
// the same folder first, because only there a rename is atomic.
func replace(path string, write func(io.Writer) error) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".timeline-*")
	if err != nil {
		return fmt.Errorf("write timeline %q: %w", path, err)
	}
	err = write(f)
	if err == nil {
		err = f.Chmod(0o644)
	}
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		_ = os.Remove(f.Name())
		return fmt.Errorf("write timeline %q: %w", path, err)
	}
	return nil
}
