package dotgraph_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/dig"
	"go.uber.org/fx"
	"go.uber.org/goleak"

	"github.com/go-fxservices/services/internal/dotgraph"
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

// drawn returns the picture of a container.
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

const here = "github.com/go-fxservices/services/internal/dotgraph_test."

func TestParse(t *testing.T) {
	t.Run("reads what dig writes", func(t *testing.T) {
		constructors, err := dotgraph.Parse(drawn(t, container(t)))
		require.NoError(t, err)
		const (
			pool  = "[type=*dotgraph_test.db group=pool]"
			texts = "[type=map[string]func(int) []string group=texts]"
		)
		require.Equal(t, []dotgraph.Constructor{
			{Name: here + "newDB", Gives: []string{"*dotgraph_test.db"}},
			{Name: here + "newDB", Gives: []string{`*dotgraph_test.db[name=replica "]]`}},
			{Name: here + "newDB", Gives: []string{pool}},
			{Name: here + "container.func1", Gives: []string{texts}},
			{
				Name:     here + "newServer",
				Needs:    []string{"*dotgraph_test.db", `*dotgraph_test.db[name=replica "]]`, pool, texts},
				Optional: []string{"*dotgraph_test.db"},
				Gives:    []string{"*dotgraph_test.server"},
			},
			{Name: here + "newDB", Gives: []string{pool}},
		}, constructors)
	})

	t.Run("reads the graph of an application", func(t *testing.T) {
		var graph fx.DotGraph
		require.NoError(t, fx.New(fx.NopLogger, fx.Provide(newDB), fx.Supply("text"), fx.Populate(&graph)).Err())
		constructors, err := dotgraph.Parse(string(graph))
		require.NoError(t, err)
		require.Contains(t, constructors, dotgraph.Constructor{Name: here + "newDB", Gives: []string{"*dotgraph_test.db"}})
	})

	t.Run("does not mind space around lines, of which versions of dig differ", func(t *testing.T) {
		text := drawn(t, container(t))
		want, err := dotgraph.Parse(text)
		require.NoError(t, err)
		got, err := dotgraph.Parse(strings.ReplaceAll(strings.ReplaceAll(text, "\t", ""), "];\n", "]; \n\n \n"))
		require.NoError(t, err)
		require.Equal(t, want, got)
	})

	t.Run("reads an empty container", func(t *testing.T) {
		constructors, err := dotgraph.Parse(drawn(t, dig.New()))
		require.NoError(t, err)
		require.Empty(t, constructors)
	})
}

var nameless = regexp.MustCompile(`(?m)^(label = .*|constructor_0 \[.*)\n`)

func TestParseRefuses(t *testing.T) {
	text := strings.ReplaceAll(drawn(t, container(t)), "\t", "")
	lines := strings.SplitAfter(text, "\n")
	for name, bad := range map[string]string{
		"an empty text":           "",
		"a text without its end":  strings.Join(lines[:len(lines)-1], ""),
		"what follows the end":    text + "\n}",
		"another head":            strings.Replace(text, "rankdir=RL", "rankdir=LR", 1),
		"an unknown statement":    strings.Replace(text, "subgraph cluster_1", "{rank=same}\nsubgraph cluster_1", 1),
		"a line in the box":       strings.Replace(text, "constructor_1 [", "color=red;\nconstructor_1 [", 1),
		"a box without a name":    nameless.ReplaceAllString(text, ""),
		"a box that is missing":   strings.Replace(text, "cluster_1", "cluster_7", 1),
		"an edge of another box":  strings.Replace(text, "constructor_4 ->", "constructor_3 ->", 1),
		"an edge before any box":  "digraph {\n\trankdir=RL;\n\tgraph [compound=true];\n\tconstructor_0 -> \"x\" [ltail=cluster_0];\n}",
		"another style of edge":   strings.Replace(text, "style=dashed", "style=dotted", 1),
		"a name without its end":  strings.Replace(text, `label="newDB"`, `label="newDB`, 1),
		"a text that is no quote": strings.Replace(text, `label="newDB"`, "label=`newDB`", 1),
		"a colour, after errors":  strings.Replace(text, "subgraph cluster_0", "\"x\" [color=red];\nsubgraph cluster_0", 1),
		"a member without an end": strings.Replace(text, "]0\";", "]0\"", 1),
	} {
		t.Run(name, func(t *testing.T) {
			require.NotEqual(t, text, bad)
			_, err := dotgraph.Parse(bad)
			require.ErrorContains(t, err, "dependency graph, line ")
		})
	}
}

// FuzzParse requires that no text is a crash, and that a name never changes what is
// read of others.
func FuzzParse(f *testing.F) {
	f.Add(drawn(f, container(f)), "name")
	f.Add("digraph {\n", "a\nb")
	f.Add("", "\"];\n}")
	f.Add("\tconstructor_0 -> ", "\xff<>\\")
	f.Fuzz(func(t *testing.T, text, name string) {
		_, _ = dotgraph.Parse(text)
		c := dig.New()
		if c.Provide(newDB) != nil || c.Provide(newDB, dig.Name(name)) != nil {
			return
		}
		constructors, err := dotgraph.Parse(drawn(t, c))
		if err != nil {
			require.Contains(t, name, "\n", "only a line that is broken may be refused")
			return
		}
		require.Len(t, constructors, 2)
		require.Equal(t, []string{"*dotgraph_test.db"}, constructors[0].Gives)
		require.Equal(t, []string{fmt.Sprintf("*dotgraph_test.db[name=%s]", name)}, constructors[1].Gives)
	})
}
