package draw

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"github.com/go-fxservices/services/observers/timeline"
)

// graphNodes and graphEdges bound a flowchart: Mermaid refuses more than 500 edges.
const (
	graphNodes = 100
	graphEdges = 480
)

// MermaidGraph draws the graph of services as a Mermaid flowchart, with an edge from
// each service to each that it directly starts after. The critical path has thick
// lines, services that failed have a coloured outline, and barriers a dashed one.
//
// Mermaid draws no large graphs. The chart has at most 100 services: failed ones first,
// then the critical path, then the slowest. It has at most 480 edges, and a comment
// says how many more there are.
func MermaidGraph(w io.Writer, s timeline.Snapshot) error {
	return writeMermaid(w, newFlowchart(newModel(s)).render)
}

// flowchart is a chart to be drawn.
type flowchart struct {
	*model
	nodes []int
	edges []edge
	more  int // edges that are left out
}

func newFlowchart(m *model) *flowchart {
	f := &flowchart{model: m, nodes: m.foremost(graphNodes)}
	f.edges, f.more = m.flowchartEdges(f.nodes)
	return f
}

// render draws the chart, with names up to a number of pixels.
func (f *flowchart) render(most float64) *bytes.Buffer {
	var out bytes.Buffer
	n := newNames(f.model, f.nodes, labelWidth, most)
	out.WriteString("flowchart RL\n")
	if legend := n.legend(); legend != "" {
		fmt.Fprintf(&out, "    names[\"%s\"]\n    style names fill:none,stroke:none\n", mermaidLines(wrap(legend, sizeText, labelWidth)))
	}
	for _, i := range f.nodes {
		fmt.Fprintf(&out, "    s%d[\"%s\"]\n", i, mermaidLines(f.nodeLines(i, n)))
	}
	for _, e := range f.edges {
		arrow := "-->"
		if f.critical.hasEdge(e.need, e.service) {
			arrow = "==>"
		}
		fmt.Fprintf(&out, "    s%d %s s%d\n", e.service, arrow, e.need)
	}
	f.writeClasses(&out)
	if hidden := len(f.Services) - len(f.nodes); hidden > 0 {
		fmt.Fprintf(&out, "    %%%% %s more not shown\n", count(hidden, "service"))
	}
	if f.more > 0 {
		fmt.Fprintf(&out, "    %%%% %s more not shown\n", count(f.more, "edge"))
	}
	return &out
}

// flowchartEdges returns the edges between the nodes, and how many more there are.
func (m *model) flowchartEdges(nodes []int) (edges []edge, more int) {
	shown := make(map[int]bool, len(nodes))
	for _, i := range nodes {
		shown[i] = true
	}
	var others []edge
	for _, e := range m.allEdges() {
		switch {
		case !shown[e.service] || !shown[e.need]:
		case m.critical.hasEdge(e.need, e.service):
			edges = append(edges, e)
		default:
			others = append(others, e)
		}
	}
	room := min(max(graphEdges-len(edges), 0), len(others))
	return append(edges, others[:room]...), len(others) - room
}

// writeClasses gives the nodes their looks. The colours are readable on light and on
// dark pages, and the strokes say the same to people who cannot see the colours.
func (f *flowchart) writeClasses(out *bytes.Buffer) {
	for _, class := range []struct {
		name, looks string
		has         func(i int) bool
	}{
		{"critical", "stroke-width:4px", f.critical.has},
		{"failed", "stroke:#d55e00", f.failed},
		{"barrier", "stroke-dasharray:6 4", func(i int) bool { return f.Services[i].Barrier != "" }},
	} {
		var ids []string
		for _, i := range f.nodes {
			if class.has(i) {
				ids = append(ids, fmt.Sprintf("s%d", i))
			}
		}
		if len(ids) > 0 {
			fmt.Fprintf(out, "    classDef %s %s\n    class %s %s\n", class.name, class.looks, strings.Join(ids, ","), class.name)
		}
	}
}
