package runner_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/runner"
)

// named is no more than a Service.
type named struct{ name string }

func (n *named) Name() string { return n.name }

// both is a Resource and a Server.
type both struct {
	runner.Resource
	runner.Server
}

func (both) Name() string { return "both" }

// valueResource is a Resource that is no pointer.
type valueResource struct{ name string }

func (v valueResource) Name() string              { return v.name }
func (valueResource) Start(context.Context) error { return nil }
func (valueResource) Stop(context.Context) error  { return nil }

// emptyResource has no size.
type emptyResource struct{}

func (*emptyResource) Name() string                { return "empty" }
func (*emptyResource) Start(context.Context) error { return nil }
func (*emptyResource) Stop(context.Context) error  { return nil }

func TestRunRefusesWhatIsNoService(t *testing.T) {
	for _, test := range []struct {
		name    string
		service runner.Service
		text    string
	}{
		{"nil", nil, "service 2: invalid service type: nil"},
		{"a nil pointer", (*named)(nil), "service 2: invalid service type: nil *runner_test.named"},
		{"none of Resource, Server and Job", &named{"x"}, "service 2: invalid service type: *runner_test.named is neither a Resource nor a Server nor a Job"},
		{"both at once", both{}, "service 2: invalid service type: runner_test.both is both a Resource and a Server"},
		{"both behind a wrapper", runner.With(&both{}), "service 2: invalid service type: *runner_test.both is both a Resource and a Server"},
		{"a wrapper of what is neither", runner.With(&named{"x"}), "service 2: invalid service type: *runner_test.named is neither a Resource nor a Server nor a Job"},
	} {
		t.Run(test.name, func(t *testing.T) {
			var j journal
			r := newRunner()
			err := r.Run(t.Context(), j.resource("db"), test.service, j.resource("broker"))
			require.ErrorIs(t, err, runner.ErrInvalidServiceType)
			require.EqualError(t, err, test.text)
			require.Empty(t, j.all(), "all arguments are checked before anything starts")
			require.Equal(t, runner.StateIdle, r.State())
		})
	}

	t.Run("a wrapper of nil", func(t *testing.T) {
		require.ErrorIs(t, newRunner().Run(t.Context(), runner.With(nil)), runner.ErrInvalidServiceType)
		require.ErrorIs(t, newRunner().Run(t.Context(), runner.With((*named)(nil))), runner.ErrInvalidServiceType)
	})

	t.Run("from Start too", func(t *testing.T) {
		require.ErrorIs(t, newRunner().Start(t.Context(), nil), runner.ErrInvalidServiceType)
	})
}

func TestRunRefusesWhatIsStarted(t *testing.T) {
	t.Run("names an instance that is already started", func(t *testing.T) {
		var j journal
		r := newRunner()
		db := j.resource("db")
		require.NoError(t, r.Run(t.Context(), db))
		err := r.Run(t.Context(), j.resource("broker"), db)
		require.ErrorIs(t, err, runner.ErrAlreadyStarted)
		require.EqualError(t, err, `service 2, "db": already started`)
		finish(t, r)
		require.Equal(t, []string{"start db", "stop db"}, j.all())
	})

	t.Run("finds the instance behind wrappers", func(t *testing.T) {
		r := newRunner()
		db := (&journal{}).resource("db")
		require.NoError(t, r.Run(t.Context(), runner.With(db)))
		require.ErrorIs(t, r.Run(t.Context(), loading(db, fails(nil))), runner.ErrAlreadyStarted)
		finish(t, r)
	})

	t.Run("refuses one instance twice in a call", func(t *testing.T) {
		var j journal
		r := newRunner()
		db, broker := j.resource("db"), j.resource("broker")
		require.ErrorIs(t, r.Run(t.Context(), broker, db, db), runner.ErrAlreadyStarted)
		require.NoError(t, r.Run(t.Context(), broker, db), "what was refused can be started")
		finish(t, r)
	})

	t.Run("refuses one that is being started", func(t *testing.T) {
		r := newRunner()
		starting, release := make(chan struct{}), make(chan struct{})
		db := runner.NewResource("db", func(context.Context) error {
			close(starting)
			<-release
			return nil
		}, nil)
		wait := async(func() error { return r.Run(t.Context(), db) })
		<-starting
		require.ErrorIs(t, r.Run(t.Context(), db), runner.ErrAlreadyStarted)
		close(release)
		require.NoError(t, wait())
		finish(t, r)
	})
}

func TestRunAcceptsInstances(t *testing.T) {
	t.Run("again once they are stopped", func(t *testing.T) {
		var j journal
		r := newRunner()
		db := j.resource("db")
		for range 2 {
			require.NoError(t, r.Run(t.Context(), db))
			finish(t, r)
		}
		require.Equal(t, []string{"start db", "stop db", "start db", "stop db"}, j.all())
	})

	t.Run("again after their start failed", func(t *testing.T) {
		var j journal
		r := newRunner()
		failing := true
		db := j.resource("db", func(context.Context) error {
			if failing {
				return errBoom
			}
			return nil
		})
		require.ErrorIs(t, r.Run(t.Context(), db), errBoom)
		failing = false
		require.NoError(t, r.Run(t.Context(), db))
		finish(t, r)
	})

	t.Run("that are equal but not the same", func(t *testing.T) {
		r := newRunner()
		require.NoError(t, r.Run(t.Context(), valueResource{"db"}, valueResource{"db"}, &emptyResource{}, &emptyResource{}))
		require.Equal(t, []string{"db", "db", "empty", "empty"}, names(r))
		finish(t, r)
		require.Empty(t, names(r))
	})

	t.Run("in two Runners at once", func(t *testing.T) {
		db, one, two := (&journal{}).resource("db"), newRunner(), newRunner()
		require.NoError(t, one.Run(t.Context(), db))
		require.NoError(t, two.Run(t.Context(), db))
		finish(t, one)
		finish(t, two)
	})
}
