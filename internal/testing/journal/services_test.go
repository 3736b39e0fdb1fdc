package journal_test

import (
	"context"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/internal/testing/journal"
	"github.com/go-fxservices/services/runner"
)

func TestServices(t *testing.T) {
	t.Run("record their calls in the order of a Runner", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			var j journal.Journal
			r := runner.NewRunner(runner.WithSignals())
			require.NoError(t, r.Start(t.Context(), j.Resource("db"), j.Server("api"), j.Server("admin"), j.Stopping("cache")))
			require.NoError(t, r.Finish(t.Context()))
			lines := j.Lines()
			require.Equal(t, []string{"start db", "listen api", "listen admin", "start cache"}, lines[:4])
			require.ElementsMatch(t, []string{"close admin", "close api", "stop cache", "stop db"}, lines[4:])
		})
	})

	t.Run("take the steps that are given", func(t *testing.T) {
		var j journal.Journal
		require.ErrorIs(t, j.Resource("db", journal.Fails(errBoom)).Start(t.Context()), errBoom)
		require.NoError(t, j.Resource("db", journal.Fails(errBoom)).Stop(t.Context()))
		require.NoError(t, j.Stopping("cache", journal.Fails(errBoom)).Start(t.Context()))
		require.ErrorIs(t, j.Stopping("cache", journal.Fails(errBoom)).Stop(t.Context()), errBoom)
		require.ErrorIs(t, j.Server("api", journal.Fails(errBoom)).Listen(t.Context()), errBoom)
		require.ErrorIs(t, j.Job("import", journal.Fails(errBoom)).Run(t.Context()), errBoom)
		require.Equal(t, "start db, stop db, start cache, stop cache, listen api, run import", j.String())
	})
}

func TestServer(t *testing.T) {
	t.Run("is ready once its Listen was called", func(t *testing.T) {
		var j journal.Journal
		api := j.Server("api", journal.Nothing)
		ended, cancel := context.WithCancel(t.Context())
		cancel()
		require.ErrorIs(t, api.IsReady(ended), context.Canceled)
		require.NoError(t, api.Listen(t.Context()))
		require.NoError(t, api.IsReady(t.Context()))
	})

	t.Run("listens again though nobody has asked whether it is ready", func(t *testing.T) {
		var j journal.Journal
		api := j.Server("api", journal.Nothing)
		require.NoError(t, api.Listen(t.Context()))
		require.NoError(t, api.Listen(t.Context()))
		require.NoError(t, api.IsReady(t.Context()))
	})
}
