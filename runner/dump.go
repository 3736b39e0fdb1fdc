package runner

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/go-fxservices/services/internal/identity"
)

// dump writes the state of everything; see [Runner.Dump].
func (c *core) dump(w io.Writer) error {
	if identity.IsNil(w) {
		return errors.New("dump: nil writer")
	}
	p := c.stacks.after(time.Now())
	<-p.done
	var text bytes.Buffer
	fmt.Fprintf(&text, "runner: %v\n", c.registry.state())
	for _, status := range c.registry.everything() {
		fmt.Fprintf(&text, "%s %q: %v\n", status.Kind, status.Name, status.State)
		for line := range bytes.Lines(p.of(status.Name)) {
			fmt.Fprintf(&text, "\t%s\n", bytes.TrimRight(line, "\n"))
		}
	}
	_, err := w.Write(text.Bytes())
	return err
}
