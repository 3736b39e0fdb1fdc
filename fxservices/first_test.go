package fxservices_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/dig"
	"go.uber.org/fx"

	"github.com/go-fxservices/services/fxservices"
	"github.com/go-fxservices/services/fxservices/digservices"
	"github.com/go-fxservices/services/runner"
)

type (
	Traces struct{ runner.Resource }
	Meters struct{ runner.Resource }
)

func TestStartFirst(t *testing.T) {
	newTraces := func(j *journal) *Traces { return &Traces{j.Resource("traces")} }
	newMeters := func(j *journal, _ *Traces) *Meters { return &Meters{j.Resource("meters")} }
	first := fxservices.Provide(newTraces, newMeters, fxservices.StartFirst())
	hook := fx.Invoke(func(lc fx.Lifecycle, j *journal, _ *DB) {
		note := func(what string) func(context.Context) error {
			return func(context.Context) error { j.Note("%s", what); return nil }
		}
		lc.Append(fx.Hook{OnStart: note("hook"), OnStop: note("hook ends")})
	})
	rest := fx.Options(fxservices.Provide(NewDB), hook, fxservices.Provide(NewAdmin))
	const want = "start traces, start meters, start db, hook, listen admin, close admin, hook ends, stop db, stop meters, stop traces"

	for mode, opts := range map[string][]fxservices.Option{"one at a time": nil, "concurrent": {fxservices.Concurrent()}} {
		for place, all := range map[string]fx.Option{"before": fx.Options(first, rest), "behind": fx.Options(rest, first)} {
			t.Run("starts them before all others, given "+place+" them, "+mode, func(t *testing.T) {
				j := &journal{}
				app := j.application(all, module(opts...))
				for range 2 {
					require.NoError(t, app.Start(t.Context()))
					require.NoError(t, app.Stop(t.Context()))
				}
				require.Equal(t, linesOf(want+", "+want), j.Lines())
			})
		}
	}

	t.Run("says in the order why nothing starts beside them", func(t *testing.T) {
		var order *fxservices.Order
		j := &journal{}
		app := j.application(first, module(fxservices.Concurrent()), fx.Populate(&order))
		require.NoError(t, app.Start(t.Context()))
		require.NoError(t, app.Stop(t.Context()))
		require.Equal(t, "traces: a barrier: it starts first\nmeters: a barrier: it starts first\n", order.String())
	})

	t.Run("refuses one that needs a service which does not", func(t *testing.T) {
		newLate := func(_ *DB) *Meters { return nil }
		err := refusal(t, fxservices.Provide(NewDB), fxservices.Provide(newLate, fxservices.StartFirst()))
		require.ErrorContains(t, err, `StartFirst: it would start before "db", which it needs and which does not start first`)
		require.ErrorContains(t, err, location(newLate))
	})

	t.Run("works with dig", func(t *testing.T) {
		j := &journal{}
		c := dig.New()
		app := digservices.New(c, runner.NewRunner(runner.WithSignals()))
		require.NoError(t, c.Provide(func() *journal { return j }))
		require.NoError(t, app.Provide(NewDB))
		require.NoError(t, app.Provide(NewImport))
		require.NoError(t, app.Provide(digservices.With(newTraces, fxservices.StartFirst())))
		require.NoError(t, app.Run(t.Context()))
		require.Equal(t, "start traces, start db, run import, stop db, stop traces", j.String())
	})
}
