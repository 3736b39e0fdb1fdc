package draw_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/observers/timeline"
	"github.com/go-fxservices/services/observers/timeline/draw"
)

const longPrefix = "hook github.com/acme/shop/internal/platform/storage/replication/"

// alike returns 200 services whose names share a long prefix.
func alike() timeline.Snapshot {
	s := sequenceOf(200)
	for i := range s.Services {
		s.Services[i].Name = fmt.Sprintf("%sshard%03d.New.func1", longPrefix, i)
	}
	return s
}

// without returns a text without white space: lines are broken there.
func without(text string) string { return strings.Join(strings.Fields(text), "") }

// shownNames returns the names in a drawing, in the order of its rows.
var shownNames = map[string]func(*testing.T, timeline.Snapshot) []string{
	"svg": func(t *testing.T, s timeline.Snapshot) []string { return rowNames(svgOf(t, s)) },
	"gantt.mmd": func(t *testing.T, s timeline.Snapshot) []string {
		return submatches(`(?m)^    (.*) [\d.]+ [mµ]?s(?:, failed)? :.*, s\d+, `, plain(written(t, "gantt.mmd", s)))
	},
	"mermaid.mmd": func(t *testing.T, s timeline.Snapshot) []string {
		return submatches(`(?m)^    s\d+\["(.*)<br/>resource`, plain(written(t, "mermaid.mmd", s)))
	},
	"dot": func(t *testing.T, s timeline.Snapshot) []string {
		return submatches(`(?m)^\ts\d+ \[label="(.*)\\nresource`, written(t, "dot", s))
	},
}

func submatches(pattern, text string) (found []string) {
	for _, match := range regexp.MustCompile(pattern).FindAllStringSubmatch(text, -1) {
		found = append(found, match[1])
	}
	return found
}

// plain replaces Mermaid's entities in names.
func plain(chart string) string {
	return regexp.MustCompile(`#\d+;`).ReplaceAllStringFunc(chart, func(entity string) string {
		var r rune
		_, _ = fmt.Sscanf(entity, "#%d;", &r)
		return string(r)
	})
}

func requireDistinct(t *testing.T, names []string) {
	t.Helper()
	sorted := slices.Sorted(slices.Values(names))
	require.Len(t, slices.Compact(sorted), len(names))
}

func TestNamesThatShareAPrefix(t *testing.T) {
	for format, rows := range map[string]int{"svg": 200, "gantt.mmd": 200, "mermaid.mmd": 100, "dot": 200} {
		t.Run(format+" shows the prefix once, and the rest of each name in full", func(t *testing.T) {
			names := shownNames[format](t, alike())
			require.Len(t, names, rows)
			requireDistinct(t, names)
			for _, name := range names {
				require.Regexp(t, `^…shard\d\d\d\.New\.func1$`, name)
			}
			unbroken := strings.NewReplacer(`<br/>`, "", `\n`, "", "</tspan>", "").Replace(plain(written(t, format, alike())))
			unbroken = regexp.MustCompile(`<tspan[^>]*>|<title>[^<]*</title>|<desc[^<]*</desc>`).ReplaceAllString(unbroken, "")
			require.Equal(t, 1, strings.Count(without(unbroken), without(longPrefix)))
			require.Contains(t, without(unbroken), without("… stands for "+longPrefix))
		})
	}

	t.Run("the picture stays within its frame", func(t *testing.T) {
		root := svgOf(t, alike())
		requireInside(t, root)
		requireApart(t, root)
	})

	t.Run("the description for screen readers names services as the rows do", func(t *testing.T) {
		description := svgOf(t, alike()).find("desc", "")[0].Text
		require.Contains(t, description, " … stands for "+longPrefix+". Critical path: …shard000.New.func1, …shard001.New.func1, ")
	})

	t.Run("keep it where all of them are short", func(t *testing.T) {
		require.Equal(t, []string{"service 0", "service 1", "service 2"}, rowNames(svgOf(t, sequenceOf(3))))
	})
}

func TestLongNames(t *testing.T) {
	for format, names := range shownNames {
		t.Run(format+" shows them in full where they share nothing", func(t *testing.T) {
			s := alike()
			s.Services = s.Services[:20]
			for i := range s.Services {
				s.Services[i].Name = fmt.Sprintf("%d of %s%s", i, longPrefix, strings.Repeat("x", i))
			}
			shown := names(t, s)
			require.Len(t, shown, 20)
			for i, name := range shown {
				name = strings.NewReplacer("<br/>", "", `\n`, "").Replace(name)
				require.Equal(t, without(s.Services[i].Name), without(name))
			}
		})

		t.Run(format+" numbers them where they differ only in the middle of thousands of characters", func(t *testing.T) {
			s := sequenceOf(3)
			for i := range s.Services {
				s.Services[i].Name = strings.Repeat("x", 5000) + fmt.Sprint(i) + strings.Repeat("x", 5000)
			}
			shown := names(t, s)
			require.Len(t, shown, 3)
			requireDistinct(t, shown)
			require.Regexp(t, `x \(2\)$`, shown[1])
			require.Regexp(t, `x \(3\)$`, shown[2])
		})

		t.Run(format+" gives services of one name one text", func(t *testing.T) {
			s := sequenceOf(2)
			s.Services[0].Name, s.Services[1].Name = "db", "db"
			require.Equal(t, []string{"db", "db"}, names(t, s))
		})
	}

	t.Run("shorten where Mermaid would refuse to draw them all", func(t *testing.T) {
		s := alike()
		for i := range s.Services {
			s.Services[i].Name = fmt.Sprint(i) + strings.Repeat("#", 300)
		}
		chart := written(t, "gantt.mmd", s)
		requireGantt(t, chart)
		require.Greater(t, len(chart), 30_000)
		requireDistinct(t, shownNames["gantt.mmd"](t, s))
		requireFlowchart(t, written(t, "mermaid.mmd", s))
	})
}

func TestSharedPrefix(t *testing.T) {
	for _, c := range []struct {
		want  string
		texts []string
	}{
		{"", nil},
		{"", []string{"github.com/acme/shop"}},
		{"", []string{"github.com/acme/shop", "github.com/acme/shop"}},
		{"github.com/acme/", []string{"github.com/acme/shop", "github.com/acme/ship", "github.com/acme/shape"}},
		{"github.com/acme/", []string{"github.com/acme/shop/", "github.com/acme/shop/a"}},
		{"", []string{"a.b/shop", "a.b/ship"}},
		{"", []string{"withoutanyseparator1", "withoutanyseparator2"}},
	} {
		require.Equal(t, c.want, draw.SharedPrefix(c.texts), c.texts)
	}
}

func TestWrap(t *testing.T) {
	for text, want := range map[string][]string{
		"short":                         {"short"},
		"github.com/acme/shop":          {"github.com/", "acme/shop"},
		"two words here":                {"two words", "here"},
		"averyverylongwordofletter":     {"averyverylo", "ngwordoflet", "ter"},
		"ae\u0301e\u0301e\u0301e\u0301": {"ae\u0301e\u0301e\u0301", "e\u0301"},
	} {
		require.Equal(t, want, draw.Wrap(text, 10, 70), text)
	}
	require.Equal(t, []string{"W", "W"}, draw.Wrap("WW", 10, 1), "a line has a character at least")
}
