package timeline

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// formats are what the name of a file can end with. Of two that fit, the first is
// meant.
var formats = []struct {
	suffix string
	write  func(*Snapshot, io.Writer) error
}{
	{".svg", (*Snapshot).WriteSVG},
	{".txt", (*Snapshot).WriteText},
	{".trace.json", (*Snapshot).WriteTrace},
	{".json", (*Snapshot).WriteJSON},
	{".graph.mmd", (*Snapshot).WriteMermaid},
	{".mmd", (*Snapshot).WriteGantt},
	{".dot", (*Snapshot).WriteDOT},
}

// WriteFile writes the Snapshot to the file at path, in the format that its name
// asks for:
//
//	start.svg          WriteSVG
//	start.txt          WriteText
//	start.trace.json   WriteTrace
//	start.json         WriteJSON
//	start.graph.mmd    WriteMermaid
//	start.mmd          WriteGantt
//	start.dot          WriteDOT
//
// Any other name is an error. A file that is there is replaced once the new one is
// complete. The folder has to exist.
func (s *Snapshot) WriteFile(path string) error {
	for _, format := range formats {
		if strings.HasSuffix(path, format.suffix) {
			return replace(path, func(w io.Writer) error { return format.write(s, w) })
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

// replace puts what write writes in the place of the file at path.
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
