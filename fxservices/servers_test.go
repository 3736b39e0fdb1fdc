package fxservices_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/fx"

	"github.com/go-fxservices/services/fxservices"
	"github.com/go-fxservices/services/runner"
)

// shape is a way to provide what newT constructs.
type shape struct {
	name    string
	provide func(constructor any) fx.Option
}

func annotate(annotations ...fx.Annotation) func(any) fx.Option {
	return func(constructor any) fx.Option { return fxservices.Provide(fx.Annotate(constructor, annotations...)) }
}

var shapes = []shape{
	{"plain", func(constructor any) fx.Option { return fxservices.Provide(constructor) }},
	{"annotated", annotate()},
	{"named", annotate(fx.ResultTags(`name:"main"`))},
	{"grouped", annotate(fx.ResultTags(`group:"all"`))},
	{"as an interface", annotate(fx.As(new(Named)))},
	{"as an interface and itself", annotate(fx.As(new(Named)), fx.As(fx.Self()))},
	{"as a named interface", annotate(fx.As(new(Named)), fx.ResultTags(`name:"main"`))},
	{"as a grouped interface", annotate(fx.As(new(Named)), fx.ResultTags(`group:"all"`))},
	{"as two interfaces", annotate(fx.As(new(Named)), fx.As(new(any)))},
	{"as a Service", annotate(fx.As(new(runner.Service)))},
	{"as anything", annotate(fx.As(new(any)))},
	{"named by fx.Annotated", func(constructor any) fx.Option {
		return fxservices.Provide(fx.Annotated{Name: "main", Target: constructor})
	}},
	{"grouped by fx.Annotated", func(constructor any) fx.Option {
		return fxservices.Provide(fx.Annotated{Group: "all", Target: constructor})
	}},
	{"private", func(constructor any) fx.Option { return fxservices.Provide(constructor, fx.Private) }},
	{"private in a module", func(constructor any) fx.Option {
		return fx.Module("inner", fxservices.Provide(constructor, fx.Private))
	}},
	{"private, named and an interface, in modules", func(constructor any) fx.Option {
		hidden := fx.Annotate(constructor, fx.As(new(Named)), fx.ResultTags(`name:"main"`))
		return fx.Module("outer", fx.Module("inner", fxservices.Provide(hidden, fx.Private)))
	}},
}

func TestServers(t *testing.T) {
	for _, shape := range shapes {
		t.Run("run though nothing needs them: "+shape.name, func(t *testing.T) {
			require.Equal(t, apiLives, live(t, shape.provide(NewAPI)))
		})
	}

	t.Run("run though nothing needs them: a field of a result object", func(t *testing.T) {
		type result struct {
			fx.Out
			Named *API   `name:"main"`
			Group *Admin `group:"admins"`
		}
		newResult := func(j *journal) result { return result{Named: NewAPI(j), Group: NewAdmin(j)} }
		require.Equal(t, "listen api, listen admin, close admin, close api", live(t, fxservices.Provide(newResult)))
		require.Equal(t, "listen api, listen admin, close admin, close api",
			live(t, fx.Module("inner", fxservices.Provide(newResult, fx.Private))))
	})

	t.Run("run though nothing needs them: beside a Resource", func(t *testing.T) {
		newBoth := func(j *journal) (*DB, *API) { return NewDB(j), NewAPI(j) }
		require.Equal(t, "start db, listen api, close api, stop db", live(t, fxservices.Provide(newBoth)))
	})

	t.Run("are constructed once though they are needed", func(t *testing.T) {
		newAPI := func(j *journal) *API {
			j.Note("new api")
			return NewAPI(j)
		}
		require.Equal(t, "new api, listen api, close api", live(t, fxservices.Provide(newAPI), needing[*API]()))
	})

	t.Run("are all of a group, whatever else is in it", func(t *testing.T) {
		group := func(constructor any) any {
			return fx.Annotate(constructor, fx.As(new(Named)), fx.ResultTags(`group:"named"`))
		}
		plain := fx.Provide(group(func() *onlyNamed { return &onlyNamed{} }))
		j := &journal{}
		app := j.build(t, fxservices.Provide(group(NewAPI), group(NewAdmin), group(NewDB)), plain)
		require.NoError(t, app.Start(t.Context()))
		require.NoError(t, app.Stop(t.Context()))
		require.Contains(t, j.String(), "listen api")
		require.Contains(t, j.String(), "listen admin")
	})
}

func TestResources(t *testing.T) {
	for _, shape := range shapes {
		t.Run("are not constructed unless something needs them: "+shape.name, func(t *testing.T) {
			never := func(*journal) *DB { panic("constructed") }
			require.Empty(t, live(t, shape.provide(never)))
		})
	}

	t.Run("start when a Server needs them", func(t *testing.T) {
		require.Equal(t, "start db, start cache, listen api, close api, stop cache, stop db",
			live(t, fxservices.Provide(NewCache, NewDB, NewChain)))
	})

	t.Run("start when an Invoke needs them", func(t *testing.T) {
		require.Equal(t, "start db, stop db", live(t, fxservices.Provide(NewDB), needing[*DB]()))
	})
}
