package draw

import (
	"strings"

	"github.com/go-fxservices/services/internal/units"
)

// labelWidth bounds the lines of labels in graphs, in pixels of a text of size
// sizeText.
const labelWidth = 240

// nodeLines returns the label of a service in a graph: its name on one or more lines,
// and its kind with how long it took to start.
func (m *model) nodeLines(i int, n names) []string {
	service := &m.Services[i]
	var about []string
	if service.Kind != "" {
		about = append(about, fit(oneLine(string(service.Kind)), sizeText, labelWidth/4))
	}
	if m.hasBegun(i) {
		about = append(about, units.Brief(m.Own(i)))
	}
	if m.failed(i) {
		about = append(about, "failed")
	}
	lines := wrap(n.texts[i], sizeText, labelWidth)
	if len(about) > 0 {
		lines = append(lines, strings.Join(about, " · "))
	}
	return lines
}

// edge says that a service starts after another.
type edge struct{ service, need int }

// allEdges ignores indexes of services that do not exist.
func (m *model) allEdges() []edge {
	var edges []edge
	for i := range m.Services {
		for _, need := range m.Services[i].After {
			if need >= 0 && need < len(m.Services) {
				edges = append(edges, edge{i, need})
			}
		}
	}
	return edges
}
