package constructor_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/dig"

	"github.com/go-fxservices/services/internal/constructor"
	"github.com/go-fxservices/services/runner"
)

var errBoom = errors.New("boom")

// The services of the tests.
type (
	db  struct{ runner.Resource }
	api struct{ runner.Server }

	// hybrid is a Resource and a Server at once.
	hybrid struct {
		runner.Resource
		listener
	}
	listener struct{}

	// named has a name only.
	named  struct{}
	config struct{}
)

func (*hybrid) Name() string                  { return "hybrid" }
func (listener) Listen(context.Context) error { return nil }
func (listener) Close(context.Context) error  { return nil }
func (named) Name() string                    { return "named" }

func newDB() *db   { return &db{runner.NewResource("db", nil, nil)} }
func newAPI() *api { return &api{runner.NewServer("api", nil, nil)} }

func pc(function any) uintptr { return reflect.ValueOf(function).Pointer() }

func fileAndLine(function any) string {
	file, line := runtime.FuncForPC(pc(function)).FileLine(pc(function))
	return fmt.Sprintf("%s:%d", file, line)
}

// parse is Parse for what it takes.
func parse(t *testing.T, arg any) *constructor.Parsed {
	t.Helper()
	p, err := constructor.Parse(arg)
	require.NoError(t, err)
	return p
}

// inner is part of outer.
type inner struct {
	dig.Out
	Config *config `name:"inner"`
}

type outer struct {
	dig.Out
	Plain   *db
	Named   *db    `name:"main"`
	Grouped *api   `group:"apis"`
	Flat    []*api `group:"apis,flatten"`
	Slice   []*api `group:"slices"`
	Inner   inner
}

func TestOuts(t *testing.T) {
	type out = constructor.Out
	public := func(outs []out) []out { // but for the way to the value
		seen := make([]out, len(outs))
		for i, o := range outs {
			seen[i] = out{Type: o.Type, Name: o.Name, Group: o.Group, Flatten: o.Flatten}
		}
		return seen
	}
	dbType, apiType := reflect.TypeFor[*db](), reflect.TypeFor[*api]()

	t.Run("are the results, but for a last error", func(t *testing.T) {
		function := func() (*db, *config, error) { return nil, nil, nil }
		require.Equal(t, []out{{Type: dbType}, {Type: reflect.TypeFor[*config]()}}, public(parse(t, function).Outs()))
		require.Empty(t, parse(t, func() error { return nil }).Outs())
		require.Empty(t, parse(t, func() {}).Outs())
	})

	t.Run("are the fields of result objects, nested ones too", func(t *testing.T) {
		require.Equal(t, []out{
			{Type: dbType},
			{Type: dbType, Name: "main"},
			{Type: apiType, Group: "apis"},
			{Type: apiType, Group: "apis", Flatten: true},
			{Type: reflect.TypeFor[[]*api](), Group: "slices"},
			{Type: reflect.TypeFor[*config](), Name: "inner"},
			{Type: apiType},
		}, public(parse(t, func() (outer, *api) { return outer{}, nil }).Outs()))
	})
}

func TestLocation(t *testing.T) {
	t.Run("is the name of the function, its file and its line", func(t *testing.T) {
		want := "github.com/go-fxservices/services/internal/constructor_test.newDB (" + fileAndLine(newDB) + ")"
		require.Equal(t, want, constructor.Location(pc(newDB)))
		require.Equal(t, want, parse(t, newDB).String())
	})

	t.Run("says so where there is no function", func(t *testing.T) {
		require.Equal(t, "an unknown function", constructor.Location(1))
	})
}

func TestNew(t *testing.T) {
	t.Run("keeps the location of the function that was written", func(t *testing.T) {
		f, err := constructor.New(func() {}, pc(newDB))
		require.NoError(t, err)
		require.Equal(t, pc(newDB), f.PC())
	})

	t.Run("refuses what is no function", func(t *testing.T) {
		for _, arg := range []any{nil, 3, "newDB", (func())(nil), &config{}} {
			_, err := constructor.New(arg, 0)
			require.EqualError(t, err, fmt.Sprintf("must be a constructor, got %T", arg))
		}
	})
}
