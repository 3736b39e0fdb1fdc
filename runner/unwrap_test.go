package runner_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/runner"
)

// unwrapping is a wrapper, and no more than that.
type unwrapping struct {
	name   string
	unwrap func() runner.Service
}

func (u *unwrapping) Name() string           { return u.name }
func (u *unwrapping) Unwrap() runner.Service { return u.unwrap() }

// wraps returns a wrapper of s that can be unwrapped n times, and then does what else is given.
func wraps(s runner.Service, n int, then func() runner.Service) runner.Service {
	return &unwrapping{s.Name(), func() runner.Service {
		if n--; n < 0 {
			return then()
		}
		return s
	}}
}

func panicsUnwrapped() runner.Service { panic("kaboom") }

func TestUnwrapThatPanics(t *testing.T) {
	var j journal
	broken := wraps(j.resource("db"), 0, panicsUnwrapped)
	for name, service := range map[string]runner.Service{
		"itself":                broken,
		"behind With":           runner.With(broken),
		"behind a wrapper":      loading(broken, j.notes("load")),
		"though it has no name": wraps(runner.NewResource("", nil, nil), 0, panicsUnwrapped),
		"though it is a Resource itself": &unwrappingResource{
			Resource: j.resource("db"), unwrap: panicsUnwrapped,
		},
	} {
		for method, run := range map[string]func(*runner.Runner, context.Context, ...runner.Service) error{
			"Run": (*runner.Runner).Run, "Start": (*runner.Runner).Start,
		} {
			guarded(t, "is an error of "+method+", "+name, func(t *testing.T) {
				r := newRunner(runner.WithObserver(witness{&j}))
				var err error
				require.NotPanics(t, func() { err = run(r, t.Context(), j.resource("cache"), service) })
				require.ErrorIs(t, err, runner.ErrInvalidServiceType)
				require.ErrorContains(t, err, "service 2")
				require.Empty(t, j.all(), "before anything starts")
				require.Equal(t, runner.StateIdle, r.State())
				finish(t, r)
			})
		}
	}

	guarded(t, "is an error of Run in what another is After", func(t *testing.T) {
		var j journal
		r := newRunner()
		var err error
		require.NotPanics(t, func() { err = r.Run(t.Context(), after(j.resource("cache"), broken)) })
		require.Error(t, err)
		require.Empty(t, j.all())
		finish(t, r)
	})

	guarded(t, "is an error of Stop", func(t *testing.T) {
		var j journal
		r := newRunner()
		require.NoError(t, r.Run(t.Context(), j.resource("cache")))
		var err error
		require.NotPanics(t, func() { err = r.Stop(t.Context(), broken) })
		require.Error(t, err)
		require.Equal(t, []string{"cache"}, names(r))
		finish(t, r)
	})
}

// unwrappingResource is a Resource and a wrapper.
type unwrappingResource struct {
	runner.Resource
	unwrap func() runner.Service
}

func (u *unwrappingResource) Unwrap() runner.Service { return u.unwrap() }

// A service is looked at once in a Run, so that nothing changes when it later unwraps to something else.
func TestUnwrapIsAskedOnceInARun(t *testing.T) {
	for name, then := range map[string]func() runner.Service{
		"that panics then":            panicsUnwrapped,
		"that is nil then":            func() runner.Service { return nil },
		"that is another then":        func() runner.Service { return runner.NewResource("other", nil, fails(errOther)) },
		"that is no service any more": func() runner.Service { return &named{"other"} },
	} {
		guarded(t, "of a service that is stopped by what it wraps, "+name, func(t *testing.T) {
			var j journal
			r := newRunner()
			db := j.resource("db")
			require.NoError(t, r.Run(t.Context(), wraps(db, 1, then)))
			require.NotPanics(t, func() { require.NoError(t, r.Stop(t.Context(), db)) })
			finish(t, r)
			require.Equal(t, []string{"start db", "stop db"}, j.all())
		})

		guarded(t, "of a service while another is stopped, "+name, func(t *testing.T) {
			var j journal
			r := newRunner()
			cache := j.resource("cache")
			require.NoError(t, r.Run(t.Context(), wraps(j.resource("db"), 1, then), cache))
			require.NotPanics(t, func() { require.NoError(t, r.Stop(t.Context(), cache)) })
			finish(t, r)
			require.Equal(t, []string{"start db", "start cache", "stop cache", "stop db"}, j.all())
		})

		guarded(t, "of a service that another is After, "+name, func(t *testing.T) {
			var j journal
			r := newRunner()
			db := j.resource("db")
			require.NoError(t, r.Run(t.Context(), wraps(db, 1, then)))
			require.NotPanics(t, func() { require.NoError(t, r.Run(t.Context(), after(j.resource("cache"), db))) })
			finish(t, r)
			require.Equal(t, []string{"start db", "start cache", "stop cache", "stop db"}, j.all())
		})

		guarded(t, "of a service that has no name, "+name, func(t *testing.T) {
			r := newRunner()
			require.NotPanics(t, func() {
				require.NoError(t, r.Run(t.Context(), wraps(runner.NewResource("", nil, fails(errBoom)), 1, then)))
			})
			require.Equal(t, []string{"*runner.resourceFuncs"}, names(r))
			require.EqualError(t, r.Finish(t.Context()), `stop "*runner.resourceFuncs": boom`)
		})
	}
}
