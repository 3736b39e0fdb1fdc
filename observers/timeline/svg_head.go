package timeline

import (
	"strings"
	"time"
)

// describe writes the title and the description that screen readers read.
func (p *picture) describe() {
	p.raw(`<title id="timeline-title">`)
	writeXML(&p.out, p.headline())
	p.raw("</title>\n" + `<desc id="timeline-desc">`)
	text := strings.Join(p.s.facts(), "; ")
	if names := p.pathNames(); names != "" {
		text += ". Critical path: " + names
	}
	writeXML(&p.out, text+".")
	p.raw("</desc>\n")
}

func (p *picture) headline() string {
	return "Start and shutdown of " + count(len(p.s.Services)+p.s.Dropped, "service")
}

// pathNames returns the names of the critical path, as many as one can listen to.
func (p *picture) pathNames() string {
	const most = 20
	var names []string
	for _, i := range p.chain.order[:min(len(p.chain.order), most)] {
		names = append(names, fit(oneLine(p.s.Services[i].Name), sizeText, mostNames))
	}
	if more := len(p.chain.order) - most; more > 0 {
		names = append(names, thousands(more)+" more")
	}
	return strings.Join(names, ", ")
}

// facts are what there is to say about the whole.
func (s *Snapshot) facts() []string {
	var facts []string
	if !s.Constructed.IsZero() {
		facts = append(facts, "constructed in "+brief(max(s.Constructed.Sub(s.begin()), 0)))
	}
	facts = append(facts, s.outcome())
	path := s.critical()
	var longest time.Duration
	for _, i := range path.order {
		longest += s.Own(i)
	}
	if len(path.order) > 0 {
		facts = append(facts, "critical path "+brief(longest)+" in "+count(len(path.order), "service"))
	}
	for _, phase := range s.phases() {
		switch {
		case phase.name == "serving" && phase.open:
			facts = append(facts, "serving for "+brief(phase.took()))
		case phase.name == "serving":
			facts = append(facts, "served for "+brief(phase.took()))
		case phase.name == "stopping" && phase.open:
			facts = append(facts, "still stopping after "+brief(phase.took()))
		case phase.name == "stopping":
			facts = append(facts, "stopped in "+brief(phase.took()))
		}
	}
	return facts
}

// outcome is what became of the start.
func (s *Snapshot) outcome() string {
	since := func(t time.Time) string { return brief(max(t.Sub(s.begin()), 0)) }
	switch {
	case !s.Ready.IsZero():
		return "ready after " + since(s.Ready)
	case !s.failedAt().IsZero():
		return "start failed after " + since(s.failedAt())
	case !s.startEnd().IsZero() && s.Started.IsZero():
		return "start ended after " + since(s.startEnd())
	case !s.Started.IsZero():
		return "started after " + since(s.Started)
	case s.Taken.IsZero():
		return "not started"
	case s.Constructed.IsZero():
		return "still constructing after " + since(s.Taken)
	default:
		return "still starting after " + since(s.Taken)
	}
}

func (p *picture) drawHead() {
	p.text("head", "start", svgMargin, yHead, p.headline())
	p.text("muted", "start", svgMargin, yFacts, fit(strings.Join(p.s.facts(), "  ·  "), sizeText, svgWidth-2*svgMargin))
}

// missing says what is not in the picture; it is empty if all is.
func (p *picture) missing() string {
	var parts []string
	if n := len(p.s.Services) - len(p.rows); n > 0 {
		parts = append(parts, thousands(n)+" more not shown")
	}
	if p.s.Dropped > 0 {
		parts = append(parts, thousands(p.s.Dropped)+" more not recorded")
	}
	return strings.Join(parts, ", ")
}

func (p *picture) drawMissing() {
	if missing := p.missing(); missing != "" {
		p.text("muted", "start", svgMargin, p.height-14, missing)
	}
}
