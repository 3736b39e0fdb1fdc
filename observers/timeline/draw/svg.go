package draw

import (
	"io"
	"strings"

	"github.com/go-fxservices/services/observers/timeline"
)

// SVG draws a picture in the manner of systemd-analyze plot: a row for each service, in
// the order in which they began, with bars for waiting, loading, starting, getting
// ready, serving and stopping. It outlines and connects the critical path, and marks
// failures and barriers. Long names take more than one line.
//
// The start and the shutdown are each to scale. The time between them is cut out, so
// that a program that served for days still shows how it started. The picture has at
// most 500 services: failed ones first, then the critical path, then the slowest.
//
// The picture is 1000 pixels wide and stands alone: it has no scripts, fonts or links.
// It follows the light or dark mode of its viewer, and is well-formed XML whatever the
// names are.
func SVG(w io.Writer, s timeline.Snapshot) error {
	p := newPicture(newModel(s))
	p.draw()
	_, err := w.Write(p.out.Bytes())
	return err
}

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
	p.drawHidden()
	p.raw("</svg>\n")
}
