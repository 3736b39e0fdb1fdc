package draw_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/observers/timeline"
)

// The lines that a graph may have. An id is an index, and a text has no unescaped
// quotes and backslashes.
var (
	dotText   = `"(?:[^"\\\n]|\\["\\n])*"`
	dotNode   = regexp.MustCompile(`^\ts(\d+) \[label=` + dotText + `(?:, (?:penwidth=2\.5|shape=octagon|color="#d55e00"|style="[a-z,]+"))*\]$`)
	dotLegend = regexp.MustCompile(`^\tgraph \[labelloc=t, fontname="sans-serif", label=` + dotText + `\]$`)
	dotEdge   = regexp.MustCompile(`^\ts(\d+) -> s(\d+)(?: \[color=black, penwidth=2\.5\])?$`)
)

// requireDOT fails unless out is a graph of s.
func requireDOT(t *testing.T, s timeline.Snapshot, out string) {
	t.Helper()
	lines := strings.Split(strings.TrimSuffix(out, "\n"), "\n")
	require.Equal(t, "digraph services {", lines[0])
	require.Equal(t, "}", lines[len(lines)-1])
	nodes := 0
	for _, line := range lines[4 : len(lines)-1] {
		if !dotEdge.MatchString(line) && !dotLegend.MatchString(line) {
			require.Regexp(t, dotNode, line)
			nodes++
		}
	}
	require.Equal(t, len(s.Services), nodes)
	require.False(t, strings.ContainsFunc(out, func(r rune) bool { return r < ' ' && r != '\n' && r != '\t' }))
	require.Equal(t, out, strings.ToValidUTF8(out, ""))
}

func TestDOT(t *testing.T) {
	for name, s := range allPictures() {
		t.Run(name+" is a graph", func(t *testing.T) { requireDOT(t, s, written(t, "dot", s)) })
	}

	t.Run("has an edge from each service to each that it starts after, and no other", func(t *testing.T) {
		edges := regexp.MustCompile(`s\d+ -> s\d+`).FindAllString(written(t, "dot", shop()), -1)
		require.Equal(t, []string{"s1 -> s0", "s2 -> s0", "s3 -> s0", "s4 -> s1", "s5 -> s2", "s6 -> s2", "s6 -> s4",
			"s7 -> s3", "s7 -> s4", "s8 -> s3", "s8 -> s4"}, edges)
	})

	t.Run("escapes the syntax of labels", func(t *testing.T) {
		require.Contains(t, written(t, "dot", hostileTo(`a"b\n&amp;`)), `label="a\"b\\n&amp;amp;\nresource`)
	})

	t.Run("ignores indexes that do not exist", func(t *testing.T) {
		s := timeline.Snapshot{Services: []timeline.Service{{Name: "a", After: []int{-1, 1, 99}}, {Name: "b"}}}
		require.Contains(t, written(t, "dot", s), "s0 -> s1\n}")
	})
}
