package timeline

import "strings"

// bar returns where a span is. It is wide enough to be seen, and within the bars.
func (p *picture) bar(sp span) (x, width float64) {
	x = p.scale.begins(sp.from)
	end := p.scale.ends(sp.to)
	if end < x+leastBar {
		end = x + leastBar
	}
	if end > p.right {
		end, x = p.right, min(x, p.right-leastBar)
	}
	return x, end - x
}

// drawServing draws what is behind everything else: waiting and serving.
func (p *picture) drawServing() {
	for row, i := range p.rows {
		for _, sp := range p.s.spans(i) {
			if sp.step == stepWait || sp.step == stepServe {
				p.drawSpan(sp, p.y(row))
			}
		}
	}
}

func (p *picture) drawSpan(sp span, y float64) {
	for _, look := range stepLooks {
		if look.step != sp.step {
			continue
		}
		x, width := p.bar(sp)
		class := look.class
		if sp.failed && sp.step != stepServe {
			class = "fail"
		}
		p.rect(class, x, y-look.height/2, width, look.height, 1, look.word+" "+brief(sp.took()))
		if sp.open && sp.step != stepServe {
			p.rect("open", x, y-look.height/2, width, look.height, 1, "")
		}
	}
}

// drawLinks connects the services of the critical path: from where one was ready,
// down to the next, and to where that began.
func (p *picture) drawLinks() {
	rows := make(map[int]int, len(p.rows))
	for row, i := range p.rows {
		rows[i] = row
	}
	for row, i := range p.rows {
		below, shown := rows[p.chain.next[i]]
		if !shown || !p.chain.has(i) || p.chain.next[i] < 0 {
			continue
		}
		_, end := p.s.StartTime(i)
		begin, _ := p.s.StartTime(p.chain.next[i])
		p.path("link", "M"+pixels(p.scale.ends(end))+" "+pixels(p.y(row))+
			"V"+pixels(p.y(below))+"H"+pixels(p.scale.begins(begin)))
	}
}

func (p *picture) drawServices() {
	for row, i := range p.rows {
		p.raw("<g>")
		p.title(p.details(i))
		p.raw("\n")
		p.drawService(i, p.y(row))
		p.raw("</g>\n")
	}
}

func (p *picture) drawService(i int, y float64) {
	service := &p.s.Services[i]
	class, width := "", mostNames
	if p.chain.has(i) {
		class, width = "bold", mostNames/boldness
	}
	p.text(class, "start", svgMargin, y+4, fit(oneLine(service.Name), sizeText, width))
	if service.Barrier != "" {
		p.barrier(p.left-markRoom/2, y)
	}
	for _, sp := range p.s.spans(i) {
		if sp.step != stepWait && sp.step != stepServe {
			p.drawSpan(sp, y)
		}
	}
	begin, end := p.s.StartTime(i)
	if p.chain.has(i) {
		x, width := p.bar(span{from: begin, to: end})
		p.rect("critical", x-1.5, y-6.5, width+3, 13, 2, "")
	}
	if !service.Failed.IsZero() {
		p.failure(min(max(p.scale.ends(service.Failed), p.left), p.right), y)
	}
	if service.stopFailed() {
		p.failure(min(max(p.scale.ends(p.s.span(stepStop, service.StopBegan, service.Stopped).to), p.left), p.right), y)
	}
	class, text := p.sum(i)
	p.text(class, "end", svgWidth-svgMargin, y+4, fit(text, sizeText, (sumRoom-4)/boldness))
}

// sum returns what the last column says of a service, and how it looks.
func (p *picture) sum(i int) (class, text string) {
	service := &p.s.Services[i]
	begin, _ := p.s.StartTime(i)
	switch {
	case !service.Failed.IsZero() && service.Ready.IsZero():
		return "alarm", "failed " + brief(p.s.Own(i))
	case !service.Failed.IsZero():
		return "alarm", "failed serving"
	case service.stopFailed():
		return "alarm", "stop failed"
	case begin.IsZero():
		return "muted", "not begun"
	case service.Ready.IsZero():
		return "", brief(p.s.Own(i)) + " so far"
	case p.chain.has(i):
		return "bold", brief(p.s.Own(i))
	default:
		return "", brief(p.s.Own(i))
	}
}

// details returns what is shown where the pointer is, and read to who cannot see.
func (p *picture) details(i int) string {
	service := &p.s.Services[i]
	_, sum := p.sum(i)
	lines := []string{service.Name, strings.TrimSpace(string(service.Kind) + " " + sum)}
	if wait := p.s.Wait(i); wait > 0 {
		lines = append(lines, "waited for its turn "+brief(wait))
	}
	if service.Attempts > 0 {
		lines = append(lines, count(service.Attempts, "attempt"))
	}
	if service.Barrier != "" {
		lines = append(lines, "barrier: "+service.Barrier)
	}
	if service.Err != nil {
		lines = append(lines, errorText(service.Err))
	}
	return strings.Join(lines, "\n")
}

// failure draws the mark of a failure: a cross, for who does not see its colour.
func (p *picture) failure(x, y float64) {
	p.raw(`<circle class="fail" cx="` + pixels(x) + `" cy="` + pixels(y) + "\" r=\"6.5\"/>\n")
	p.path("cross", "M"+pixels(x-2.5)+" "+pixels(y-2.5)+"l5 5m0-5l-5 5")
}

// barrier draws the mark of a service that everything waits for.
func (p *picture) barrier(x, y float64) {
	p.path("barrier", "M"+pixels(x-4)+" "+pixels(y-5)+"h3v10h-3zm5 0h3v10h-3z")
}
