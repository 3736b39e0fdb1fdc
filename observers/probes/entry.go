package probes

import "github.com/go-fxservices/services/internal/printable"

// entry is a line of the answers: a service, or an added check.
type entry struct {
	name    string
	kind    string
	printed string // the name, for a line of text
	check   *check // IsReady, or the function of an added check; nil: none
	health  *check // IsHealthy; nil: none
}

func newEntry(name, kind string) *entry {
	return &entry{name: name, kind: kind, printed: printable.Line(name)}
}
