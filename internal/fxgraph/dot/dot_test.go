package dot_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/dig"
	"go.uber.org/fx"
	"go.uber.org/goleak"

	"github.com/go-fxservices/services/internal/fxgraph/dot"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

type (
	db     struct{}
	server struct{}
)

func newDB() *db { return nil }

type serverIn struct {
	dig.In
	DB      *db                               `optional:"true"`
	Replica *db                               `name:"replica \"]"`
	Pool    []*db                             `group:"pool"`
	Texts   []map[string]func(x int) []string `group:"texts,soft"`
}

func newServer(serverIn) (*server, error) { return nil, nil }

// drawn returns the graph of a container, as dig writes it.
func drawn(t testing.TB, c *dig.Container) string {
	t.Helper()
	var text strings.Builder
	require.NoError(t, dig.Visualize(c, &text))
	return text.String()
}

func container(t testing.TB) *dig.Container {
	t.Helper()
	c := dig.New()
	require.NoError(t, c.Provide(newDB))
	require.NoError(t, c.Provide(newDB, dig.Name(`replica "]`)))
	require.NoError(t, c.Provide(newDB, dig.Group("pool")))
	require.NoError(t, c.Scope("inner").Provide(newDB, dig.Group("pool")))
	require.NoError(t, c.Provide(func() map[string]func(int) []string { return nil }, dig.Group("texts")))
	require.NoError(t, c.Provide(newServer))
	return c
}

const here = "github.com/go-fxservices/services/internal/fxgraph/dot_test."

func TestParse(t *testing.T) {
	t.Run("reads what dig writes", func(t *testing.T) {
		constructors, err := dot.Parse(drawn(t, container(t)))
		require.NoError(t, err)
		const (
			pool  = "[type=*dot_test.db group=pool]"
			texts = "[type=map[string]func(int) []string group=texts]"
		)
		require.Equal(t, []dot.Constructor{
			{Name: here + "newDB", Provides: []string{"*dot_test.db"}},
			{Name: here + "newDB", Provides: []string{`*dot_test.db[name=replica "]]`}},
			{Name: here + "newDB", Provides: []string{pool}},
			{Name: here + "container.func1", Provides: []string{texts}},
			{
				Name:     here + "newServer",
				Needs:    []string{"*dot_test.db", `*dot_test.db[name=replica "]]`, pool, texts},
				Optional: []string{"*dot_test.db"},
				Provides: []string{"*dot_test.server"},
			},
			{Name: here + "newDB", Provides: []string{pool}},
		}, constructors)
	})

	t.Run("reads the graph of an application", func(t *testing.T) {
		var graph fx.DotGraph
		require.NoError(t, fx.New(fx.NopLogger, fx.Provide(newDB), fx.Supply("text"), fx.Populate(&graph)).Err())
		constructors, err := dot.Parse(string(graph))
		require.NoError(t, err)
		require.Contains(t, constructors, dot.Constructor{Name: here + "newDB", Provides: []string{"*dot_test.db"}})
	})

	t.Run("ignores space around lines, which versions of dig write differently", func(t *testing.T) {
		text := drawn(t, container(t))
		want, err := dot.Parse(text)
		require.NoError(t, err)
		got, err := dot.Parse(strings.ReplaceAll(strings.ReplaceAll(text, "\t", ""), "];\n", "]; \n\n \n"))
		require.NoError(t, err)
		require.Equal(t, want, got)
	})

	t.Run("reads an empty container", func(t *testing.T) {
		constructors, err := dot.Parse(drawn(t, dig.New()))
		require.NoError(t, err)
		require.Empty(t, constructors)
	})
}

var nameless = regexp.MustCompile(`(?m)^(label = .*|constructor_0 \[.*)\n`)

func TestParseRefuses(t *testing.T) {
	text := strings.ReplaceAll(drawn(t, container(t)), "\t", "")
	lines := strings.SplitAfter(text, "\n")
	for name, bad := range map[string]string{
		"an empty text":                    "",
		"a text that is cut off":           strings.Join(lines[:len(lines)-1], ""),
		"text after the end":               text + "\n}",
		"another header":                   strings.Replace(text, "rankdir=RL", "rankdir=LR", 1),
		"an unknown statement":             strings.Replace(text, "subgraph cluster_1", "{rank=same}\nsubgraph cluster_1", 1),
		"an unknown line in a box":         strings.Replace(text, "constructor_1 [", "color=red;\nconstructor_1 [", 1),
		"a box without a name":             nameless.ReplaceAllString(text, ""),
		"a box out of turn":                strings.Replace(text, "cluster_1", "cluster_7", 1),
		"an edge of another box":           strings.Replace(text, "constructor_4 ->", "constructor_3 ->", 1),
		"an edge before any box":           "digraph {\n\trankdir=RL;\n\tgraph [compound=true];\n\tconstructor_0 -> \"x\" [ltail=cluster_0];\n}",
		"another style of edge":            strings.Replace(text, "style=dashed", "style=dotted", 1),
		"a name without a closing quote":   strings.Replace(text, `label="newDB"`, `label="newDB`, 1),
		"a name in backquotes":             strings.Replace(text, `label="newDB"`, "label=`newDB`", 1),
		"the colour of an error":           strings.Replace(text, "subgraph cluster_0", "\"x\" [color=red];\nsubgraph cluster_0", 1),
		"a member without a closing quote": strings.Replace(text, "]0\";", "]0\"", 1),
	} {
		t.Run(name, func(t *testing.T) {
			require.NotEqual(t, text, bad)
			_, err := dot.Parse(bad)
			require.ErrorContains(t, err, "dependency graph, line ")
		})
	}
}

// FuzzParse requires that no text makes Parse panic, and that the name of one constructor never changes how Parse reads
// another.
func FuzzParse(f *testing.F) {
	f.Add(drawn(f, container(f)), "name")
	f.Add("digraph {\n", "a\nb")
	f.Add("", "\"];\n}")
	f.Add("\tconstructor_0 -> ", "\xff<>\\")
	f.Fuzz(func(t *testing.T, text, name string) {
		_, _ = dot.Parse(text)
		c := dig.New()
		if c.Provide(newDB) != nil || c.Provide(newDB, dig.Name(name)) != nil {
			return
		}
		constructors, err := dot.Parse(drawn(t, c))
		if err != nil {
			require.Contains(t, name, "\n", "Parse may refuse a line only because a name breaks it")
			return
		}
		require.Len(t, constructors, 2)
		require.Equal(t, []string{"*dot_test.db"}, constructors[0].Provides)
		require.Equal(t, []string{fmt.Sprintf("*dot_test.db[name=%s]", name)}, constructors[1].Provides)
	})
}
