package timeline

import (
	"bytes"
	"fmt"
	"io"
	"strings"
)

// Mermaid refuses more than 500 edges, and texts of more than 50,000 characters.
const (
	mermaidNodes = 100
	mermaidEdges = 480
)

// WriteMermaid writes the graph of what starts after what as a Mermaid flowchart,
// with an edge from each service to what it directly starts after. The critical
// path is thick, what failed is marked, and barriers are dashed. As Mermaid draws no
// large graphs, the chart holds 100 services and 480 edges at most, those of the
// critical path first. The error is that of w.
func (s *Snapshot) WriteMermaid(w io.Writer) error {
	var out bytes.Buffer
	path := s.critical()
	nodes := s.foremost(mermaidNodes, path)
	out.WriteString("flowchart RL\n")
	for _, i := range nodes {
		lines := s.nodeLines(i)
		lines[0] = mermaidText(s.Services[i].Name)
		for more := range lines[1:] {
			lines[1+more] = mermaidEscape(lines[1+more])
		}
		fmt.Fprintf(&out, "    s%d[\"%s\"]\n", i, strings.Join(lines, "<br/>"))
	}
	edges, more := s.mermaidEdges(nodes, path)
	for _, e := range edges {
		arrow := "-->"
		if path.edge(e.need, e.service) {
			arrow = "==>"
		}
		fmt.Fprintf(&out, "    s%d %s s%d\n", e.service, arrow, e.need)
	}
	s.writeClasses(&out, nodes, path)
	if n := len(s.Services) - len(nodes); n > 0 {
		fmt.Fprintf(&out, "    %%%% %s more not shown\n", count(n, "service"))
	}
	if more > 0 {
		fmt.Fprintf(&out, "    %%%% %s more not shown\n", count(more, "edge"))
	}
	_, err := w.Write(out.Bytes())
	return err
}

// mermaidEdges returns the edges between the nodes, and how many more there are.
func (s *Snapshot) mermaidEdges(nodes []int, path criticalPath) (edges []edge, more int) {
	shown := make(map[int]bool, len(nodes))
	for _, i := range nodes {
		shown[i] = true
	}
	var others []edge
	for _, e := range s.edges() {
		switch {
		case !shown[e.service] || !shown[e.need]:
		case path.edge(e.need, e.service):
			edges = append(edges, e)
		default:
			others = append(others, e)
		}
	}
	room := min(max(mermaidEdges-len(edges), 0), len(others))
	return append(edges, others[:room]...), len(others) - room
}

// writeClasses gives the nodes their looks. The colours are readable on light and
// on dark pages; the strokes say the same to who does not see colours.
func (s *Snapshot) writeClasses(out *bytes.Buffer, nodes []int, path criticalPath) {
	for _, class := range []struct {
		name, looks string
		has         func(i int) bool
	}{
		{"critical", "stroke-width:4px", path.has},
		{"failed", "stroke:#d55e00", func(i int) bool { return s.Services[i].Err != nil || !s.Services[i].Failed.IsZero() }},
		{"barrier", "stroke-dasharray:6 4", func(i int) bool { return s.Services[i].Barrier != "" }},
	} {
		var ids []string
		for _, i := range nodes {
			if class.has(i) {
				ids = append(ids, fmt.Sprintf("s%d", i))
			}
		}
		if len(ids) > 0 {
			fmt.Fprintf(out, "    classDef %s %s\n    class %s %s\n", class.name, class.looks, strings.Join(ids, ","), class.name)
		}
	}
}
