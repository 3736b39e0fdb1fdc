package fxservices_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/fx"

	"github.com/go-fxservices/services/fxservices"
)

// The real ones must never be constructed where they are replaced.
func newRealAPI() *API { panic("the real API is constructed") }
func newRealDB() *DB   { panic("the real DB is constructed") }

// replaced is a shape of constructors, and what replaces their results in it.
type replaced struct {
	name  string
	shape func(any) any
	with  func(fake any) any
}

func tagged(tag string) func(any) any {
	return func(v any) any { return fx.Annotate(v, fx.ResultTags(tag)) }
}

func as(annotations ...fx.Annotation) func(any) any {
	return func(v any) any { return fx.Annotate(v, annotations...) }
}

func plain(v any) any { return v }

var replacements = []replaced{
	{"plain", plain, plain},
	{"by name", tagged(`name:"main"`), tagged(`name:"main"`)},
	{"behind an interface", as(fx.As(new(Named))), as(fx.As(new(Named)))},
	{
		"behind a named interface",
		as(fx.As(new(Named)), fx.ResultTags(`name:"main"`)),
		as(fx.As(new(Named)), fx.ResultTags(`name:"main"`)),
	},
}

// needs invokes a function that needs whatever the replacements replace.
func needs[T any]() fx.Option {
	return fx.Invoke(func(struct {
		fx.In
		Plain      T     `optional:"true"`
		Main       T     `optional:"true" name:"main"`
		Named      Named `optional:"true"`
		MainNamed  Named `optional:"true" name:"main"`
		Everything []T   `group:"all"`
	}) {
	})
}

func TestReplaceKeepsTheRealOneOut(t *testing.T) {
	fakeAPI, fakeDB := &API{}, &DB{}
	for _, r := range replacements {
		t.Run("of a Server: "+r.name, func(t *testing.T) {
			require.Empty(t, live(t, needs[*API](),
				fxservices.Provide(r.shape(newRealAPI)), fx.Replace(r.with(fakeAPI))))
		})

		t.Run("of a Resource: "+r.name, func(t *testing.T) {
			require.Empty(t, live(t, needs[*DB](),
				fxservices.Provide(r.shape(newRealDB)), fx.Replace(r.with(fakeDB))))
		})

		t.Run("of a private Server: "+r.name, func(t *testing.T) {
			require.Empty(t, live(t, fx.Module("inner", needs[*API](),
				fxservices.Provide(r.shape(newRealAPI), fx.Private), fx.Replace(r.with(fakeAPI)))))
		})

		t.Run("of a private Resource: "+r.name, func(t *testing.T) {
			require.Empty(t, live(t, fx.Module("inner", needs[*DB](),
				fxservices.Provide(r.shape(newRealDB), fx.Private), fx.Replace(r.with(fakeDB)))))
		})
	}

	t.Run("of a group", func(t *testing.T) {
		require.Empty(t, live(t, needs[*API](),
			fxservices.Provide(tagged(`group:"all"`)(newRealAPI)), fx.Replace(tagged(`group:"all"`)([]*API{fakeAPI}))))
		require.Empty(t, live(t, needs[*DB](),
			fxservices.Provide(tagged(`group:"all"`)(newRealDB)), fx.Replace(tagged(`group:"all"`)([]*DB{fakeDB}))))
	})

	t.Run("of what is supplied", func(t *testing.T) {
		j := &journal{}
		require.Empty(t, live(t, fxservices.Supply(NewAPI(j)), fx.Replace(fakeAPI), needing[*API]()))
		require.Empty(t, j.String())
	})

	t.Run("of what an inner module provides", func(t *testing.T) {
		inner := fx.Module("inner", fxservices.Provide(newRealAPI, newRealDB), needing[*DB]())
		require.Empty(t, live(t, inner, fx.Replace(fakeAPI, fakeDB)))
	})

	t.Run("and others get what replaces it", func(t *testing.T) {
		var got *DB
		live(t, fxservices.Provide(newRealDB), fx.Replace(fakeDB), fx.Populate(&got))
		require.Same(t, fakeDB, got)
	})

	t.Run("but what needs it runs", func(t *testing.T) {
		newAPI := func(j *journal, _ *DB) *API { return NewAPI(j) }
		require.Equal(t, apiLives, live(t, fxservices.Provide(newAPI, newRealDB), fx.Replace(fakeDB)))
	})
}

func TestReplaceOfOneOfTwo(t *testing.T) {
	t.Run("names of one type lets the other run", func(t *testing.T) {
		type result struct {
			fx.Out
			Main  *API   `name:"main"`
			Admin *API   `name:"admin"`
			Group []*API `group:"apis,flatten"`
		}
		for _, name := range []string{"main", "admin"} {
			constructed := 0
			newResult := func(j *journal) result {
				constructed++
				return result{Main: NewAPI(j), Admin: NewAPI(j)}
			}
			live(t, fxservices.Provide(newResult), fx.Replace(tagged(`name:"`+name+`"`)(&API{})),
				fx.Replace(tagged(`group:"apis"`)([]*API{})))
			require.Equal(t, 1, constructed, "%s is replaced, the other is not", name)
		}
	})

	t.Run("interfaces of two results lets the other run", func(t *testing.T) {
		for _, name := range []string{"main", "admin"} {
			constructed := 0
			newBoth := func(j *journal) (*API, *Admin) {
				constructed++
				return NewAPI(j), NewAdmin(j)
			}
			both := fx.Annotate(newBoth, fx.As(new(Named), new(Named)), fx.ResultTags(`name:"main"`, `name:"admin"`))
			live(t, fxservices.Provide(both), fx.Replace(as(fx.As(new(Named)), fx.ResultTags(`name:"`+name+`"`))(&API{})))
			require.Equal(t, 1, constructed, "%s is replaced, the other is not", name)
		}
	})

	t.Run("the type, beside an interface, keeps the real one out", func(t *testing.T) {
		real := fx.Annotate(newRealAPI, fx.As(new(Named)), fx.As(fx.Self()))
		require.Empty(t, live(t, fxservices.Provide(real), fx.Replace(&API{}), needing[*API]()))
	})
}

func TestDecorate(t *testing.T) {
	t.Run("without the original keeps the real one out", func(t *testing.T) {
		require.Empty(t, live(t, fxservices.Provide(newRealAPI), fx.Decorate(func() *API { return &API{} })))
		require.Empty(t, live(t, fxservices.Provide(newRealDB), fx.Decorate(func() *DB { return &DB{} }), needing[*DB]()))
	})

	t.Run("with the original runs the original", func(t *testing.T) {
		var got *API
		fake := &API{}
		decorate := fx.Decorate(func(api *API) *API {
			require.Equal(t, "api", api.Name())
			return fake
		})
		require.Equal(t, apiLives, live(t, fxservices.Provide(NewAPI), decorate, fx.Populate(&got)))
		require.Same(t, fake, got)
	})

	t.Run("in a module reaches a private Server", func(t *testing.T) {
		require.Empty(t, live(t, fx.Module("inner",
			fxservices.Provide(newRealAPI, fx.Private), fx.Decorate(func() *API { return &API{} }))))
	})
}
