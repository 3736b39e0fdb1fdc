package fxservices_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/fx"

	"github.com/go-fxservices/services/fxservices"
	"github.com/go-fxservices/services/observers/timeline"
	"github.com/go-fxservices/services/runner"
)

// content returns what is in a file.
func content(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	return string(text)
}

func TestTimeline(t *testing.T) {
	t.Run("comes out of the container", func(t *testing.T) {
		j := &journal{}
		var tl *timeline.Timeline
		app := fx.New(fx.NopLogger, fxservices.Timeline(), module(fxservices.Concurrent()), fx.Supply(j),
			fxservices.Provide(NewDB, NewCache, NewChain), fx.Populate(&tl))
		require.Empty(t, tl.Snapshot().Services)
		require.NoError(t, app.Start(t.Context()))
		s := tl.Snapshot()
		require.Equal(t, "db", s.Services[0].Name)
		require.Equal(t, runner.KindServer, s.Services[2].Kind)
		require.Equal(t, []int{1}, s.Services[2].After)
		require.False(t, s.Ready.IsZero())
		require.False(t, s.Constructed.Before(s.Began))
		require.NoError(t, app.Stop(t.Context()))
		require.False(t, tl.Snapshot().Stopped.IsZero())
	})

	t.Run("writes files when the application is built, has started, and has stopped", func(t *testing.T) {
		text, picture := filepath.Join(t.TempDir(), "start.txt"), filepath.Join(t.TempDir(), "start.svg")
		app := (&journal{}).build(t, fxservices.Timeline(text, picture), fxservices.Provide(NewAPI))
		require.Contains(t, content(t, text), "under construction")
		require.NoError(t, app.Start(t.Context()))
		require.Contains(t, content(t, text), "ready after")
		require.Contains(t, content(t, picture), "<svg")
		require.NoError(t, app.Stop(t.Context()))
		require.Contains(t, content(t, text), "stopped in")
	})

	t.Run("writes files when the start fails", func(t *testing.T) {
		text := filepath.Join(t.TempDir(), "start.txt")
		j := &journal{}
		app := j.build(t, fxservices.Timeline(text), fxservices.Supply(j.Resource("db", fails(errBoom))))
		require.ErrorIs(t, app.Start(t.Context()), errBoom)
		require.Contains(t, content(t, text), `db (failed: start "db": boom)`)
	})

	t.Run("refuses a file that cannot be written, while the application is built", func(t *testing.T) {
		require.ErrorContains(t, refusal(t, fxservices.Timeline("start.png")), `write timeline "start.png"`)
		require.ErrorIs(t, refusal(t, fxservices.Timeline(filepath.Join(t.TempDir(), "none", "start.svg"))), os.ErrNotExist)
	})

	t.Run("says when a file cannot be written any more, and stops all the same", func(t *testing.T) {
		folder := filepath.Join(t.TempDir(), "folder")
		require.NoError(t, os.Mkdir(folder, 0o700))
		j := &journal{}
		app := j.build(t, fxservices.Timeline(filepath.Join(folder, "start.svg")), fxservices.Supply(j.Resource("db")))
		require.NoError(t, os.RemoveAll(folder))
		require.NoError(t, app.Start(t.Context()))
		require.ErrorIs(t, app.Stop(t.Context()), os.ErrNotExist)
		require.Equal(t, "start db, stop db", j.String())
	})

	t.Run("needs a Module", func(t *testing.T) {
		require.ErrorContains(t, fx.New(fx.NopLogger, fxservices.Timeline()).Err(), "Module is missing")
		require.ErrorContains(t, fxservices.Run(context.Background(), fx.NopLogger, fxservices.Timeline()), "Module is missing")
	})
}
