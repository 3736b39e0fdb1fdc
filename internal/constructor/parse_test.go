package constructor_test

import (
	"reflect"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/fx"

	"github.com/go-fxservices/services/internal/constructor"
	"github.com/go-fxservices/services/runner"
)

// Namer is an interface that is no service.
type Namer interface{ Name() string }

func TestParse(t *testing.T) {
	t.Run("keeps the function that was written, and its location", func(t *testing.T) {
		for name, arg := range map[string]any{
			"plain":          newDB,
			"annotated":      fx.Annotate(newDB, fx.ResultTags(`name:"main"`)),
			"as":             fx.Annotate(newDB, fx.As(new(Namer))),
			"fx.Annotated":   fx.Annotated{Name: "main", Target: newDB},
			"no annotations": fx.Annotated{Target: newDB},
		} {
			p := parse(t, arg)
			require.Equal(t, pc(newDB), p.PC(), name)
			require.Equal(t, pc(newDB), p.Written.PC(), name)
			require.Equal(t, reflect.TypeFor[*db](), p.Written.Outs()[0].Type, name)
		}
	})

	t.Run("refuses what is no constructor", func(t *testing.T) {
		for says, arg := range map[string]any{
			"must be a constructor, got <nil>":                  nil,
			"must be a constructor, got int":                    3,
			"must be a constructor, got func()":                 (func())(nil),
			"must be a constructor, got *constructor_test.db":   newDB(),
			"must be a constructor, got string":                 fx.Annotate("newDB"),
			"must be a constructor, got bool":                   fx.Annotated{Target: true},
			"must be a constructor, got constructor_test.built": built{},
			"is an error":                                       refused{},
			"newDB (" + fileAndLine(newDB) + "): ":              fx.Annotate(newDB, fx.As(3)),
			"newDB (" + fileAndLine(newDB) + "): invalid fx.As": fx.Annotate(newDB, fx.As(new(error))),
			"may have a Name or a Group, not both":              fx.Annotated{Name: "main", Group: "all", Target: newDB},
		} {
			_, err := constructor.Parse(arg)
			require.ErrorContains(t, err, says)
		}
	})
}

// built has a method like that of the values of fx.Annotate.
type built struct{}

func (built) Build(int) {}

// refused is an error, but not one of fx.Annotate.
type refused struct{}

func (refused) Error() string { return "is an error" }

func TestCheck(t *testing.T) {
	newService := func() (runner.Service, error) { return nil, nil }

	t.Run("accepts constructors with a service among their values", func(t *testing.T) {
		for _, arg := range []any{
			newDB, newAPI, newJob, newService,
			func() Namer { return nil }, // its value decides
			func() (*config, *api) { return nil, nil },
			func() outer { return outer{} },
			fx.Annotate(newDB, fx.As(new(any))),
			fx.Annotate(func() []*db { return nil }, fx.ResultTags(`group:"all,flatten"`)),
		} {
			require.NoError(t, parse(t, arg).Check(false))
		}
	})

	t.Run("refuses constructors without a service, by name and types", func(t *testing.T) {
		for returns, arg := range map[string]any{
			"nothing":                          func() {},
			"*constructor_test.config":         func() (*config, error) { return nil, nil },
			"*constructor_test.config, int":    func() (*config, int) { return nil, 0 },
			"[]*constructor_test.db":           func() []*db { return nil },
			"error, *constructor_test.config":  func() (error, *config) { return nil, nil }, //nolint:staticcheck // it is wrong
			"constructor_test.named":           func() named { return named{} },
			"func() *constructor_test.db":      func() func() *db { return nil },
			"map[string]*constructor_test.api": func() map[string]*api { return nil },
		} {
			err := parse(t, arg).Check(false)
			require.ErrorIs(t, err, runner.ErrInvalidServiceType)
			require.ErrorContains(t, err, "parse_test.go:")
			require.ErrorContains(t, err, "returns "+returns+": ")
			require.ErrorContains(t, err, "neither a runner.Resource nor a runner.Server")
		}
	})

	t.Run("refuses what is a Resource and a Server at once", func(t *testing.T) {
		err := parse(t, func() (*db, *hybrid) { return nil, nil }).Check(false)
		require.ErrorIs(t, err, runner.ErrInvalidServiceType)
		require.ErrorContains(t, err, "returns *constructor_test.hybrid: invalid service type: both a Resource and a Server")
	})

	t.Run("wants a Resource or a Job where one is retried, or what may be one", func(t *testing.T) {
		for _, arg := range []any{
			newDB, newService, newJob,
			func() (*api, *db) { return nil, nil },
			fx.Annotate(func() []*db { return nil }, fx.ResultTags(`group:"all,flatten"`)),
		} {
			require.NoError(t, parse(t, arg).Check(true))
		}
		require.ErrorContains(t, parse(t, newAPI).Check(true), "newAPI ("+fileAndLine(newAPI)+"): a *retrier.Builder")
	})
}

func TestRoots(t *testing.T) {
	type out struct {
		Type        reflect.Type
		Name, Group string
	}
	apiType, namer := reflect.TypeFor[*api](), reflect.TypeFor[Namer]()
	newBoth := func() (*db, *api, *api) { return nil, nil, nil }
	twoNames := fx.ResultTags("", `name:"one"`, `name:"two"`)
	asNamers := fx.As(new(Namer), new(Namer), new(Namer))

	for name, c := range map[string]struct {
		arg  any
		want []out
	}{
		"a Server":                  {newAPI, []out{{apiType, "", ""}}},
		"a Job":                     {newJob, []out{{reflect.TypeFor[*job](), "", ""}}},
		"no Resource":               {newDB, nil},
		"what is typed as Service":  {func() runner.Service { return nil }, []out{{reflect.TypeFor[runner.Service](), "", ""}}},
		"a Server by its interface": {fx.Annotate(newAPI, fx.As(new(any))), []out{{reflect.TypeFor[any](), "", ""}}},
		"a Server by its own type": {
			fx.Annotate(newAPI, fx.As(new(Namer)), fx.As(new(any)), fx.As(fx.Self())),
			[]out{{apiType, "", ""}},
		},
		"a Server by the first of its interfaces": {
			fx.Annotate(newAPI, fx.As(new(Namer)), fx.As(new(any))),
			[]out{{namer, "", ""}},
		},
		"Servers by their names": {
			fx.Annotate(newBoth, twoNames),
			[]out{{apiType, "one", ""}, {apiType, "two", ""}},
		},
		"Servers by their names and interfaces": {
			fx.Annotate(newBoth, twoNames, asNamers),
			[]out{{namer, "one", ""}, {namer, "two", ""}},
		},
		"Servers by their interfaces and names": {
			fx.Annotate(newBoth, asNamers, twoNames),
			[]out{{namer, "one", ""}, {namer, "two", ""}},
		},
		"Servers by their names and second interfaces": {
			fx.Annotate(newBoth, twoNames, asNamers, fx.As(new(any), fx.Self(), new(any))),
			[]out{{apiType, "one", ""}, {namer, "two", ""}},
		},
		"Servers of a flattened group": {
			fx.Annotate(func() []*api { return nil }, fx.ResultTags(`group:"all,flatten"`)),
			[]out{{apiType, "", "all"}},
		},
		"no Resources of a flattened group": {
			fx.Annotate(func() []*db { return nil }, fx.ResultTags(`group:"all,flatten"`)), nil,
		},
		"a Resource as a Service": {fx.Annotate(newDB, fx.As(new(runner.Service))), nil},
		"the Servers of a result object": {
			func() outer { return outer{} },
			[]out{{apiType, "", "apis"}, {apiType, "", "apis"}},
		},
	} {
		t.Run("asks for "+name, func(t *testing.T) {
			var got []out
			for _, o := range parse(t, c.arg).Roots() {
				got = append(got, out{o.Type, o.Name, o.Group})
			}
			require.Equal(t, c.want, got)
		})
	}
}
