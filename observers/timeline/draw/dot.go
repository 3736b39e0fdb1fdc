package draw

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"github.com/go-fxservices/services/observers/timeline"
)

// DOT draws the graph of services in the language of Graphviz, with an edge from each
// service to each that it directly starts after. The critical path is bold, services
// that failed are octagons, and barriers have dashed outlines.
func DOT(w io.Writer, s timeline.Snapshot) error {
	var out bytes.Buffer
	m := newModel(s)
	all := m.foremost(len(m.Services))
	n := newNames(m, all, labelWidth, longestName)
	out.WriteString("digraph services {\n" +
		"\trankdir=RL\n" +
		"\tnode [shape=box, fontname=\"sans-serif\", style=filled, fillcolor=white]\n" +
		"\tedge [color=\"#6e7781\"]\n")
	if legend := n.legend(); legend != "" {
		fmt.Fprintf(&out, "\tgraph [labelloc=t, fontname=\"sans-serif\", label=\"%s\"]\n", dotLabel(wrap(legend, sizeText, 3*labelWidth)))
	}
	for i := range m.Services {
		fmt.Fprintf(&out, "\ts%d [label=\"%s\"%s]\n", i, dotLabel(m.nodeLines(i, n)), m.dotLooks(i))
	}
	for _, e := range m.allEdges() {
		looks := ""
		if m.critical.hasEdge(e.need, e.service) {
			looks = ` [color=black, penwidth=2.5]`
		}
		fmt.Fprintf(&out, "\ts%d -> s%d%s\n", e.service, e.need, looks)
	}
	out.WriteString("}\n")
	_, err := w.Write(out.Bytes())
	return err
}

// dotLooks returns the attributes of a node after its label.
func (m *model) dotLooks(i int) string {
	style, looks := "filled", ""
	if m.Services[i].Barrier != "" {
		style += ",dashed"
	}
	if m.critical.has(i) {
		style += ",bold"
		looks += ", penwidth=2.5"
	}
	if m.failed(i) {
		looks += `, shape=octagon, color="#d55e00"`
	}
	if style != "filled" {
		looks += `, style="` + style + `"`
	}
	return looks
}

// dotLabel joins and escapes lines for a quoted string. Graphviz reads HTML entities
// in labels, so it escapes & too.
func dotLabel(lines []string) string {
	escape := strings.NewReplacer(`\`, `\\`, `"`, `\"`, `&`, `&amp;`)
	escaped := make([]string, len(lines))
	for i, line := range lines {
		escaped[i] = escape.Replace(line)
	}
	return strings.Join(escaped, `\n`)
}
