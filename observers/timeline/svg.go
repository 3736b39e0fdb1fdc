package timeline

import (
	"io"
	"strings"
)

// WriteSVG writes a picture in the manner of systemd-analyze plot: a row for each
// service, in the order in which they began, with bars for waiting, loading,
// starting, getting ready, serving and stopping. The critical path is outlined and
// connected; failures and barriers are marked.
//
// The start and the shutdown are each to scale. What is between them is cut out,
// so that a program that served for days still shows how it started. At most 500
// services are shown: those that failed, the critical path, and the slowest.
//
// The picture is 1000 pixels wide and needs nothing besides itself: no scripts,
// fonts or links. It follows the light or dark mode of who looks at it, and is
// well-formed XML whatever the names are. The error is that of w.
func (s *Snapshot) WriteSVG(w io.Writer) error {
	p := s.newPicture()
	p.draw()
	_, err := w.Write(p.out.Bytes())
	return err
}

// picture is an SVG in the making.
type picture struct {
	s *Snapshot
	canvas
	chain criticalPath
	rows  []int // the services, from the top down
	scale timeScale

	left, right float64 // of the bars
	height      float64
}

// Where things are, in pixels. Those that begin with y are the middle of what is
// there.
const (
	svgWidth  = 1000.0
	svgMargin = 24.0
	svgRows   = 500

	yHead   = 34.0
	yFacts  = 56.0
	yLegend = 86.0
	yPhases = 120.0
	yAxis   = 145.0
	yFirst  = 168.0 // of the first row

	rowHeight   = 20.0
	phaseHeight = 20.0
	markRoom    = 22.0 // between names and bars, for the mark of a barrier
	sumRoom     = 126.0
	leastNames  = 70.0
	mostNames   = 250.0
	leastBar    = 1.5 // so that what took no time is seen
)

func (s *Snapshot) newPicture() *picture {
	p := &picture{s: s, chain: s.critical()}
	p.rows = s.foremost(svgRows, p.chain)
	names := leastNames
	for _, i := range p.rows {
		names = max(names, textWidth(oneLine(s.Services[i].Name), sizeText)*boldness)
	}
	p.left = svgMargin + min(names, mostNames) + markRoom
	p.right = svgWidth - svgMargin - sumRoom
	p.scale = s.newScale(p.left, p.right)
	p.height = p.bottom() + 14
	if p.tall() {
		p.height += 16
	}
	if p.missing() != "" {
		p.height += 22
	}
	return p
}

// y returns the middle of a row.
func (p *picture) y(row int) float64 { return yFirst + rowHeight*float64(row) }

// bottom is that of the last row; there is room for one even without any.
func (p *picture) bottom() float64 { return p.y(max(len(p.rows), 1)) - rowHeight/2 }

// tall reports whether the axis needs repeating below the rows.
func (p *picture) tall() bool { return len(p.rows) > 30 }

func (p *picture) draw() {
	size := pixels(svgWidth) + `" height="` + pixels(p.height)
	p.raw(`<svg xmlns="http://www.w3.org/2000/svg" class="timeline" role="img" ` +
		`aria-labelledby="timeline-title timeline-desc" width="` + size +
		`" viewBox="0 0 ` + strings.ReplaceAll(size, `" height="`, " ") + "\">\n")
	p.describe()
	p.raw(svgStyle + svgDefs)
	p.rect("page", 0, 0, svgWidth, p.height, 0, "")
	p.drawHead()
	p.drawLegend()
	p.drawBackground()
	p.drawPhases()
	p.drawServing()
	p.drawLinks()
	p.drawServices()
	p.drawBreak()
	p.drawMissing()
	p.raw("</svg>\n")
}
