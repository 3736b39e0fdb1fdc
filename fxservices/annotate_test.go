package fxservices_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/fx"

	"github.com/go-fxservices/services/fxservices"
)

// NewAPIs is for flattened groups.
func NewAPIs(j *journal) []*API { return []*API{{j.Server("one")}, {j.Server("two")}} }

// invoke invokes function, with tags on its parameters.
func invoke(function any, tags ...string) fx.Option {
	return fx.Invoke(fx.Annotate(function, fx.ParamTags(tags...)))
}

func TestProvideTakesAnnotate(t *testing.T) {
	t.Run("without annotations", func(t *testing.T) {
		require.Equal(t, apiLives, live(t, fxservices.Provide(fx.Annotate(NewAPI))))
	})

	t.Run("with As, which hides the type", func(t *testing.T) {
		provide := fxservices.Provide(fx.Annotate(NewAPI, fx.As(new(Named))))
		require.Equal(t, apiLives, live(t, provide, needing[Named]()))
		require.ErrorContains(t, refusal(t, provide, needing[*API]()), "missing type: *fxservices_test.API")
	})

	t.Run("with As and Self, which is one instance", func(t *testing.T) {
		same := func(api *API, named Named, endpoint Endpoint) {
			require.Same(t, api, named)
			require.Same(t, api, endpoint)
		}
		provide := fxservices.Provide(fx.Annotate(NewAPI, fx.As(new(Named)), fx.As(fx.Self()), fx.As(new(Endpoint))))
		require.Equal(t, apiLives, live(t, provide, fx.Invoke(same)))
	})

	t.Run("with As for several results", func(t *testing.T) {
		newBoth := func(j *journal) (*API, *Admin, error) { return NewAPI(j), NewAdmin(j), nil }
		provide := fxservices.Provide(fx.Annotate(newBoth, fx.As(new(Named), new(Endpoint))))
		require.Equal(t, "listen api, listen admin, close admin, close api", live(t, provide, needing[Named](), needing[Endpoint]()))
	})

	t.Run("with a name", func(t *testing.T) {
		provide := fxservices.Provide(fx.Annotate(NewAPI, fx.ResultTags(`name:"main"`)))
		require.Equal(t, apiLives, live(t, provide, invoke(func(*API) {}, `name:"main"`)))
	})

	t.Run("with a name and As", func(t *testing.T) {
		for _, annotations := range [][]fx.Annotation{
			{fx.As(new(Named)), fx.ResultTags(`name:"main"`)},
			{fx.ResultTags(`name:"main"`), fx.As(new(Named))},
		} {
			provide := fxservices.Provide(fx.Annotate(NewAPI, annotations...))
			require.Equal(t, apiLives, live(t, provide, invoke(func(Named) {}, `name:"main"`)))
		}
	})

	t.Run("with a group", func(t *testing.T) {
		provide := fxservices.Provide(fx.Annotate(NewAPI, fx.ResultTags(`group:"apis"`)))
		use := func(apis []*API) { require.Len(t, apis, 1) }
		require.Equal(t, apiLives, live(t, provide, invoke(use, `group:"apis"`)))
	})

	t.Run("with a flattened group", func(t *testing.T) {
		provide := fxservices.Provide(fx.Annotate(NewAPIs, fx.ResultTags(`group:"apis,flatten"`)))
		use := func(apis []*API) { require.Len(t, apis, 2) }
		require.Equal(t, "listen one, listen two, close two, close one", live(t, provide, invoke(use, `group:"apis"`)))
	})

	t.Run("with tags on parameters", func(t *testing.T) {
		db := fx.Annotate(NewDB, fx.ResultTags(`name:"main"`))
		newAPI := func(j *journal, db *DB, none *Cache) *API {
			require.NotNil(t, db)
			require.Nil(t, none)
			return NewAPI(j)
		}
		api := fx.Annotate(newAPI, fx.ParamTags("", `name:"main"`, `optional:"true"`))
		require.Equal(t, "start db, listen api, close api, stop db", live(t, fxservices.Provide(db, api)))
	})

	t.Run("with From", func(t *testing.T) {
		newAPI := func(_ Named, j *journal) *API { return NewAPI(j) }
		api := fx.Annotate(newAPI, fx.From(new(*DB)))
		require.Equal(t, "start db, listen api, close api, stop db", live(t, fxservices.Provide(NewDB, api)))
	})

	t.Run("of a variadic function, with its values", func(t *testing.T) {
		newAPI := func(j *journal, configs ...*Config) *API {
			require.Len(t, configs, 2)
			return NewAPI(j)
		}
		config := fx.Annotate(func() *Config { return &Config{} }, fx.ResultTags(`group:"configs"`))
		api := fx.Annotate(newAPI, fx.ParamTags("", `group:"configs"`))
		require.Equal(t, apiLives, live(t, fxservices.Provide(api), fx.Provide(config, config)))
	})
}

func TestProvideTakesHookAnnotations(t *testing.T) {
	t.Run("whose functions run as a hook of the constructor, before the service", func(t *testing.T) {
		onStart := fx.OnStart(func(j *journal, _ *API) { j.Note("on start") })
		onStop := fx.OnStop(func(_ context.Context, j *journal) error { j.Note("on stop"); return nil })
		provide := fxservices.Provide(fx.Annotate(NewAPI, onStart, onStop))
		require.Equal(t, "on start, listen api, close api, on stop", live(t, provide))
	})

	t.Run("beside a name and As", func(t *testing.T) {
		onStart := fx.OnStart(func(j *journal) { j.Note("on start") })
		provide := fxservices.Provide(fx.Annotate(NewAPI, onStart, fx.As(new(Named)), fx.ResultTags(`name:"main"`)))
		require.Equal(t, "on start, listen api, close api", live(t, provide))
	})
}

func TestProvideTakesAnnotated(t *testing.T) {
	t.Run("with a name", func(t *testing.T) {
		provide := fxservices.Provide(fx.Annotated{Name: "main", Target: NewAPI})
		require.Equal(t, apiLives, live(t, provide, invoke(func(*API) {}, `name:"main"`)))
	})

	t.Run("with a group", func(t *testing.T) {
		provide := fxservices.Provide(fx.Annotated{Group: "apis", Target: NewAPI})
		use := func(apis []*API) { require.Len(t, apis, 1) }
		require.Equal(t, apiLives, live(t, provide, invoke(use, `group:"apis"`)))
	})

	t.Run("with a flattened group", func(t *testing.T) {
		provide := fxservices.Provide(fx.Annotated{Group: "apis,flatten", Target: NewAPIs})
		use := func(apis []*API) { require.Len(t, apis, 2) }
		require.Equal(t, "listen one, listen two, close two, close one", live(t, provide, invoke(use, `group:"apis"`)))
	})

	t.Run("with nothing but a function", func(t *testing.T) {
		require.Equal(t, apiLives, live(t, fxservices.Provide(fx.Annotated{Target: NewAPI}), needing[*API]()))
	})

	t.Run("with a result object", func(t *testing.T) {
		newResults := func(j *journal) apiResult { return apiResult{API: NewAPI(j)} }
		require.Equal(t, apiLives, live(t, fxservices.Provide(fx.Annotated{Target: newResults})))
	})

	t.Run("with a name or a group, not both", func(t *testing.T) {
		err := refusal(t, fxservices.Provide(fx.Annotated{Name: "main", Group: "apis", Target: NewAPI}))
		require.ErrorContains(t, err, "fx.Annotated may have a Name or a Group, not both")
		require.ErrorContains(t, err, location(NewAPI))
	})
}

type apiResult struct {
	fx.Out
	API *API
}
