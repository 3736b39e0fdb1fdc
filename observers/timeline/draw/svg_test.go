package draw_test

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/observers/timeline"
	"github.com/go-fxservices/services/observers/timeline/draw"
)

// formats are the functions that draw.
var formats = map[string]func(io.Writer, timeline.Snapshot) error{
	"svg":         draw.SVG,
	"trace.json":  draw.Trace,
	"gantt.mmd":   draw.MermaidGantt,
	"mermaid.mmd": draw.MermaidGraph,
	"dot":         draw.DOT,
}

// written returns the output of a format.
func written(t *testing.T, format string, s timeline.Snapshot) string {
	t.Helper()
	var out bytes.Buffer
	require.NoError(t, formats[format](&out, s))
	return out.String()
}

func TestPictures(t *testing.T) {
	for format := range formats {
		for _, name := range []string{"shop", "serving", "broken", "starting", "failing", "one", "none", "dropped"} {
			t.Run(name+" as "+format+" looks as it did", func(t *testing.T) {
				requireGolden(t, "pictures/"+name+"."+format, []byte(written(t, format, allPictures()[name])))
			})
		}
		t.Run(format+" is written at once", func(t *testing.T) {
			w := &once{}
			require.NoError(t, formats[format](w, shop()))
			require.Equal(t, 1, w.writes)
		})
		t.Run(format+" returns the error of the Writer", func(t *testing.T) {
			require.ErrorIs(t, formats[format](&once{err: errFull}, shop()), errFull)
		})
	}
}

var errFull = errors.New("disk full")

// once counts the calls of Write.
type once struct {
	writes int
	err    error
}

func (w *once) Write(p []byte) (int, error) {
	w.writes++
	return len(p), w.err
}

func TestSVG(t *testing.T) {
	for name, s := range allPictures() {
		t.Run(name+" stays within its frame", func(t *testing.T) {
			root := svgOf(t, s)
			requireInside(t, root)
			requireApart(t, root)
		})
	}

	t.Run("needs nothing from elsewhere", func(t *testing.T) {
		out := strings.Replace(written(t, "svg", shop()), `xmlns="http://www.w3.org/2000/svg"`, "", 1)
		for _, word := range []string{"http:", "https:", "href", "script", "@import", "@font-face"} {
			require.NotContains(t, out, word)
		}
	})

	t.Run("has a style that affects nothing else on a page", func(t *testing.T) {
		style := svgOf(t, shop()).find("style", "")[0].Text
		for line := range strings.Lines(style) {
			line = strings.TrimSpace(line)
			require.True(t, line == "" || line == "}" || strings.HasPrefix(line, "@media") || strings.HasPrefix(line, ".timeline"), line)
		}
		require.Contains(t, style, "@media (prefers-color-scheme:dark)")
	})

	t.Run("describes itself to screen readers", func(t *testing.T) {
		root := svgOf(t, shop())
		require.Equal(t, "img", root.attr("role"))
		require.Equal(t, "timeline-title timeline-desc", root.attr("aria-labelledby"))
		require.Equal(t, "Start and shutdown of 9 services", root.find("title", "")[0].Text)
		require.Equal(t, "constructed in 6.2 ms; ready after 86.4 ms; critical path 79.7 ms in 4 services; "+
			"served for 2d 4h; stopped in 32.1 ms. Critical path: config, postgres, migrations, http.",
			root.find("desc", "")[0].Text)
		require.Contains(t, svgOf(t, sequenceOf(40)).find("desc", "")[0].Text, "service 19, 20 more.")
	})

	t.Run("has a row for each service in the order in which they began", func(t *testing.T) {
		require.Equal(t, []string{"config", "postgres", "kafka", "redis", "migrations", "search index of the catalogue\nwith all of its synonyms",
			"orders consumer", "http", "grpc"}, rowNames(svgOf(t, shop())))
	})

	t.Run("keeps the whole of a long name in a title", func(t *testing.T) {
		name := strings.Repeat("<long> ", 1500)
		row := svgOf(t, hostileTo(name)).find("g", "")[0]
		require.True(t, strings.HasPrefix(row.find("title", "")[0].Text, name))
		require.Less(t, len(row.find("text", "")[0].text()), 350)
	})

	t.Run("outlines and connects the critical path", func(t *testing.T) {
		var outlined []string
		root := svgOf(t, shop())
		for _, row := range root.find("g", "") {
			if len(row.find("rect", "critical")) > 0 {
				outlined = append(outlined, row.find("text", "bold")[0].Text)
			}
		}
		require.Equal(t, []string{"config", "postgres", "migrations", "http"}, outlined)
		require.Len(t, root.find("path", "link"), 3)
	})
}

func rowNames(root element) (names []string) {
	for _, row := range root.find("g", "") {
		names = append(names, row.find("text", "")[0].text())
	}
	return names
}
