package runner_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/runner"
)

func TestNewResource(t *testing.T) {
	t.Run("calls its functions with the context", func(t *testing.T) {
		db := runner.NewResource("db", keeps(t), fails(errBoom))
		require.Equal(t, "db", db.Name())
		require.NoError(t, db.Start(withValue(t)))
		require.ErrorIs(t, db.Stop(t.Context()), errBoom)
	})

	t.Run("does nothing where a function is nil", func(t *testing.T) {
		r := newRunner()
		require.NoError(t, r.Run(t.Context(), runner.NewResource("db", nil, nil)))
		finish(t, r)
	})
}

func TestNewServer(t *testing.T) {
	t.Run("calls its functions with the context", func(t *testing.T) {
		api := runner.NewServer("api", keeps(t), fails(errBoom))
		require.Equal(t, "api", api.Name())
		require.NoError(t, api.Listen(withValue(t)))
		require.ErrorIs(t, api.Close(t.Context()), errBoom)
	})

	inBubble(t, "serves in the background where a function is nil", func(t *testing.T) {
		r := newRunner()
		wait := running(t, r, runner.NewServer("api", nil, nil))
		require.Equal(t, []string{"api"}, names(r))
		finish(t, r)
		require.NoError(t, wait())
	})

	inBubble(t, "is ended by its context alone where close is nil", func(t *testing.T) {
		r := newRunner()
		wait := running(t, r, runner.NewServer("api", waits, nil))
		synctest.Wait()
		finish(t, r)
		require.NoError(t, wait())
	})
}

func TestFunctionsWithNilContext(t *testing.T) {
	called := func(context.Context) error { panic("called") }
	db, api, work := runner.NewResource("db", called, called), runner.NewServer("api", called, called), runner.NewJob("work", called)
	for name, call := range map[string]func(context.Context) error{
		"Start": db.Start, "Stop": db.Stop, "Listen": api.Listen, "Close": api.Close, "Run": work.Run,
	} {
		t.Run("it is an error of "+name+", and the function is not called", func(t *testing.T) {
			require.ErrorContains(t, call(nil), "nil context")
		})
	}

	t.Run("it does not matter where there is no function", func(t *testing.T) {
		require.NoError(t, runner.NewResource("db", nil, nil).Start(nil)) //nolint:staticcheck // that is the test
	})
}

func TestNewJob(t *testing.T) {
	t.Run("calls its function with the context", func(t *testing.T) {
		work := runner.NewJob("import", keeps(t))
		require.Equal(t, "import", work.Name())
		require.Equal(t, runner.KindJob, runner.KindOf(work))
		require.NoError(t, work.Run(withValue(t)))
		require.ErrorIs(t, runner.NewJob("import", fails(errBoom)).Run(t.Context()), errBoom)
	})

	inBubble(t, "is done at once where the function is nil", func(t *testing.T) {
		r := newRunner()
		require.NoError(t, r.Run(t.Context(), runner.NewJob("import", nil)))
		finish(t, r)
	})

	inBubble(t, "takes settings as other services do", func(t *testing.T) {
		r := newRunner()
		work := runner.With(runner.NewJob("import", stuck(t)), runner.StopTimeout(time.Second))
		require.Equal(t, "import", work.Name())
		require.NoError(t, r.Start(t.Context(), work))
		require.ErrorContains(t, r.Finish(t.Context()), `run "import": timed out after 1s`)
	})
}
