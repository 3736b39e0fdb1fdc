package draw

const (
	swatchWidth = 20.0
	swatchGap   = 6.0
)

// legendEntry explains how something looks.
type legendEntry struct {
	word string
	draw func(p *picture, x float64)
}

func legend() []legendEntry {
	var entries []legendEntry
	for _, look := range stepLooks {
		entries = append(entries, legendEntry{look.word, func(p *picture, x float64) {
			p.rect(look.class, x, yLegend-look.height/2, swatchWidth, look.height, 1, "")
		}})
	}
	return append(entries,
		legendEntry{"failed", func(p *picture, x float64) { p.drawFailure(x+swatchWidth/2, yLegend) }},
		legendEntry{"unfinished", func(p *picture, x float64) { p.rect("open", x, yLegend-5, swatchWidth, 10, 1, "") }},
		legendEntry{"critical path", func(p *picture, x float64) { p.rect("critical", x, yLegend-6, swatchWidth, 12, 2, "") }},
		legendEntry{"barrier", func(p *picture, x float64) { p.drawBarrier(x+swatchWidth/2, yLegend) }},
	)
}

// drawLegend spreads the entries over the width of the picture.
func (p *picture) drawLegend() {
	entries := legend()
	room := svgWidth - 2*svgMargin
	for _, entry := range entries {
		room -= swatchWidth + swatchGap + textWidth(entry.word, sizeSmall)
	}
	x := svgMargin
	for _, entry := range entries {
		entry.draw(p, x)
		x += swatchWidth + swatchGap
		p.text("small muted", "start", x, yLegend+4, entry.word)
		x += textWidth(entry.word, sizeSmall) + room/float64(len(entries)-1)
	}
}
