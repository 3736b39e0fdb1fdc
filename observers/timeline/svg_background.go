package timeline

// drawBackground draws what the bars stand on: every other row, the axis, and the
// limits of the phases.
func (p *picture) drawBackground() {
	for row := 0; row < len(p.rows); row += 2 {
		p.rect("zebra", svgMargin-8, p.y(row)-rowHeight/2, svgWidth-2*svgMargin+16, rowHeight, 2, "")
	}
	p.text("small muted", "start", svgMargin, yAxis+4, "service")
	p.text("small muted", "end", svgWidth-svgMargin, yAxis+4, "start took")
	if len(p.rows) == 0 {
		p.text("muted", "start", svgMargin, p.y(0)+4, "no services")
	}
	for i, piece := range p.scale.pieces {
		p.drawTicks(piece, []string{"", "+", "+"}[i])
	}
	for _, phase := range p.s.phases() {
		x := p.scale.begins(phase.from)
		p.line("edge", x, p.y(0)-rowHeight/2, x, p.bottom())
	}
}

// drawTicks draws the axis of a piece. A label that could reach into the one
// before, or into what is to the right of the piece, is left out.
func (p *picture) drawTicks(piece piece, sign string) {
	free := 0.0
	for i, tick := range piece.ticks(sign) {
		p.line("grid", tick.x, p.y(0)-rowHeight/2, tick.x, p.bottom())
		half := textWidth(tick.label, sizeSmall) / 2
		x := tick.x
		if i == 0 && piece.left > p.left { // clear of the break
			x += half
		}
		if i > 0 && (x-half < free || x+half > piece.right) {
			continue
		}
		free = x + half
		p.text("small muted", "middle", x, yAxis+4, tick.label)
		if p.tall() {
			p.text("small muted", "middle", x, p.bottom()+14, tick.label)
		}
	}
}

// drawPhases draws the row of the application.
func (p *picture) drawPhases() {
	classes := map[string]string{"constructing": "construct", "starting": "start", "serving": "serve", "stopping": "stop"}
	p.text("bold", "start", svgMargin, yPhases+4, "application")
	for _, phase := range p.s.phases() {
		x, width := p.bar(phase.span)
		words := phase.name + " " + brief(phase.took())
		p.rect("phase "+classes[phase.name], x, yPhases-phaseHeight/2, width, phaseHeight, 0, words)
		if textWidth(words, sizeSmall) > width-6 {
			words = phase.name
		}
		if textWidth(words, sizeSmall) <= width-6 {
			p.text("small", "middle", x+width/2, yPhases+4, words)
		}
	}
}

// drawBreak draws where the axis is broken, over the bars.
func (p *picture) drawBreak() {
	const half = 3.0
	for _, piece := range p.scale.pieces {
		if !piece.broken {
			continue
		}
		x, top, bottom := (piece.left+piece.right)/2, yAxis-8, p.bottom()
		down, up := "", ""
		for y := top; y+8 <= bottom+0.01; y += 8 {
			down += "l3 4l-3 4"
			up += "l3-4l-3-4"
		}
		left, right := "M"+pixels(x-half)+" "+pixels(top), "M"+pixels(x+half)+" "+pixels(top)
		p.path("tear", left+down+"h6"+up)
		p.path("torn", left+down+right+down)
	}
}
