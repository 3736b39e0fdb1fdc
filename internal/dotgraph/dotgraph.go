// Package dotgraph reads the constructors of a container from the picture that dig
// draws of it, the only public source of them: fx.DotGraph.
//
// It knows the lines that dig writes for a container without errors, and refuses
// any other: what is not understood must not be taken for what is not there.
package dotgraph

import (
	"fmt"
	"strconv"
	"strings"
)

// Constructor is one constructor of a container. What it needs and gives is named
// by keys, as dig writes them: "*app.DB", "*app.DB[name=replica]", and for a value
// group "[type=*app.DB group=pool]".
type Constructor struct {
	Name     string // of the function, with its package
	Needs    []string
	Optional []string // those of Needs that it can do without
	Gives    []string
}

// Parse returns the constructors in text, in their order.
func Parse(text string) ([]Constructor, error) {
	p := parser{groupOf: map[string]string{}}
	for line := range strings.Lines(text) {
		p.line++
		line = strings.TrimSpace(line) // of which versions of dig write more and less
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

// Group is how the key of a value group begins.
const Group = "[type="

type parser struct {
	line         int
	inside       bool              // a constructor
	closed       bool              // nothing may follow
	groupOf      map[string]string // the key of the group that a result is in
	constructors []Constructor

	// How lines of the newest constructor begin and end.
	box, node, need, end, optionalEnd string
}

// read takes one line, and reports whether it knows it.
func (p *parser) read(line string) bool {
	switch {
	case p.closed:
		return false
	case p.line <= len(head): // no version has empty lines in it
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
	c.Gives = append(c.Gives, key)
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

// readGroup takes a line of a value group: its own, or that of a member.
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

// nameGroups puts the key of its group in the place of each member.
func (p *parser) nameGroups() {
	for i := range p.constructors {
		gives := p.constructors[i].Gives
		for j, key := range gives {
			if group, ok := p.groupOf[key]; ok {
				gives[j] = group
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

// quoted reads a quoted text after prefix, and returns what follows it.
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
