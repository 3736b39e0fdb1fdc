package fxservices_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/fx"
	"go.uber.org/fx/fxevent"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"github.com/go-fxservices/services/fxservices"
	"github.com/go-fxservices/services/observers"
	"github.com/go-fxservices/services/runner"
)

func newWitness(j *journal) *witness { return &witness{journal: j, name: "witness"} }

func newBrokenWitness() (*witness, error) { return nil, errBoom }

func newTwoWitnesses() (*witness, *states) { return nil, nil }

// observed is live for an application with a Resource that notes nothing.
func observed(t *testing.T, opts ...fx.Option) string {
	t.Helper()
	silent := func() runner.Resource { return runner.NewResource("db", nil, nil) }
	return live(t, append(opts, fxservices.Provide(silent), needing[runner.Resource]())...)
}

func TestObserve(t *testing.T) {
	const seen = "witness: started db, witness: stopped db"

	t.Run("takes a ready-made Observer", func(t *testing.T) {
		j := &journal{}
		observed(t, fxservices.Observe(newWitness(j)))
		require.Equal(t, seen, j.String())
	})

	t.Run("takes constructors of any shape", func(t *testing.T) {
		for name, constructor := range map[string]any{
			"plain":         newWitness,
			"with an error": func(j *journal) (*witness, error) { return newWitness(j), nil },
			"an interface":  func(j *journal) runner.Observer { return newWitness(j) },
			"parameters": func(in struct {
				fx.In
				Journal *journal
			}) *witness {
				return newWitness(in.Journal)
			},
			"a result object": func(j *journal) struct {
				fx.Out
				Witness *witness
			} {
				return struct {
					fx.Out
					Witness *witness
				}{Witness: newWitness(j)}
			},
			"annotated": fx.Annotate(newWitness, fx.As(new(runner.Observer)), fx.ResultTags(`name:"main"`)),
			"variadic":  func(j *journal, _ ...*Config) *witness { return newWitness(j) },
			"named":     fx.Annotated{Name: "main", Target: newWitness},
		} {
			require.Equal(t, seen, observed(t, fxservices.Observe(constructor)), name)
		}
	})

	t.Run("tells Observers in the order of its calls", func(t *testing.T) {
		const many = 20
		opts := []fx.Option{}
		want := make([]string, 0, many)
		for i := range many {
			name := fmt.Sprintf("%02d", i)
			opts = append(opts, fxservices.Observe(func(j *journal) *witness { return &witness{journal: j, name: name} }))
			want = append(want, name+": started db")
		}
		j := &journal{}
		app := j.build(t, append(opts, fxservices.Supply(runner.NewResource("db", nil, nil)))...)
		require.NoError(t, app.Start(t.Context()))
		require.Equal(t, want, j.Lines())
		require.NoError(t, app.Stop(t.Context()))
	})

	t.Run("tells Observers after those of the Runner, and in the order of its arguments", func(t *testing.T) {
		j := &journal{}
		named := func(name string) *witness { return &witness{journal: j, name: name} }
		app := j.application(fxservices.Supply(runner.NewResource("db", nil, nil)),
			fxservices.Observe(named("two"), named("three")),
			module(fxservices.WithRunner(runner.WithObserver(named("one")))))
		require.NoError(t, app.Start(t.Context()))
		require.Equal(t, "one: started db, two: started db, three: started db", j.String())
		require.NoError(t, app.Stop(t.Context()))
	})

	t.Run("skips nil Observers", func(t *testing.T) {
		for name, nothing := range map[string]any{
			"a nil pointer":                 func() *witness { return nil },
			"a nil interface":               func() runner.Observer { return nil },
			"a nil pointer in an interface": func() runner.Observer { return (*witness)(nil) },
			"a ready-made nil pointer":      (*witness)(nil),
		} {
			require.Empty(t, observed(t, fxservices.Observe(nothing)), name)
		}
	})

	t.Run("does not provide the Observers to others", func(t *testing.T) {
		require.ErrorContains(t, refusal(t, fxservices.Observe(newWitness), needing[*witness]()),
			"missing type: *fxservices_test.witness")
	})

	t.Run("calls each constructor once, also inside modules", func(t *testing.T) {
		calls := 0
		count := func(j *journal, config *Config) *witness {
			calls++
			require.Equal(t, "inner", config.Address)
			return newWitness(j)
		}
		inner := fx.Module("inner", fxservices.Observe(count), fx.Provide(func() *Config { return &Config{"inner"} }, fx.Private))
		require.Equal(t, seen, observed(t, inner))
		require.Equal(t, 1, calls)
	})

	t.Run("starts what Observers need", func(t *testing.T) {
		newStatesOf := func(j *journal, _ *DB) *states { return newStates(j) }
		require.Equal(t, "starting, start db, ready, stopping, stop db, stopped",
			live(t, fxservices.Observe(newStatesOf), fxservices.Provide(NewDB)))
	})

	t.Run("shows the hooks of other constructors", func(t *testing.T) {
		hook := fx.Invoke(func(lc fx.Lifecycle) { lc.Append(fx.Hook{OnStart: openPool}) })
		require.Equal(t, "witness: started hook "+testPackage+"openPool, witness: stopped hook "+testPackage+"openPool",
			live(t, hook, fxservices.Observe(newWitness)))
	})
}

func TestObserveErrors(t *testing.T) {
	t.Run("name the constructor that fails", func(t *testing.T) {
		err := refusal(t, fxservices.Observe(newBrokenWitness))
		require.ErrorIs(t, err, errBoom)
		require.ErrorContains(t, err, location(newBrokenWitness))
	})

	t.Run("name the argument that is refused", func(t *testing.T) {
		for says, arg := range map[string]any{
			"must be an Observer or a constructor of one, got nil":                                nil,
			"must be a constructor, got int":                                                      3,
			"NewDB (" + location(NewDB) + ") must return one runner.Observer":                     NewDB,
			"newTwoWitnesses (" + location(newTwoWitnesses) + ") must return one runner.Observer": newTwoWitnesses,
		} {
			err := refusal(t, fxservices.Observe(newWitness, arg))
			require.ErrorContains(t, err, "fxservices.Observe: argument 2: ")
			require.ErrorContains(t, err, says)
		}
	})

	t.Run("of a panicking Observer are joined to the result of the stop", func(t *testing.T) {
		app := (&journal{}).build(t, fxservices.Observe(&witness{name: "has no journal"}), fxservices.Provide(NewAPI))
		require.NoError(t, app.Start(t.Context()))
		require.ErrorContains(t, app.Stop(t.Context()), "observer *fxservices_test.witness: panic: ")
	})
}

func TestObserveLoggers(t *testing.T) {
	t.Run("that take fx.Lifecycle themselves", func(t *testing.T) {
		core, logs := observer.New(zap.InfoLevel)
		newLogger := func(lc fx.Lifecycle, j *journal) *zap.Logger {
			lc.Append(hookOf(j, "logger"))
			return zap.New(core)
		}
		require.Equal(t, "start hook logger, start db, stop db, stop hook logger", live(t,
			fxservices.Observe(observers.NewZap), fx.Provide(newLogger), fxservices.Provide(NewDB), needing[*DB]()))
		require.Equal(t, 2, logs.FilterMessage("service started").Len())
		require.Equal(t, 2, logs.FilterMessage("service stopped").Len())
	})

	t.Run("that fx itself uses, with a hook", func(t *testing.T) {
		newLogger := func(lc fx.Lifecycle, j *journal) fxevent.Logger {
			lc.Append(hookOf(j, "logger"))
			return fxevent.NopLogger
		}
		j := &journal{}
		app := fx.New(fx.WithLogger(newLogger), fx.Supply(j), module(), fxservices.Provide(NewAPI))
		require.NoError(t, errors.Join(app.Start(t.Context()), app.Stop(t.Context())))
		require.Equal(t, "start hook logger, listen api, close api, stop hook logger", j.String())
	})
}
