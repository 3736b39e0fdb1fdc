package draw_test

import (
	"bytes"
	"cmp"
	"encoding/xml"
	"io"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/observers/timeline"
	"github.com/go-fxservices/services/observers/timeline/draw"
)

// element is an element of an SVG, with its children.
type element struct {
	XMLName  xml.Name
	Attrs    []xml.Attr `xml:",any,attr"`
	Text     string     `xml:",chardata"`
	Children []element  `xml:",any"`
}

func (e element) attr(name string) string {
	for _, a := range e.Attrs {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

func (e element) is(name, class string) bool {
	return e.XMLName.Local == name && (class == "" || strings.Contains(" "+e.attr("class")+" ", " "+class+" "))
}

// find returns the elements within e that have the name and the class.
func (e element) find(name, class string) (found []element) {
	for _, child := range e.Children {
		if child.is(name, class) {
			found = append(found, child)
		}
		found = append(found, child.find(name, class)...)
	}
	return found
}

func (e element) texts() (texts []string) {
	for _, text := range e.find("text", "") {
		texts = append(texts, text.text())
	}
	return texts
}

// text returns the text of an element. Where it has lines, a newline is between them.
func (e element) text() string {
	lines := make([]string, 0, len(e.Children))
	for _, line := range e.find("tspan", "") {
		lines = append(lines, line.Text)
	}
	return cmp.Or(strings.Join(lines, "\n"), e.Text)
}

// svgOf writes a Snapshot, and reads the picture, which must be well-formed XML and
// nothing else.
func svgOf(t *testing.T, s timeline.Snapshot) element {
	t.Helper()
	var out bytes.Buffer
	require.NoError(t, draw.SVG(&out, s))
	decoder := xml.NewDecoder(&out)
	var root element
	require.NoError(t, decoder.Decode(&root))
	_, err := decoder.Token()
	if err == nil { // the line end
		_, err = decoder.Token()
	}
	require.ErrorIs(t, err, io.EOF)
	return root
}

// requireInside fails if anything of the picture reaches out of it.
func requireInside(t *testing.T, root element) {
	t.Helper()
	var box [4]float64
	for i, field := range strings.Fields(root.attr("viewBox")) {
		box[i] = number(t, field)
	}
	require.Equal(t, []string{root.attr("width"), root.attr("height")}, strings.Fields(root.attr("viewBox"))[2:])
	inside := func(e element, left, top, right, bottom float64) {
		require.GreaterOrEqual(t, left, 0.0, "%+v", e)
		require.GreaterOrEqual(t, top, 0.0, "%+v", e)
		require.LessOrEqual(t, right, box[2], "%+v", e)
		require.LessOrEqual(t, bottom, box[3], "%+v", e)
		require.LessOrEqual(t, left, right, "%+v", e)
	}
	for _, e := range root.find("rect", "") {
		x, y := number(t, e.attr("x")), number(t, e.attr("y"))
		inside(e, x, y, x+number(t, e.attr("width")), y+number(t, e.attr("height")))
	}
	for _, e := range root.find("circle", "") {
		x, y, r := number(t, e.attr("cx")), number(t, e.attr("cy")), number(t, e.attr("r"))
		inside(e, x-r, y-r, x+r, y+r)
	}
	for _, e := range root.find("text", "") {
		left, right := extent(t, e)
		y := number(t, e.attr("y"))
		inside(e, left, y-12, right, lastBaseline(t, e)+4)
	}
	corner := regexp.MustCompile(`[ML](-?[\d.]+) (-?[\d.]+)`)
	for _, e := range root.find("path", "") {
		if e.is("path", "hatch") {
			continue // of a pattern
		}
		for _, match := range corner.FindAllStringSubmatch(e.attr("d"), -1) {
			x, y := number(t, match[1]), number(t, match[2])
			inside(e, x, y, x, y)
		}
	}
}

// lastBaseline returns the place of the last line of a text.
func lastBaseline(t *testing.T, text element) float64 {
	t.Helper()
	y := number(t, text.attr("y"))
	for _, line := range text.find("tspan", "") {
		y = max(y, number(t, line.attr("y")))
	}
	return y
}

// extent returns where a text begins and ends at most.
func extent(t *testing.T, e element) (left, right float64) {
	size := 12.0
	switch {
	case e.is("text", "head"):
		size = 18
	case e.is("text", "small"):
		size = 11
	}
	var width float64
	for line := range strings.SplitSeq(e.text(), "\n") {
		width = max(width, draw.TextWidth(line, size))
	}
	if e.is("text", "bold") || e.is("text", "alarm") || e.is("text", "head") {
		width *= 1.15
	}
	x := number(t, e.attr("x"))
	switch e.attr("text-anchor") {
	case "middle":
		return x - width/2, x + width/2
	case "end":
		return x - width, x
	default:
		return x, x + width
	}
}

// requireApart fails if the name of a service reaches into its bars, into the row above,
// or if a bar reaches into the last column.
func requireApart(t *testing.T, root element) {
	t.Helper()
	above := 0.0
	for _, row := range root.find("g", "") {
		texts := row.find("text", "")
		require.Len(t, texts, 2)
		require.GreaterOrEqual(t, number(t, texts[0].attr("y"))-12, above, "%+v", row)
		above = lastBaseline(t, texts[0]) + 4
		_, name := extent(t, texts[0])
		sum, _ := extent(t, texts[1])
		for _, bar := range row.find("rect", "") {
			x := number(t, bar.attr("x"))
			require.LessOrEqual(t, name, x, "%+v", row)
			require.LessOrEqual(t, x+number(t, bar.attr("width")), sum, "%+v", row)
		}
	}
}

func number(t *testing.T, text string) float64 {
	t.Helper()
	n, err := strconv.ParseFloat(text, 64)
	require.NoError(t, err)
	return n
}
