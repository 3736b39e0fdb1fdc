package fxservices_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/fx"

	"github.com/go-fxservices/services/fxservices"
	"github.com/go-fxservices/services/runner"
)

// results is a result object with each kind of field.
type results struct {
	fx.Out
	Plain   *DB
	Named   *Cache `name:"main"`
	Grouped *API   `group:"servers"`
	Flat    []*API `group:"servers,flatten"`
	Config  *Config
	Nested  apiResult
}

func newResults(j *journal) (results, error) {
	return results{
		Plain:   &DB{j.Resource("plain")},
		Named:   &Cache{j.Resource("named")},
		Grouped: &API{j.Server("grouped")},
		Flat:    NewAPIs(j),
		Config:  &Config{Address: "localhost"},
		Nested:  apiResult{API: &API{j.Server("nested")}},
	}, nil
}

// both is a Resource and a Server at once.
type both struct {
	runner.Resource
	runner.Server
}

func (both) Name() string { return "both" }

type onlyNamed struct{}

func (*onlyNamed) Name() string { return "only named" }

func TestProvideManagesResults(t *testing.T) {
	t.Run("that are fields of a result object, in their order", func(t *testing.T) {
		require.Equal(t, "start plain, start named, listen grouped, listen one, listen two, listen nested, "+
			"close nested, close two, close one, close grouped, stop named, stop plain",
			live(t, fxservices.Provide(newResults),
				fx.Invoke(func(in struct {
					fx.In
					DB     *DB
					Cache  *Cache `name:"main"`
					APIs   []*API `group:"servers"`
					Config *Config
					API    *API
				}) {
					require.Len(t, in.APIs, 3)
					require.Equal(t, "localhost", in.Config.Address)
				})))
	})

	t.Run("that are many, in their order", func(t *testing.T) {
		newBoth := func(j *journal) (*DB, *API, error) { return NewDB(j), NewAPI(j), nil }
		require.Equal(t, "start db, listen api, close api, stop db", live(t, fxservices.Provide(newBoth)))
	})

	t.Run("beside plain values, which are provided", func(t *testing.T) {
		newAPI := func(j *journal) (*Config, *API) { return &Config{Address: "localhost"}, NewAPI(j) }
		var config *Config
		require.Equal(t, apiLives, live(t, fxservices.Provide(newAPI), fx.Populate(&config)))
		require.Equal(t, "localhost", config.Address)
	})

	t.Run("that are interfaces", func(t *testing.T) {
		newDB := func(j *journal) runner.Resource { return NewDB(j) }
		newAPI := func(j *journal, _ runner.Resource) runner.Server { return NewAPI(j) }
		require.Equal(t, "start db, listen api, close api, stop db", live(t, fxservices.Provide(newDB, newAPI)))
	})

	t.Run("that are no pointers, each for itself", func(t *testing.T) {
		type resource struct{ runner.Resource }
		one := func(j *journal) resource { return resource{j.Resource("one")} }
		require.Equal(t, "start one, stop one", live(t, fxservices.Provide(one), needing[resource]()))
	})

	t.Run("and provides them as they are, though they are wrapped by settings", func(t *testing.T) {
		var api *API
		require.Equal(t, apiLives, live(t, fxservices.Provide(NewAPI, runner.StopTimeout(1e9)), fx.Populate(&api)))
		require.Equal(t, "api", api.Name())
	})
}

func TestProvideJudgesByValue(t *testing.T) {
	service := func(make func(j *journal) runner.Service) fx.Option {
		return fxservices.Provide(func(j *journal) runner.Service { return make(j) })
	}

	t.Run("what is typed as a Service: a Resource", func(t *testing.T) {
		require.Equal(t, "start db, stop db", live(t, service(func(j *journal) runner.Service { return NewDB(j) })))
	})

	t.Run("what is typed as a Service: a Server", func(t *testing.T) {
		require.Equal(t, apiLives, live(t, service(func(j *journal) runner.Service { return NewAPI(j) })))
	})

	t.Run("what is typed as a Service: neither is an error", func(t *testing.T) {
		err := refusal(t, service(func(*journal) runner.Service { return &onlyNamed{} }))
		require.ErrorIs(t, err, runner.ErrInvalidServiceType)
		require.ErrorContains(t, err, "*fxservices_test.onlyNamed")
		require.ErrorContains(t, err, "results_test.go:")
	})

	t.Run("what is typed as a Service: both is an error", func(t *testing.T) {
		err := refusal(t, service(func(*journal) runner.Service { return &both{} }))
		require.ErrorIs(t, err, runner.ErrInvalidServiceType)
	})

	t.Run("what has a name of an interface of its own", func(t *testing.T) {
		named := func(named Named) fx.Option { return fxservices.Provide(func() Named { return named }) }
		j := &journal{}
		live(t, named(NewDB(j)))
		require.Equal(t, "start db, stop db", j.String())
		require.Empty(t, live(t, named(&onlyNamed{})), "others may be named too")
	})
}

func TestProvideDoesNotManage(t *testing.T) {
	t.Run("nil, which is provided", func(t *testing.T) {
		api := &API{}
		require.Empty(t, live(t, fxservices.Provide(func() *API { return nil }), fx.Populate(&api)))
		require.Nil(t, api)
	})

	t.Run("a nil interface", func(t *testing.T) {
		require.Empty(t, live(t, fxservices.Provide(func() runner.Server { return nil }), needing[runner.Server]()))
		require.Empty(t, live(t, fxservices.Provide(func() runner.Service { return nil })))
	})

	t.Run("a nil pointer in an interface, which is provided", func(t *testing.T) {
		var got runner.Server
		require.Empty(t, live(t, fxservices.Provide(func() runner.Server { return (*API)(nil) }), fx.Populate(&got)))
		require.Equal(t, (*API)(nil), got)
	})

	t.Run("a nil slice of a flattened group", func(t *testing.T) {
		none := func() []*API { return nil }
		require.Empty(t, live(t, fxservices.Provide(fx.Annotate(none, fx.ResultTags(`group:"apis,flatten"`)))))
	})

	t.Run("what comes with an error", func(t *testing.T) {
		j := &journal{}
		broken := func() (*API, error) { return NewAPI(j), errBoom }
		require.ErrorIs(t, refusal(t, fxservices.Provide(broken)), errBoom)
		require.Empty(t, j.String())
	})

	t.Run("plain values that happen to have a name", func(t *testing.T) {
		newAPI := func(j *journal) (*API, *onlyNamed) { return NewAPI(j), &onlyNamed{} }
		require.Equal(t, apiLives, live(t, fxservices.Provide(newAPI), needing[*onlyNamed]()))
	})
}
