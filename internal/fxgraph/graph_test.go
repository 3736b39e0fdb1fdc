package fxgraph_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/fx"
)

// edited returns the order of an api that needs a config, which needs a text, with old replaced in the graph.
func edited(t *testing.T, old, replacement string) []string {
	t.Helper()
	a := &adapter{}
	a.build(t, a.manage(newDB, apiOf[*config]), fx.Supply("text"),
		fx.Provide(func(string, *db) *config { return nil }), needing[*api]())
	require.Contains(t, a.graph, old)
	a.graph = fx.DotGraph(strings.ReplaceAll(string(a.graph), old, replacement))
	return a.order()
}

func TestGraphThatDoesNotFit(t *testing.T) {
	t.Run("makes barriers of all items if a line is unknown", func(t *testing.T) {
		const why = `: a barrier: dependency graph, line 2: unknown: "rankdir=LR;"`
		require.Equal(t, []string{"db" + why, "api" + why}, edited(t, "rankdir=RL;", "rankdir=LR;"))
	})

	t.Run("makes a barrier of an item that needs a value that nobody provides", func(t *testing.T) {
		require.Equal(t, []string{
			"db: at once", "api: a barrier: it needs *fxgraph_test.config, which is not in the dependency graph",
		}, edited(t, `"*fxgraph_test.config" [label`, `"*fxgraph_test.other" [label`))
	})

	t.Run("makes a barrier of an item that needs such a value through others", func(t *testing.T) {
		require.Equal(t, []string{
			"db: at once", "api: a barrier: it needs string, which is not in the dependency graph",
		}, edited(t, `"string" [label`, `"*fxgraph_test.other" [label`))
	})

	t.Run("makes a barrier of an item whose constructor is not in it", func(t *testing.T) {
		require.Equal(t, []string{"db: at once", "api: a barrier: its constructor is not in the dependency graph"},
			edited(t, `"*fxgraph_test.api" [label`, `"*fxgraph_test.other" [label`))
	})

	t.Run("makes a barrier of an item that depends on a cycle", func(t *testing.T) {
		require.Equal(t, []string{"db: at once", "api: a barrier: it depends on a cycle in the dependency graph"},
			edited(t, `-> "string"`, `-> "*fxgraph_test.config"`))
	})
}

// soft takes the members of a group that happen to be constructed.
type soft struct {
	fx.In
	All []*db `group:"all,soft"`
}

func TestGraphThatSaysTooMuch(t *testing.T) {
	t.Run("makes barriers of an item and of a newer member of its soft group", func(t *testing.T) {
		require.Equal(t, []string{
			`api: a barrier: it seems to need "db", which took its place later`,
			`db: a barrier: "api", which took its place before, seems to need it`,
		}, orderOf(t, func(a *adapter) []fx.Option {
			return []fx.Option{
				a.manage(apiOf[soft], result(`group:"all"`, newDB)), needing[*api](), invoke(func([]*db) {}, `group:"all"`),
			}
		}))
	})
}

// box is one constructor of a graph, whose name does not matter.
type box struct{ provides, needs string }

// draw writes a graph as dig does.
func draw(boxes ...box) fx.DotGraph {
	text := "digraph {\nrankdir=RL;\ngraph [compound=true];\n"
	for i, b := range boxes {
		text += fmt.Sprintf("subgraph cluster_%d {\nlabel = \"app\";\nconstructor_%d [shape=plaintext label=\"New\"];\n", i, i)
		text += fmt.Sprintf("%q [label=<%s>];\n}\n", b.provides, b.provides)
		for _, need := range strings.Fields(b.needs) {
			text += fmt.Sprintf("constructor_%d -> %q [ltail=cluster_%d];\n", i, need, i)
		}
	}
	return fx.DotGraph(text + "}\n")
}

// drawn returns an adapter whose application has a graph of boxes.
func drawn(t *testing.T, boxes ...box) *adapter {
	t.Helper()
	a := &adapter{}
	a.build(t)
	a.graph = draw(boxes...)
	return a
}

func TestGraphWithTypesOfOneName(t *testing.T) {
	const dbKey, apiKey = "*fxgraph_test.db", "*fxgraph_test.api"

	t.Run("may have a cycle of several constructors, whose other needs still count", func(t *testing.T) {
		a := drawn(t, box{dbKey, ""}, box{"string", "int " + dbKey}, box{"int", "string"}, box{apiKey, "string"})
		a.add("db", registered[*db]())
		a.add("api", registered[*api]())
		require.Equal(t, []string{"db: at once", "api: a barrier: it depends on a cycle in the dependency graph"}, a.order())
		require.Equal(t, []int{0}, a.places()[1].After)
	})

	t.Run("may have an item that seems to need itself", func(t *testing.T) {
		a := drawn(t, box{dbKey, ""}, box{dbKey, dbKey})
		a.add("db", registered[*db]())
		require.Equal(t, []string{"db: at once"}, a.order())
	})
}
