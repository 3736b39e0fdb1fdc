package draw

import (
	"github.com/go-fxservices/services/internal/units"
	"github.com/go-fxservices/services/observers/timeline"
)

// drawBackground draws everything behind the bars: stripes, the axis, and the limits
// of the phases.
func (p *picture) drawBackground() {
	for at := 0; at < len(p.rows); at += 2 {
		p.rect("zebra", svgMargin-8, p.rows[at].top, svgWidth-2*svgMargin+16, p.rows[at].height, 2, "")
	}
	p.text("small muted", "start", svgMargin, yAxis+4, "service")
	p.text("small muted", "end", svgWidth-svgMargin, yAxis+4, "start took")
	if len(p.legend) > 0 {
		p.lines("muted", svgMargin, topRows+rowHeight/2+4, p.legend)
	}
	if len(p.rows) == 0 {
		p.text("muted", "start", svgMargin, p.top+rowHeight/2+4, "no services")
	}
	for i, piece := range p.scale.pieces {
		p.drawTicks(piece, []string{"", "+", "+"}[i])
	}
	for _, phase := range p.phases {
		x := p.scale.begins(phase.Begin)
		p.line("edge", x, p.top, x, p.bottom)
	}
}

// drawTicks draws the axis of a piece. It leaves out a label that could touch the one
// before it, or the next piece.
func (p *picture) drawTicks(piece piece, sign string) {
	free := 0.0
	for i, tick := range piece.ticks(sign) {
		p.line("grid", tick.x, p.top, tick.x, p.bottom)
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
		if p.isTall() {
			p.text("small muted", "middle", x, p.bottom+14, tick.label)
		}
	}
}

// drawPhases draws the row of the application.
func (p *picture) drawPhases() {
	classes := map[timeline.Step]string{
		timeline.PhaseConstructing: "construct", timeline.PhaseStarting: "start",
		timeline.PhaseServing: "serve", timeline.PhaseStopping: "stop",
	}
	p.text("bold", "start", svgMargin, yPhases+4, "application")
	for _, phase := range p.phases {
		x, width := p.bar(phase)
		name := string(phase.Step)
		label := name + " " + units.Brief(phase.Duration())
		p.rect("phase "+classes[phase.Step], x, yPhases-phaseHeight/2, width, phaseHeight, 0, label)
		if textWidth(label, sizeSmall) > width-6 {
			label = name
		}
		if textWidth(label, sizeSmall) <= width-6 {
			p.text("small", "middle", x+width/2, yPhases+4, label)
		}
	}
}

// drawBreak draws the tear in the axis, over the bars.
func (p *picture) drawBreak() {
	const half = 3.0
	for _, piece := range p.scale.pieces {
		if !piece.broken {
			continue
		}
		x, top, bottom := (piece.left+piece.right)/2, yAxis-8, p.bottom
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
