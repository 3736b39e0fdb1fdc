package draw

import (
	"bytes"
	"math"
	"strconv"
)

// canvas writes the elements of an SVG. Places and sizes are in pixels. The style says
// how the classes look.
type canvas struct{ out bytes.Buffer }

// raw writes markup as it is.
func (c *canvas) raw(markup string) { c.out.WriteString(markup) }

// line writes a straight line.
func (c *canvas) line(class string, x1, y1, x2, y2 float64) {
	c.path(class, "M"+pixels(x1)+" "+pixels(y1)+"L"+pixels(x2)+" "+pixels(y2))
}

func (c *canvas) path(class, d string) {
	c.raw(`<path class="` + class + `" d="` + d + "\"/>\n")
}

// rect writes a rectangle. Browsers show its title at the pointer, unless it is empty.
func (c *canvas) rect(class string, x, y, width, height, radius float64, title string) {
	c.raw(`<rect class="` + class + `" x="` + pixels(x) + `" y="` + pixels(y) +
		`" width="` + pixels(width) + `" height="` + pixels(height) + `"`)
	if radius > 0 {
		c.raw(` rx="` + pixels(radius) + `"`)
	}
	if title == "" {
		c.raw("/>\n")
		return
	}
	c.raw(">")
	c.title(title)
	c.raw("</rect>\n")
}

// text writes a line of text. The anchor is start, middle or end.
func (c *canvas) text(class, anchor string, x, y float64, text string) {
	c.raw(`<text class="` + class + `" text-anchor="` + anchor + `" x="` + pixels(x) + `" y="` + pixels(y) + `">`)
	writeXML(&c.out, text)
	c.raw("</text>\n")
}

// lines writes a text of one or more lines. y is the baseline of the first.
func (c *canvas) lines(class string, x, y float64, lines []string) {
	if len(lines) == 1 {
		c.text(class, "start", x, y, lines[0])
		return
	}
	c.raw(`<text class="` + class + `" text-anchor="start" x="` + pixels(x) + `" y="` + pixels(y) + `">`)
	for i, line := range lines {
		c.raw(`<tspan x="` + pixels(x) + `" y="` + pixels(y+lineHeight*float64(i)) + `">`)
		writeXML(&c.out, line)
		c.raw("</tspan>")
	}
	c.raw("</text>\n")
}

func (c *canvas) title(text string) {
	c.raw("<title>")
	writeXML(&c.out, text)
	c.raw("</title>")
}

func pixels(v float64) string {
	return strconv.FormatFloat(math.Round(v*100)/100, 'f', -1, 64)
}
