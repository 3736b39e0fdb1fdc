// Package dot reads the constructors of a container from the DOT text that dig writes and fx provides as fx.DotGraph.
// That text is the only public description of a container.
//
// Parse accepts exactly the lines that dig writes for a container without errors and refuses all others. Skipping a line
// could mean missing a dependency, and a service that starts too early is worse than a graph that is not used.
package dot

import (
	"fmt"
	"strconv"
	"strings"
)

// Constructor is one constructor of a container. Keys name the values that it takes and returns, as dig writes them:
// "*app.DB", "*app.DB[name=replica]", and for a value group "[type=*app.DB group=pool]".
type Constructor struct {
	Name     string   // of the function, with its package
	Needs    []string // the keys of its parameters
	Optional []string // the Needs that may be missing from the container
	Provides []string // the keys of its results
}

// Parse returns the constructors in text, in their order. An error names the line that Parse does not know.
func Parse(text string) ([]Constructor, error) {
	p := parser{groupOf: map[string]string{}}
	for line := range strings.Lines(text) {
		p.line++
		line = strings.TrimSpace(line) // versions of dig indent differently
		if line != "" && !p.read(line) {
			return nil, fmt.Errorf("dependency graph, line %d: unknown: %.100q", p.line, line)
		}
	}
	if !p.closed {
		return nil, fmt.Errorf("dependency graph, line %d: it has no end", p.line)
	}
	p.nameGroups()
	return p.constructors, nil
}

// IsGroup reports whether key names a value group.
func IsGroup(key string) bool { return strings.HasPrefix(key, "[type=") }

type parser struct {
	line         int
	inside       bool              // the box of a constructor
	closed       bool              // the graph: nothing may follow
	groupOf      map[string]string // the key of the group, by the key of a member
	constructors []Constructor

	// How the lines of the newest constructor begin and end.
	box, node, need, end, optionalEnd string
}

// read takes one line, and reports whether it is a known one.
func (p *parser) read(line string) bool {
	switch {
	case p.closed:
		return false
	case p.line <= len(head): // no version of dig writes empty lines there
		return line == head[p.line-1]
	case p.inside:
		return p.readInside(line)
	case line == "}":
		p.closed = true
		return true
	case strings.HasPrefix(line, "subgraph cluster_"):
		p.begin(len(p.constructors))
		return line == p.box
	case strings.HasPrefix(line, "constructor_"):
		return p.readNeed(line)
	default:
		return p.readGroup(line)
	}
}

var head = []string{"digraph {", "rankdir=RL;", "graph [compound=true];"}

func (p *parser) begin(index int) {
	p.constructors = append(p.constructors, Constructor{})
	p.inside = true
	p.box = fmt.Sprintf("subgraph cluster_%d {", index)
	p.node = fmt.Sprintf("constructor_%d [shape=plaintext label=", index)
	p.need = fmt.Sprintf("constructor_%d -> ", index)
	p.end = fmt.Sprintf(" [ltail=cluster_%d];", index)
	p.optionalEnd = fmt.Sprintf(" [ltail=cluster_%d style=dashed];", index)
}

// readInside takes a line of the box of the newest constructor.
func (p *parser) readInside(line string) bool {
	c := &p.constructors[len(p.constructors)-1]
	if line == "}" {
		p.inside = false
		return c.Name != ""
	}
	if quoted, ok := between(line, "label = ", ";"); ok {
		name, ok := unquote(quoted)
		c.Name = name
		return ok
	}
	if quoted, ok := between(line, p.node, "];"); ok {
		name, ok := unquote(quoted)
		if c.Name != "" {
			name = c.Name + "." + name
		}
		c.Name = name
		return ok
	}
	key, rest, ok := quoted(line, "")
	c.Provides = append(c.Provides, key)
	return ok && strings.HasPrefix(rest, " [label=<") && strings.HasSuffix(rest, ">];")
}

// readNeed takes the line of a parameter of the newest constructor.
func (p *parser) readNeed(line string) bool {
	if len(p.constructors) == 0 {
		return false
	}
	key, rest, ok := quoted(line, p.need)
	c := &p.constructors[len(p.constructors)-1]
	c.Needs = append(c.Needs, key)
	if rest == p.optionalEnd {
		c.Optional = append(c.Optional, key)
		return ok
	}
	return ok && rest == p.end
}

// readGroup takes a line of a value group: the one that declares it, or that of a member.
func (p *parser) readGroup(line string) bool {
	group, rest, ok := quoted(line, "")
	if !ok {
		return false
	}
	if strings.HasPrefix(rest, " [shape=diamond label=<") {
		return strings.HasSuffix(rest, ">];")
	}
	member, rest, ok := quoted(rest, " -> ")
	p.groupOf[member] = group
	return ok && rest == ";"
}

// nameGroups replaces the key of each member of a group by the key of the group. It comes last, because dig writes the
// groups after the constructors.
func (p *parser) nameGroups() {
	for i := range p.constructors {
		provides := p.constructors[i].Provides
		for j, key := range provides {
			if group, ok := p.groupOf[key]; ok {
				provides[j] = group
			}
		}
	}
}

// between cuts prefix and suffix off.
func between(line, prefix, suffix string) (middle string, ok bool) {
	middle, ok = strings.CutPrefix(line, prefix)
	if !ok {
		return "", false
	}
	return strings.CutSuffix(middle, suffix)
}

// quoted reads a quoted text after prefix, and returns the rest of the line.
func quoted(line, prefix string) (text, rest string, ok bool) {
	line, ok = strings.CutPrefix(line, prefix)
	if !ok {
		return "", "", false
	}
	literal, err := strconv.QuotedPrefix(line)
	if err != nil {
		return "", "", false
	}
	text, ok = unquote(literal)
	return text, line[len(literal):], ok
}

func unquote(literal string) (string, bool) {
	text, err := strconv.Unquote(literal)
	return text, err == nil && strings.HasPrefix(literal, `"`)
}
