package draw

import "strings"

// describe writes the title and the description, for screen readers.
func (p *picture) describe() {
	p.raw(`<title id="timeline-title">`)
	writeXML(&p.out, p.headline())
	p.raw("</title>\n" + `<desc id="timeline-desc">`)
	text := strings.Join(p.facts(), "; ")
	if legend := p.names.legend(); legend != "" {
		text += ". " + legend
	}
	if names := p.pathNames(); names != "" {
		text += ". Critical path: " + names
	}
	writeXML(&p.out, text+".")
	p.raw("</desc>\n")
}

// pathNames returns the names of the critical path, as many as one can listen to.
func (p *picture) pathNames() string {
	const most = 20
	var names []string
	for _, i := range p.critical.order[:min(len(p.critical.order), most)] {
		name, shown := p.names.texts[i]
		if !shown {
			name = oneLine(p.Services[i].Name)
		}
		names = append(names, fit(name, sizeText, mostNames))
	}
	if more := len(p.critical.order) - most; more > 0 {
		names = append(names, thousands(more)+" more")
	}
	return strings.Join(names, ", ")
}

func (p *picture) drawHead() {
	p.text("head", "start", svgMargin, yHead, p.headline())
	p.text("muted", "start", svgMargin, yFacts, fit(strings.Join(p.facts(), "  ·  "), sizeText, svgWidth-2*svgMargin))
}

// drawHidden says how many services have no row.
func (p *picture) drawHidden() {
	var parts []string
	if n := p.hidden(); n > 0 {
		parts = append(parts, thousands(n)+" more not shown")
	}
	if p.Dropped > 0 {
		parts = append(parts, thousands(p.Dropped)+" more not recorded")
	}
	if len(parts) > 0 {
		p.text("muted", "start", svgMargin, p.height-14, strings.Join(parts, ", "))
	}
}
