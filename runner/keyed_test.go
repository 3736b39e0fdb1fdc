package runner_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/internal/layers"
	"github.com/go-fxservices/services/runner"
)

// keyed gives a service an identity, as the adapters do.
type keyed struct{ service runner.Service }

var _ layers.Keyed[runner.Service] = (*keyed)(nil)

func (k *keyed) Name() string           { return "not asked" }
func (k *keyed) Unwrap() runner.Service { return k.service }
func (k *keyed) ServiceKey() any        { return k }

func (k *keyed) ServiceSettings() layers.Settings[runner.Service] {
	return layers.Settings[runner.Service]{}
}

// listed is a wrapper around a value that cannot be compared. Its Unwrap returns a new interface value each time.
type listed struct{ value uncomparableResource }

func (l *listed) Name() string           { return l.value.Name() }
func (l *listed) Unwrap() runner.Service { return l.value }

func TestServicesWithKeys(t *testing.T) {
	t.Run("are found by these, though they are equal to others", func(t *testing.T) {
		var j journal
		r := newRunner(runner.WithConcurrency(0))
		one, two := &keyed{noting{&j, "db"}}, &keyed{noting{&j, "db"}}
		cache := after(j.resource("cache"), one)
		require.NoError(t, r.Run(t.Context(), runner.With(one), cache, after(two, cache)))
		finish(t, r)
		require.Equal(t, []string{"start db", "start cache", "start db"}, j.all()[:3])
	})

	t.Run("are found by these, though they are other values each time", func(t *testing.T) {
		var j journal
		r := newRunner()
		db := &keyed{&listed{uncomparableResource{Resource: j.resource("db")}}}
		require.NoError(t, r.Run(t.Context(), after(j.resource("api"), runner.With(db)), db))
		require.NoError(t, r.Run(t.Context(), after(j.resource("job"), db)))
		finish(t, r)
		require.Equal(t, []string{"start db", "start api", "start job"}, j.all()[:3])
	})

	t.Run("are found by their values, too", func(t *testing.T) {
		var j journal
		r := newRunner()
		db := noting{&j, "db"}
		require.NoError(t, r.Run(t.Context(), after(j.resource("api"), db), &keyed{db}, &keyed{db}))
		require.NoError(t, r.Run(t.Context(), after(j.resource("job"), db)))
		finish(t, r)
		require.Equal(t, []string{"start db", "start db", "start api", "start job"}, j.all()[:4])
	})

	t.Run("keep their names", func(t *testing.T) {
		var j journal
		r := newRunner()
		require.NoError(t, r.Run(t.Context(), &keyed{j.resource("db")}))
		require.Equal(t, "db", r.Services()[0].Name)
		finish(t, r)
	})
}
