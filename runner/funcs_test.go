package runner_test

import (
	"testing"
	"testing/synctest"

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
