package wiring_test

import (
	"reflect"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/internal/constructor"
	"github.com/go-fxservices/services/internal/wiring"
	"github.com/go-fxservices/services/runner"
)

// pooled is no service.
type pooled struct{ name string }

func run(v *pooled) runner.Resource { return &instance{v.name} }

func TestManage(t *testing.T) {
	nothing := func() []reflect.Value { return nil }
	settings := settingsOf(wiring.Manage(run))

	t.Run("says the kind of the values before there are any", func(t *testing.T) {
		require.Equal(t, map[reflect.Type]constructor.Kind{
			reflect.TypeFor[*pooled](): constructor.Resource,
			reflect.TypeFor[int]():     constructor.Undecided,
		}, kindsOf(wiring.Manage(run), wiring.Manage(func(int) runner.Service { return nil })))
		require.Empty(t, kindsOf())
	})

	t.Run("adds the services of values among others, each instance once", func(t *testing.T) {
		var q wiring.Sequence
		one := &pooled{"one"}
		require.NoError(t, q.ManageAll(valuesOf(&instance{"db"}, one, "text", &pooled{"two"}, (*pooled)(nil)), nothing, settings, nil))
		require.NoError(t, q.ManageAll(valuesOf(one), nothing, settings, nil))
		require.Equal(t, []string{"db", "one", "two"}, names(q.Services()))
	})

	t.Run("adds nothing where the function returns nil", func(t *testing.T) {
		var q wiring.Sequence
		none := settingsOf(wiring.Manage(func(*pooled) runner.Resource { return nil }))
		require.NoError(t, q.ManageAll(valuesOf(&pooled{"one"}), nothing, none, nil))
		require.Empty(t, q.Services())
	})

	t.Run("is an error where the function returns no service", func(t *testing.T) {
		var q wiring.Sequence
		wrong := settingsOf(wiring.Manage(func(*pooled) runner.Service { return named{} }))
		err := q.ManageAll(valuesOf(&pooled{"one"}), nothing, wrong, nil)
		require.ErrorIs(t, err, runner.ErrInvalidServiceType)
		require.ErrorContains(t, err, "manager_test.go:")
	})
}

func kindsOf(args ...any) map[reflect.Type]constructor.Kind {
	s := settingsOf(args...)
	return s.Kinds()
}

func TestSequenceRegister(t *testing.T) {
	t.Run("adds a service that has no place, and nothing for nil", func(t *testing.T) {
		var q wiring.Sequence
		db := &instance{"db"}
		for _, s := range []runner.Service{nil, (*instance)(nil), db, db} {
			require.NoError(t, q.Register(s, nil))
		}
		require.Equal(t, []string{"db"}, names(q.Services()))
		require.ErrorIs(t, q.Register(named{}, nil), runner.ErrInvalidServiceType)
	})
}

func TestSetsStopTimeout(t *testing.T) {
	t.Run("knows an option that sets it from none", func(t *testing.T) {
		require.False(t, wiring.SetsStopTimeout(nil))
		require.False(t, wiring.SetsStopTimeout([]runner.StarterOption{runner.WithStartTimeout(1), nil}))
		for _, d := range []time.Duration{-1, 0, 15 * time.Second} {
			require.True(t, wiring.SetsStopTimeout([]runner.StarterOption{runner.WithStopTimeout(d)}))
		}
	})
}
