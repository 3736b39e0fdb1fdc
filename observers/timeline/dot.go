package timeline

import (
	"bytes"
	"fmt"
	"io"
	"strings"
)

// labelWidth bounds the names in graphs, in pixels of a text of 12.
const labelWidth = 240

// WriteDOT writes the graph of what starts after what, in the language of
// Graphviz, with an edge from each service to what it directly starts after. The
// critical path is bold, what failed is an octagon, and barriers are dashed. The
// error is that of w.
func (s *Snapshot) WriteDOT(w io.Writer) error {
	var out bytes.Buffer
	out.WriteString("digraph services {\n" +
		"\trankdir=RL\n" +
		"\tnode [shape=box, fontname=\"sans-serif\", style=filled, fillcolor=white]\n" +
		"\tedge [color=\"#6e7781\"]\n")
	path := s.critical()
	for i := range s.Services {
		fmt.Fprintf(&out, "\ts%d [label=\"%s\"%s]\n", i, dotLabel(s.nodeLines(i)), s.dotLooks(i, path))
	}
	for _, e := range s.edges() {
		looks := ""
		if path.edge(e.need, e.service) {
			looks = ` [color=black, penwidth=2.5]`
		}
		fmt.Fprintf(&out, "\ts%d -> s%d%s\n", e.service, e.need, looks)
	}
	out.WriteString("}\n")
	_, err := w.Write(out.Bytes())
	return err
}

func (s *Snapshot) dotLooks(i int, path criticalPath) string {
	service, style, looks := &s.Services[i], "filled", ""
	if service.Barrier != "" {
		style += ",dashed"
	}
	if path.has(i) {
		style += ",bold"
		looks += ", penwidth=2.5"
	}
	if service.Err != nil || !service.Failed.IsZero() {
		looks += `, shape=octagon, color="#d55e00"`
	}
	if style != "filled" {
		looks += `, style="` + style + `"`
	}
	return looks
}

// dotLabel escapes lines for a string that is quoted. Graphviz reads entities of
// HTML in labels.
func dotLabel(lines []string) string {
	escape := strings.NewReplacer(`\`, `\\`, `"`, `\"`, `&`, `&amp;`)
	for i, line := range lines {
		lines[i] = escape.Replace(line)
	}
	return strings.Join(lines, `\n`)
}

// nodeLines are what the graphs say of a service: its name, and its kind with how
// long it took to start.
func (s *Snapshot) nodeLines(i int) []string {
	service := &s.Services[i]
	var about []string
	if service.Kind != "" {
		about = append(about, fit(oneLine(string(service.Kind)), sizeText, labelWidth/4))
	}
	if begin, _ := s.StartTime(i); !begin.IsZero() {
		about = append(about, brief(s.Own(i)))
	}
	if service.Err != nil || !service.Failed.IsZero() {
		about = append(about, "failed")
	}
	lines := []string{fit(oneLine(service.Name), sizeText, labelWidth)}
	if len(about) > 0 {
		lines = append(lines, strings.Join(about, " · "))
	}
	return lines
}

// edge says that a service starts after another.
type edge struct{ service, need int }

func (s *Snapshot) edges() []edge {
	var edges []edge
	for i := range s.Services {
		for _, need := range s.Services[i].After {
			if s.has(need) {
				edges = append(edges, edge{i, need})
			}
		}
	}
	return edges
}
