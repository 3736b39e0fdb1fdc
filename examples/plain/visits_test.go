package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/runner"
	"github.com/go-fxservices/services/runner/runnertest"
)

func TestVisits(t *testing.T) {
	runnertest.TestResource(t, func(t *testing.T) runner.Resource {
		return NewVisits(filepath.Join(t.TempDir(), "visits.txt"))
	})
}

func TestVisitsKeepTheCount(t *testing.T) {
	file := filepath.Join(t.TempDir(), "visits.txt")
	require.NoError(t, os.WriteFile(file, []byte("41\n"), 0o600))
	visits := NewVisits(file)

	t.Run("when they stop without a start", func(t *testing.T) {
		require.NoError(t, visits.Stop(t.Context()))
		requireCount(t, file, "41\n")
	})

	t.Run("when they start twice", func(t *testing.T) {
		require.NoError(t, visits.Start(t.Context()))
		visits.count.Add(1)
		require.ErrorIs(t, visits.Start(t.Context()), runner.ErrAlreadyStarted)
		require.NoError(t, visits.Stop(t.Context()))
		requireCount(t, file, "42\n")
	})
}

func requireCount(t *testing.T, file, count string) {
	t.Helper()
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Equal(t, count, string(text))
}
