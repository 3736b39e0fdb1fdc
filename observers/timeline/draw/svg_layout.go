package draw

import "github.com/go-fxservices/services/observers/timeline"

// picture is an SVG in the making. newPicture decides where everything is. The other
// files draw it.
type picture struct {
	*model
	canvas
	scale  timeScale
	names  names
	rows   []row
	legend []string // lines that explain the names, above the rows

	left, right float64 // of the bars
	top, bottom float64 // of the rows
	height      float64
}

// row is the place of a service.
type row struct {
	service     int
	name        []string // its lines
	top, height float64
}

// y returns the middle of the row, where its bars are.
func (r row) y() float64 { return r.top + r.height/2 }

// The places of things, in pixels. Names that begin with y are the middle of a line.
const (
	svgWidth  = 1000.0
	svgMargin = 24.0
	svgRows   = 500

	yHead   = 34.0
	yFacts  = 56.0
	yLegend = 86.0
	yPhases = 120.0
	yAxis   = 145.0
	topRows = 158.0

	rowHeight   = 20.0
	phaseHeight = 20.0
	markRoom    = 22.0 // between names and bars, for the mark of a barrier
	sumRoom     = 126.0
	leastNames  = 70.0
	mostNames   = 250.0
	leastBar    = 1.5 // so that a step that took no time is visible
)

func newPicture(m *model) *picture {
	p := &picture{model: m}
	services := m.foremost(svgRows)
	p.names = newNames(m, services, mostNames/boldness, longestName)
	p.placeRows(services)
	p.right = svgWidth - svgMargin - sumRoom
	p.scale = newScale(m, p.left, p.right)
	p.height = p.bottom + 14
	if p.isTall() {
		p.height += 16
	}
	if p.hidden() > 0 || p.Dropped > 0 {
		p.height += 22
	}
	return p
}

// placeRows makes the column of names as wide as it needs to be, and breaks names that
// are wider still.
func (p *picture) placeRows(services []int) {
	column := leastNames
	for _, i := range services {
		column = max(column, min(textWidth(p.names.texts[i], sizeText)*boldness, mostNames))
	}
	p.left = svgMargin + column + markRoom
	p.top = topRows
	if legend := p.names.legend(); legend != "" {
		p.legend = wrap(legend, sizeText, svgWidth-2*svgMargin)
		p.top += heightOf(p.legend)
	}
	p.bottom = p.top
	for _, i := range services {
		lines := wrap(p.names.texts[i], sizeText, column/boldness)
		p.rows = append(p.rows, row{service: i, name: lines, top: p.bottom, height: heightOf(lines)})
		p.bottom += heightOf(lines)
	}
	if len(services) == 0 {
		p.bottom += rowHeight // for the text that says so
	}
}

// heightOf returns the height of lines with the space around them.
func heightOf(lines []string) float64 { return rowHeight + lineHeight*float64(len(lines)-1) }

// hidden returns the number of services that have no row.
func (p *picture) hidden() int { return len(p.Services) - len(p.rows) }

// isTall reports whether the axis appears again below the rows.
func (p *picture) isTall() bool { return p.bottom-p.top > 30*rowHeight }

// bar returns the place of a span, which is wide enough to be visible, and within the
// bars.
func (p *picture) bar(span timeline.Span) (x, width float64) {
	x = p.scale.begins(span.Begin)
	end := p.scale.ends(span.End)
	if end < x+leastBar {
		end = x + leastBar
	}
	if end > p.right {
		end, x = p.right, min(x, p.right-leastBar)
	}
	return x, end - x
}
