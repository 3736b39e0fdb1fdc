package draw

import (
	"strings"

	"github.com/go-fxservices/services/internal/printable"
	"github.com/go-fxservices/services/internal/units"
	"github.com/go-fxservices/services/observers/timeline"
	"github.com/go-fxservices/services/runner"
)

// isBackground reports whether the bars of a step are thin ones behind all others.
func isBackground(step timeline.Step) bool {
	return step == timeline.StepWait || step == timeline.StepServe
}

// drawServing draws the bars behind everything else: waiting and serving.
func (p *picture) drawServing() {
	for _, row := range p.rows {
		for _, span := range p.Spans(row.service) {
			if isBackground(span.Step) {
				p.drawSpan(p.Services[row.service].Kind, span, row.y())
			}
		}
	}
}

func (p *picture) drawSpan(kind runner.Kind, span timeline.Span, y float64) {
	for _, look := range stepLooks {
		if look.step != span.Step {
			continue
		}
		x, width := p.bar(span)
		class := look.class
		if span.Failed && span.Step != timeline.StepServe {
			class = "fail"
		}
		word := look.word
		if kind == runner.KindJob && span.Step == timeline.StepServe {
			word = "running"
		}
		p.rect(class, x, y-look.height/2, width, look.height, 1, word+" "+units.Brief(span.Duration()))
		if span.Open && span.Step != timeline.StepServe {
			p.rect("open", x, y-look.height/2, width, look.height, 1, "")
		}
	}
}

// drawLinks connects the services of the critical path: from the end of one start,
// down to the next row, and along to where that start begins.
func (p *picture) drawLinks() {
	byService := make(map[int]row, len(p.rows))
	for _, row := range p.rows {
		byService[row.service] = row
	}
	for _, row := range p.rows {
		next, onPath := p.critical.next[row.service]
		below, shown := byService[next]
		if !onPath || !shown {
			continue
		}
		p.path("link", "M"+pixels(p.scale.ends(p.start(row.service).End))+" "+pixels(row.y())+
			"V"+pixels(below.y())+"H"+pixels(p.scale.begins(p.start(next).Begin)))
	}
}

func (p *picture) drawServices() {
	for _, row := range p.rows {
		p.raw("<g>")
		p.title(p.details(row.service))
		p.raw("\n")
		p.drawService(row)
		p.raw("</g>\n")
	}
}

func (p *picture) drawService(row row) {
	i, y := row.service, row.y()
	service, class := &p.Services[i], ""
	if p.critical.has(i) {
		class = "bold"
	}
	p.lines(class, svgMargin, row.top+rowHeight/2+4, row.name)
	if service.Barrier != "" {
		p.drawBarrier(p.left-markRoom/2, y)
	}
	for _, span := range p.Spans(i) {
		if !isBackground(span.Step) {
			p.drawSpan(service.Kind, span, y)
		}
		if span.Step == timeline.StepStop && span.Failed {
			p.drawFailure(p.clamp(p.scale.ends(span.End)), y)
		}
	}
	if p.critical.has(i) {
		x, width := p.bar(p.start(i))
		p.rect("critical", x-1.5, y-6.5, width+3, 13, 2, "")
	}
	if !service.Failed.IsZero() {
		p.drawFailure(p.clamp(p.scale.ends(service.Failed)), y)
	}
	class, text := p.sum(i)
	p.text(class, "end", svgWidth-svgMargin, y+4, fit(text, sizeText, (sumRoom-4)/boldness))
}

// clamp keeps the middle of a mark within the bars.
func (p *picture) clamp(x float64) float64 { return min(max(x, p.left), p.right) }

// sum returns the last column of a service, and its class.
func (p *picture) sum(i int) (class, text string) {
	service := &p.Services[i]
	switch {
	case !service.Failed.IsZero() && service.Ready.IsZero():
		return "alarm", "failed " + units.Brief(p.Own(i))
	case !service.Failed.IsZero() && service.Kind == runner.KindServer:
		return "alarm", "failed serving"
	case !service.Failed.IsZero():
		return "alarm", "failed later"
	case service.Err != nil && !service.StopBegan.IsZero():
		return "alarm", "stop failed"
	case !p.hasBegun(i):
		return "muted", "not begun"
	case service.Ready.IsZero():
		return "", units.Brief(p.Own(i)) + " so far"
	case p.critical.has(i):
		return "bold", units.Brief(p.Own(i))
	default:
		return "", units.Brief(p.Own(i))
	}
}

// details returns the text that browsers show at the pointer, and that screen readers
// read.
func (p *picture) details(i int) string {
	service := &p.Services[i]
	_, sum := p.sum(i)
	lines := []string{service.Name, strings.TrimSpace(string(service.Kind) + " " + sum)}
	if wait := p.Wait(i); wait > 0 {
		lines = append(lines, "waited for its turn "+units.Brief(wait))
	}
	if ran, done := service.Done(); done {
		lines = append(lines, "done after "+units.Brief(ran))
	}
	if service.Attempts > 0 {
		lines = append(lines, count(service.Attempts, "attempt"))
	}
	if service.Barrier != "" {
		lines = append(lines, "barrier: "+service.Barrier)
	}
	if service.Err != nil {
		lines = append(lines, strings.Split(errorText(service.Err), "\n")...)
	}
	for i, line := range lines {
		lines[i] = printable.Line(line)
	}
	return strings.Join(lines, "\n")
}
