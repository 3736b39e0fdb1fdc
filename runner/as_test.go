package runner_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/internal/layers"
	"github.com/go-fxservices/services/runner"
)

// healthy makes a service a HealthChecker.
type healthy struct{ runner.Service }

func (h *healthy) IsHealthy(context.Context) error { return nil }
func (h *healthy) Unwrap() runner.Service          { return h.Service }

func TestAs(t *testing.T) {
	db := runner.NewResource("db", nil, nil)
	layer := loading(db, fails(nil))
	wrapped := runner.With(&healthy{layer})

	t.Run("finds the service itself", func(t *testing.T) {
		found, ok := runner.As[runner.Resource](db)
		require.True(t, ok)
		require.Same(t, db, found)
	})

	t.Run("finds a layer behind wrappers", func(t *testing.T) {
		found, ok := runner.As[runner.Configurable](wrapped)
		require.True(t, ok)
		require.Same(t, layer, found)
		inner, ok := runner.As[runner.Resource](wrapped)
		require.True(t, ok)
		require.Same(t, db, inner)
	})

	t.Run("finds the outermost of many", func(t *testing.T) {
		outer := loading(wrapped, fails(nil))
		found, ok := runner.As[runner.Configurable](outer)
		require.True(t, ok)
		require.Same(t, outer, found)
	})

	t.Run("does not find what no layer is", func(t *testing.T) {
		none, ok := runner.As[runner.ReadyChecker](wrapped)
		require.False(t, ok)
		require.Nil(t, none)
	})

	t.Run("finds nothing in nil", func(t *testing.T) {
		for _, service := range []runner.Service{nil, (*named)(nil), runner.With(nil), runner.With((*healthy)(nil))} {
			_, ok := runner.As[runner.HealthChecker](service)
			require.False(t, ok)
		}
	})
}

func TestInnermost(t *testing.T) {
	db := runner.NewResource("db", nil, nil)
	require.Same(t, db, layers.Innermost(runner.With(&healthy{loading(db, fails(nil))})))
	require.Same(t, db, layers.Innermost[runner.Service](db))
	require.Nil(t, layers.Innermost[runner.Service](nil))
}

func TestWrappersHideNothing(t *testing.T) {
	var j journal
	r := newRunner()
	db := runner.With(&healthy{loading(checked(j.resource("db"), j.notes("ready?")), j.notes("load db"))})
	require.NoError(t, r.Run(t.Context(), db))
	finish(t, r)
	require.Equal(t, []string{"load db", "start db", "ready?", "stop db"}, j.all())
}

func TestKindOf(t *testing.T) {
	db, api := runner.NewResource("db", nil, nil), runner.NewServer("api", nil, nil)
	for name, test := range map[string]struct {
		service runner.Service
		kind    runner.Kind
	}{
		"a resource":                            {db, runner.KindResource},
		"a server":                              {api, runner.KindServer},
		"a wrapper is what it wraps":            {runner.With(loading(api, nil)), runner.KindServer},
		"the outermost layer decides":           {&turned{Resource: db, inner: api}, runner.KindResource},
		"both at once is unknown":               {both{db, api}, runner.KindUnknown},
		"both at once is unknown behind others": {runner.With(both{db, api}), runner.KindUnknown},
		"neither is unknown":                    {&named{"x"}, runner.KindUnknown},
		"nil is unknown":                        {nil, runner.KindUnknown},
		"a nil pointer is unknown":              {(*named)(nil), runner.KindUnknown},
	} {
		t.Run(name, func(t *testing.T) { require.Equal(t, test.kind, runner.KindOf(test.service)) })
	}
}

// turned is a Resource around a Server.
type turned struct {
	runner.Resource
	inner runner.Service
}

func (w *turned) Unwrap() runner.Service { return w.inner }

func TestNameOf(t *testing.T) {
	for name, test := range map[string]struct {
		service runner.Service
		want    string
	}{
		"is that of Name":                              {&named{"db"}, "db"},
		"is that of Name behind a wrapper":             {runner.With(&named{"db"}), "db"},
		"is the Go type where Name is empty":           {&named{}, "*runner_test.named"},
		"is the innermost Go type where Name is empty": {loading(&named{}, nil), "*runner_test.named"},
		"is the Go type where Name panics":             {&healthy{}, "*runner_test.healthy"},
		"is the Go type of functions without a name":   {runner.NewResource("", nil, nil), "*runner.resourceFuncs"},
		"is <nil> for nil":                             {nil, "<nil>"},
		"is <nil> for a wrapper of nil":                {runner.With(nil), "<nil>"},
	} {
		t.Run(name, func(t *testing.T) { require.Equal(t, test.want, runner.NameOf(test.service)) })
	}

	t.Run("is what errors and Services say", func(t *testing.T) {
		r := newRunner()
		err := r.Run(t.Context(), runner.NewResource("", fails(errBoom), nil))
		require.EqualError(t, err, `start "*runner.resourceFuncs": boom`)
		require.NoError(t, r.Run(t.Context(), runner.NewResource("", nil, nil)))
		require.Equal(t, []string{"*runner.resourceFuncs"}, names(r))
		finish(t, r)
	})
}
