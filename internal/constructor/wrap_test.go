package constructor_test

import (
	"errors"
	"reflect"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/dig"

	"github.com/go-fxservices/services/internal/constructor"
)

// container is a dig container with constructors.
func container(t *testing.T, constructors ...any) *dig.Container {
	t.Helper()
	c := dig.New()
	for _, constructor := range constructors {
		require.NoError(t, c.Provide(constructor))
	}
	return c
}

// collect returns a function that calls constructors, and where their values go.
func collect() (manage func(*constructor.Call) error, values *[]any) {
	values = &[]any{}
	return func(call *constructor.Call) error {
		if call.First.IsValid() {
			*values = append(*values, call.First.Interface())
		}
		all, _ := call.Do()
		for _, v := range all {
			*values = append(*values, v.Interface())
		}
		return nil
	}, values
}

func TestWrap(t *testing.T) {
	t.Run("does what the constructor does, and shows its values", func(t *testing.T) {
		made := newDB()
		manage, values := collect()
		c := container(t, parse(t, func() (*db, *config, error) { return made, &config{}, nil }).Wrap(nil, manage))
		require.NoError(t, c.Invoke(func(got *db, _ *config) { require.Same(t, made, got) }))
		require.Equal(t, []any{made, &config{}}, *values)
	})

	t.Run("takes a parameter of its own, and those of the constructor", func(t *testing.T) {
		manage, values := collect()
		newOne := func(name string) *api {
			require.Equal(t, "name", name)
			return nil
		}
		c := container(t, func() (string, int) { return "name", 1 }, parse(t, newOne).Wrap(reflect.TypeFor[int](), manage))
		require.NoError(t, c.Invoke(func(*api) {}))
		require.Equal(t, []any{1, (*api)(nil)}, *values)
	})

	t.Run("leaves variadic parameters out", func(t *testing.T) {
		manage, _ := collect()
		variadic := func(n int, names ...string) *db {
			require.Empty(t, names)
			return newDB()
		}
		c := container(t, func() (int, []string) { return 1, []string{"name"} }, parse(t, variadic).Wrap(nil, manage))
		require.NoError(t, c.Invoke(func(*db) {}))
	})

	t.Run("shows the values of result objects, flattened", func(t *testing.T) {
		one, two, three := newAPI(), newAPI(), newAPI()
		made := outer{
			Plain: newDB(), Named: newDB(), Grouped: one, Flat: []*api{two, three}, Slice: []*api{one},
			Inner: inner{Config: &config{}},
		}
		manage, values := collect()
		c := container(t, parse(t, func() (outer, error) { return made, nil }).Wrap(nil, manage))
		require.NoError(t, c.Invoke(func(*db) {}))
		require.Equal(t, []any{made.Plain, made.Named, one, two, three, made.Slice, made.Inner.Config}, *values)
	})

	t.Run("returns the error of the constructor, and shows nothing", func(t *testing.T) {
		manage, values := collect()
		c := container(t, parse(t, func() (*db, error) { return newDB(), errBoom }).Wrap(nil, manage))
		require.ErrorIs(t, c.Invoke(func(*db) {}), errBoom)
		require.Empty(t, *values)
	})

	t.Run("returns the error of the function that gets the values", func(t *testing.T) {
		refuse := func(call *constructor.Call) error {
			_, ok := call.Do()
			require.True(t, ok)
			return errBoom
		}
		c := container(t, parse(t, newDB).Wrap(nil, refuse))
		require.ErrorIs(t, c.Invoke(func(*db) {}), errBoom)
	})

	t.Run("does not have to call the constructor", func(t *testing.T) {
		refuse := func(*constructor.Call) error { return errBoom }
		never := func() (*db, out, error) { panic("called") }
		c := container(t, parse(t, never).Wrap(nil, refuse))
		require.ErrorIs(t, c.Invoke(func(*db) {}), errBoom)
	})

	t.Run("shows whether the constructor failed, whose error counts", func(t *testing.T) {
		refuse := func(call *constructor.Call) error {
			_, ok := call.Do()
			require.False(t, ok)
			return errors.New("another one")
		}
		c := container(t, parse(t, func() (*db, error) { return nil, errBoom }).Wrap(nil, refuse))
		require.ErrorIs(t, c.Invoke(func(*db) {}), errBoom)
	})

	t.Run("shows what the constructor takes, without the parameter in front", func(t *testing.T) {
		type in struct {
			dig.In
			Plain *config
			APIs  []*api `group:"all"`
			Inner struct {
				dig.In
				Names []string
			}
		}
		one, two, c := newAPI(), newAPI(), &config{}
		var args []any
		show := func(call *constructor.Call) error {
			for _, v := range call.Args() {
				args = append(args, v.Interface())
			}
			call.Do()
			return nil
		}
		container := container(t, parse(t, func(in, string) *db { return nil }).Wrap(reflect.TypeFor[int](), show),
			func() (int, string, *config, []string) { return 1, "text", c, []string{"name"} })
		require.NoError(t, container.Provide(func() *api { return one }, dig.Group("all")))
		require.NoError(t, container.Provide(func() *api { return two }, dig.Group("all")))
		require.NoError(t, container.Invoke(func(*db) {}))
		require.ElementsMatch(t, []any{c, one, two, []string{"name"}, "text"}, args)
		require.Same(t, c, args[0])
	})
}

// out is a result object with nothing that the tests need.
type out struct {
	dig.Out
	Text string
}

func TestReplace(t *testing.T) {
	first := func(values []constructor.Value) (reflect.Value, error) {
		return reflect.ValueOf(values[0].Interface().(*db).Name()), nil
	}

	t.Run("provides what is made of the values, and not the values", func(t *testing.T) {
		c := container(t, parse(t, newDB).Replace(reflect.TypeFor[string](), first))
		require.NoError(t, c.Invoke(func(name string) { require.Equal(t, "db", name) }))
		require.Error(t, c.Invoke(func(*db) {}))
	})

	t.Run("returns the error of the constructor", func(t *testing.T) {
		c := container(t, parse(t, func() (*db, error) { return nil, errBoom }).Replace(reflect.TypeFor[string](), first))
		require.ErrorIs(t, c.Invoke(func(string) {}), errBoom)
	})

	t.Run("returns the error of the conversion", func(t *testing.T) {
		refuse := func([]constructor.Value) (reflect.Value, error) { return reflect.Value{}, errBoom }
		c := container(t, parse(t, newDB).Replace(reflect.TypeFor[string](), refuse))
		require.ErrorIs(t, c.Invoke(func(string) {}), errBoom)
	})
}

func TestBuildToken(t *testing.T) {
	tokens := func(in struct {
		dig.In
		Tokens []constructor.Token `group:"services.built"`
	}) {
	}

	for name, function := range map[string]any{
		"a type":  newAPI,
		"a name":  func() namedAPI { return namedAPI{API: newAPI()} },
		"a group": func() groupedAPI { return groupedAPI{API: newAPI()} },
	} {
		t.Run("constructs what provides "+name, func(t *testing.T) {
			p := parse(t, function)
			manage, values := collect()
			c := container(t, p.Wrap(nil, manage), constructor.BuildToken(p.Roots()[0]))
			require.NoError(t, c.Invoke(tokens))
			require.Len(t, *values, 1)
		})
	}

	t.Run("is in the group that it is named after", func(t *testing.T) {
		field, _ := reflect.TypeFor[constructor.TokenResult]().FieldByName("Token")
		require.Equal(t, constructor.TokenGroup, field.Tag.Get("group"))
	})
}

type namedAPI struct {
	dig.Out
	API *api `name:"main"`
}

type groupedAPI struct {
	dig.Out
	API *api `group:"all"`
}
