package inside_test

import (
	"fmt"
	"reflect"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/dig"

	"github.com/go-fxservices/services/internal/inside"
)

type (
	db    struct{ name string }
	cache struct{}
	namer interface{ Name() string }
	dbsIn struct {
		dig.In
		Plain *db
		Named *db   `name:"replica" optional:"true"`
		Pool  []*db `group:"pool,soft"`
		Inner innerIn
	}
	innerIn struct {
		dig.In
		Count int
	}
	out struct {
		dig.Out
		Named  *db   `name:"replica"`
		Pooled *db   `group:"pool"`
		Many   []*db `group:"pool,flatten"`
	}
)

func (d *db) Name() string { return d.name }

func newDB() *db                     { return &db{"plain"} }
func newCache(*db, ...string) *cache { return &cache{} }
func newOut() out {
	return out{Named: &db{"named"}, Pooled: &db{"one"}, Many: []*db{{"two"}, {"three"}}}
}
func decorateDB(d *db, _ *cache) *db { return &db{"decorated " + d.name} }
func decoratePool(in poolIn) poolOut { return poolOut{Pool: in.Pool[:1]} }

type (
	poolIn struct {
		dig.In
		Pool []*db `group:"pool"`
	}
	poolOut struct {
		dig.Out
		Pool []*db `group:"pool"`
	}
)

const here = "github.com/go-fxservices/services/internal/inside_test."

// container has a root and a scope inside it.
func container(t *testing.T) (*dig.Container, *dig.Scope) {
	t.Helper()
	c := dig.New()
	require.NoError(t, c.Provide(newDB))
	require.NoError(t, c.Provide(newOut))
	inner := c.Scope("inner")
	require.NoError(t, inner.Provide(newCache))
	require.NoError(t, inner.Provide(func() int { return 1 }, dig.Export(true)))
	require.NoError(t, inner.Decorate(decorateDB))
	return c, inner
}

func read(t *testing.T, c *dig.Container) *inside.Container {
	t.Helper()
	read, err := inside.OfDig(c)
	require.NoError(t, err)
	return read
}

func labels(functions []*inside.Function) (labels []string) {
	for _, f := range functions {
		labels = append(labels, f.Label)
	}
	return labels
}

func find(t *testing.T, c *inside.Container, label string) *inside.Function {
	t.Helper()
	i := slices.IndexFunc(c.Functions, func(f *inside.Function) bool { return f.Label == label })
	require.GreaterOrEqual(t, i, 0, "%s is not among %v", label, labels(c.Functions))
	return c.Functions[i]
}

func TestOfDig(t *testing.T) {
	c, inner := container(t)
	got := read(t, c)
	root, child := got.Scopes[0], got.Scopes[1]
	newDB, newCache, decorate := find(t, got, here+"newDB"), find(t, got, here+"newCache"), find(t, got, here+"decorateDB")
	exported := find(t, got, here+"container.func1")

	t.Run("finds constructors and decorators of all scopes", func(t *testing.T) {
		require.Len(t, got.Functions, 5)
		require.Len(t, got.Scopes, 2)
		require.Nil(t, root.Parent)
		require.Same(t, root, child.Parent)
	})

	t.Run("knows the scopes of their results and of their parameters", func(t *testing.T) {
		for f, want := range map[*inside.Function][2]*inside.Scope{
			newDB: {root, root}, newCache: {child, child}, exported: {root, child}, decorate: {child, child},
		} {
			require.Same(t, want[0], f.Scope, f.Label)
			require.Same(t, want[1], f.From, f.Label)
		}
	})

	t.Run("knows which constructors have been called", func(t *testing.T) {
		require.False(t, newCache.Called())
		require.NoError(t, inner.Invoke(func(*cache, *db) {}))
		require.True(t, newCache.Called())
		require.False(t, exported.Called())
		require.False(t, newCache.Decorates())
		require.True(t, decorate.Decorates())
		require.False(t, decorate.Called(), "nobody knows")
	})

	t.Run("knows each of them again", func(t *testing.T) {
		again := read(t, c)
		require.Equal(t, newDB.ID, find(t, again, here+"newDB").ID)
		require.NotEqual(t, newDB.ID, find(t, again, here+"newCache").ID)
	})

	t.Run("does not count a constructor as called that has failed", func(t *testing.T) {
		c := dig.New()
		require.NoError(t, c.Provide(func() (*db, error) { return nil, fmt.Errorf("broken") }))
		require.Error(t, c.Invoke(func(*db) {}))
		require.False(t, read(t, c).Functions[0].Called())
	})
}

func TestContainerThatChanges(t *testing.T) {
	c, inner := container(t)
	got := read(t, c)
	require.True(t, got.IsCurrent())
	require.NoError(t, inner.Provide(func() string { return "" }))
	require.False(t, got.IsCurrent())
	got = read(t, c)
	c.Scope("another")
	require.False(t, got.IsCurrent())
}

func TestKeys(t *testing.T) {
	c, _ := container(t)
	got := read(t, c)
	dbType := reflect.TypeFor[*db]()
	pool := inside.Key{Type: dbType, Group: "pool"}
	replica := inside.Key{Type: dbType, Name: "replica"}

	t.Run("are those of the results", func(t *testing.T) {
		require.NoError(t, c.Provide(newDB, dig.As(new(namer)), dig.Name("x")))
		require.NoError(t, c.Decorate(decoratePool))
		got := read(t, c)
		providers, err := got.Providers()
		require.NoError(t, err)
		byKey := map[inside.Key][]string{}
		for key, functions := range providers {
			byKey[key] = labels(functions)
			slices.Sort(byKey[key])
		}
		require.Equal(t, map[inside.Key][]string{
			{Type: dbType}:                    {here + "decorateDB", here + "newDB"},
			replica:                           {here + "newOut"},
			pool:                              {here + "decoratePool", here + "newOut"},
			{Type: reflect.TypeFor[*cache]()}: {here + "newCache"},
			{Type: reflect.TypeFor[int]()}:    {here + "container.func1"},
			{Type: reflect.TypeFor[namer](), Name: "x"}: {here + "newDB"},
		}, byKey)
	})

	t.Run("are those of the parameters, without a variadic one", func(t *testing.T) {
		require.Equal(t, []inside.Key{{Type: dbType}}, find(t, got, here+"newCache").Needs())
		f := inside.Function{Type: reflect.TypeFor[func(dbsIn, string)]()}
		require.Equal(t, []inside.Key{
			{Type: dbType}, replica, pool, {Type: reflect.TypeFor[int]()}, {Type: reflect.TypeFor[string]()},
		}, f.Needs())
	})
}

func TestValues(t *testing.T) {
	c, inner := container(t)
	require.NoError(t, inner.Decorate(decoratePool))
	require.NoError(t, inner.Invoke(func(*cache, *db, poolIn) {}))
	require.NoError(t, c.Invoke(func(*db, int) {}))
	got := read(t, c)
	scopes := map[*inside.Scope]string{got.Scopes[0]: "root", got.Scopes[1]: "inner"}
	var lines []string
	require.NoError(t, got.Each(func(v reflect.Value, place func() inside.Value) {
		at := place()
		name := fmt.Sprint(v)
		if d, ok := v.Interface().(*db); ok {
			name = d.name
		}
		lines = append(lines, fmt.Sprintf("%s in %s: %v %q %q %v", name, scopes[at.Scope], at.Key.Type, at.Key.Name, at.Key.Group, at.Decorated))
	}))
	slices.Sort(lines)
	require.Len(t, lines, 9)
	require.Equal(t, []string{
		`&{} in inner: *inside_test.cache "" "" false`,
		`1 in root: int "" "" false`,
		`decorated plain in inner: *inside_test.db "" "" true`,
		`named in root: *inside_test.db "replica" "" false`,
	}, slices.DeleteFunc(slices.Clone(lines[:5]), func(l string) bool { return l[0] == 'o' || l[0] == 't' || l[0] == 'p' }))
	require.Contains(t, lines, `one in root: *inside_test.db "" "pool" false`)
	require.Contains(t, lines, `two in root: *inside_test.db "" "pool" false`)
	require.Contains(t, lines, `plain in root: *inside_test.db "" "" false`)
	decorated := slices.IndexFunc(lines, func(l string) bool {
		return slices.Contains([]string{
			`one in inner: *inside_test.db "" "pool" true`, `two in inner: *inside_test.db "" "pool" true`, `three in inner: *inside_test.db "" "pool" true`,
		}, l)
	})
	require.GreaterOrEqual(t, decorated, 0, "a member of the decorated group, which dig shuffles: %q", lines)
}
