package fxservices_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/fx"

	"github.com/go-fxservices/services/fxservices"
	"github.com/go-fxservices/services/retrier"
	"github.com/go-fxservices/services/runner"
)

func TestSupply(t *testing.T) {
	t.Run("provides each service by its type, and manages it", func(t *testing.T) {
		j := &journal{}
		db, api := NewDB(j), NewAPI(j)
		var gotDB *DB
		var gotAPI *API
		live(t, fxservices.Supply(db, api), fx.Populate(&gotDB, &gotAPI))
		require.Equal(t, "start db, listen api, close api, stop db", j.String())
		require.Same(t, db, gotDB)
		require.Same(t, api, gotAPI)
	})

	t.Run("manages a Resource that nothing needs", func(t *testing.T) {
		j := &journal{}
		live(t, fxservices.Supply(NewDB(j)))
		require.Equal(t, "start db, stop db", j.String())
	})

	t.Run("starts services before what is constructed of them", func(t *testing.T) {
		j := &journal{}
		newAPI := func(_ *journal, _ *DB) *API { return NewAPI(j) }
		live(t, fxservices.Provide(newAPI), fxservices.Supply(NewDB(j)))
		require.Equal(t, "start db, listen api, close api, stop db", j.String())
	})

	t.Run("provides what is wrapped, and manages it as it was given", func(t *testing.T) {
		j := &journal{}
		db := NewDB(j)
		var got *DB
		var r *runner.Runner
		app := j.build(t, fxservices.Supply(runner.With(retrier.New().Build(db), runner.StopTimeout(1e9))), fx.Populate(&got, &r))
		require.NoError(t, app.Start(t.Context()))
		require.Same(t, db, got)
		require.Len(t, r.Services(), 1)
		_, retried := runner.As[*retrier.Resource](r.Services()[0].Service)
		require.True(t, retried)
		require.NoError(t, app.Stop(t.Context()))
		require.Equal(t, "start db, stop db", j.String())
	})

	t.Run("manages services made of functions, which share their type", func(t *testing.T) {
		j := &journal{}
		live(t, fxservices.Supply(j.Resource("db"), j.Resource("cache")), fxservices.Supply(j.Server("api").Server))
		require.ElementsMatch(t, []string{
			"start db", "stop db", "start cache", "stop cache", "listen api", "close api",
		}, j.Lines())
	})

	t.Run("of a value that is no pointer", func(t *testing.T) {
		type value struct{ runner.Resource }
		j := &journal{}
		live(t, fxservices.Supply(value{j.Resource("db")}), needing[value]())
		require.Equal(t, "start db, stop db", j.String())
	})

	t.Run("in a module", func(t *testing.T) {
		j := &journal{}
		live(t, fx.Module("inner", fxservices.Supply(NewAPI(j))))
		require.Equal(t, apiLives, j.String())
	})

	t.Run("of nothing does nothing", func(t *testing.T) {
		require.Empty(t, live(t, fxservices.Supply()))
	})

	t.Run("refuses what is no service, with its place and type", func(t *testing.T) {
		for says, service := range map[string]runner.Service{
			"service 2, <nil>":                      nil,
			"service 2, *fxservices_test.API":       (*API)(nil),
			"service 2, *fxservices_test.onlyNamed": &onlyNamed{},
			"service 2, *fxservices_test.both":      &both{},
		} {
			err := refusal(t, fxservices.Supply(NewDB(&journal{}), service))
			require.ErrorIs(t, err, runner.ErrInvalidServiceType)
			require.ErrorContains(t, err, "fxservices.Supply: "+says)
		}
	})

	t.Run("refuses a second one of a type, as fx does", func(t *testing.T) {
		j := &journal{}
		require.ErrorContains(t, refusal(t, fxservices.Supply(NewDB(j), NewDB(j))), "already provided")
	})
}
