package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestList finds mutations that the code has outgrown. Whether the tests catch them
// is for make mutate.
func TestList(t *testing.T) {
	perFolder := map[string]int{}
	names := map[string]bool{}
	for _, m := range all() {
		source, err := os.ReadFile(filepath.Join("..", "..", "..", m.file))
		require.NoError(t, err)
		_, err = m.mutate(string(source))
		require.NoError(t, err, "%v", m)
		require.NotEmpty(t, m.name)
		require.NotEmpty(t, m.breaks)
		require.False(t, names[m.String()], "%v is there twice", m)
		names[m.String()] = true
		folder, _, _ := strings.Cut(m.file, "/")
		perFolder[folder]++
	}
	require.GreaterOrEqual(t, len(names), 40)
	for _, folder := range []string{"runner", "retrier", "fxservices"} {
		require.GreaterOrEqual(t, perFolder[folder], 8, folder)
	}
}
