package constructor_test

import (
	"reflect"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/dig"

	"github.com/go-fxservices/services/internal/constructor"
)

type service interface{ Name() string }

func TestWith(t *testing.T) {
	serviceType, dbType := reflect.TypeFor[service](), reflect.TypeFor[*db]()
	type place struct {
		Type        reflect.Type
		Name, Group string
		Flatten     bool
	}
	places := func(p *constructor.Parsed) (places []place) {
		for _, out := range p.Outs() {
			places = append(places, place{out.Type, out.Name, out.Group, out.Flatten})
		}
		return places
	}

	t.Run("gives the values the places that the options say", func(t *testing.T) {
		for name, c := range map[string]struct {
			options constructor.Options
			want    []place
		}{
			"nothing":     {constructor.Options{}, []place{{Type: dbType}}},
			"a name":      {constructor.Options{Name: "x"}, []place{{Type: dbType, Name: "x"}}},
			"a group":     {constructor.Options{Group: "all"}, []place{{Type: dbType, Group: "all"}}},
			"interfaces":  {constructor.Options{As: []reflect.Type{serviceType, reflect.TypeFor[any]()}}, []place{{Type: serviceType}, {Type: reflect.TypeFor[any]()}}},
			"both":        {constructor.Options{Name: "x", As: []reflect.Type{serviceType}}, []place{{Type: serviceType, Name: "x"}}},
			"no flatting": {constructor.Options{Group: "all,flatten"}, []place{{Type: dbType, Group: "all"}}},
		} {
			t.Run(name, func(t *testing.T) {
				p := parse(t, newDB)
				require.Equal(t, c.want, places(p.With(c.options)))
				require.Equal(t, []place{{Type: dbType}}, places(p), "it is as it was")
			})
		}
	})

	t.Run("flattens a slice into its group", func(t *testing.T) {
		one, two := newDB(), newDB()
		p := parse(t, func() []*db { return []*db{one, two} }).With(constructor.Options{Group: "all,flatten"})
		require.Equal(t, []place{{Type: dbType, Group: "all", Flatten: true}}, places(p))
		require.NoError(t, p.Check(false))
		manage, values := collect()
		c := dig.New()
		require.NoError(t, c.Provide(p.Wrap(nil, manage), dig.Group("all,flatten")))
		require.NoError(t, c.Invoke(func(struct {
			dig.In
			All []*db `group:"all"`
		}) {
		}))
		require.Equal(t, []any{one, two}, *values)
	})
}
