package runner

import (
	"bytes"
	"fmt"
	"io"
	"time"

	"github.com/go-fxservices/services/internal/identity"
)

// Dump writes the state of the Runner, that of each service which is started or belongs to a Run under way, and the stacks
// of the goroutines of that service, to w in one Write. Any code may call it at any time, also while something is stuck. It
// briefly stops the world, as a goroutine profile does.
func (r *Runner) Dump(w io.Writer) error {
	if identity.IsNil(w) {
		return fmt.Errorf("dump: nil writer")
	}
	p := r.stacks.after(time.Now())
	<-p.done
	var text bytes.Buffer
	fmt.Fprintf(&text, "runner: %v\n", r.State())
	for _, status := range r.registry.everything() {
		fmt.Fprintf(&text, "%s %q: %v\n", status.Kind, status.Name, status.State)
		for line := range bytes.Lines(p.of(status.Name)) {
			fmt.Fprintf(&text, "\t%s\n", bytes.TrimRight(line, "\n"))
		}
	}
	_, err := w.Write(text.Bytes())
	return err
}
