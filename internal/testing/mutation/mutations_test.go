package main

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestMutations finds mutations that no longer fit the code: the old text of each must
// be in its file exactly once. Only make mutate shows whether the tests catch them.
func TestMutations(t *testing.T) {
	root := filepath.Join("..", "..", "..")
	mutations, err := read(embedded)
	require.NoError(t, err)
	perFolder := map[string]int{}
	described := map[string]string{}
	known := map[string][]string{} // tests by folder
	for _, m := range mutations {
		source, err := os.ReadFile(filepath.Join(root, m.file))
		require.NoError(t, err, m.at)
		if _, err = m.mutate(string(source)); err != nil {
			t.Errorf("%s: %v: %v", m.at, m, err) // and the others that a change of the code concerns
		}
		for _, pkg := range m.packages() {
			require.DirExists(t, filepath.Join(root, pkg), m.at)
			folder := filepath.Join(root, pkg)
			requireTests(t, folder, testsOf(t, folder, known), m)
		}
		require.Empty(t, described[m.String()], "%s has the same name", m.at)
		described[m.String()] = m.at
		folder, _, _ := strings.Cut(m.file, "/")
		perFolder[folder]++
	}
	for _, folder := range []string{"runner", "retrier", "fxservices", "httpserver"} {
		require.GreaterOrEqual(t, perFolder[folder], 8, folder)
	}
}

var testFunction = regexp.MustCompile(`(?m)^func ((?:Test|Fuzz|Example)\w*)\(`)

// testsOf returns the names of the tests in a folder, which it reads once.
func testsOf(t *testing.T, folder string, known map[string][]string) []string {
	t.Helper()
	if names, ok := known[folder]; ok {
		return names
	}
	files, err := filepath.Glob(filepath.Join(folder, "*_test.go"))
	require.NoError(t, err)
	names := []string{}
	for _, file := range files {
		source, err := os.ReadFile(file)
		require.NoError(t, err)
		for _, found := range testFunction.FindAllSubmatch(source, -1) {
			names = append(names, string(found[1]))
		}
	}
	known[folder] = names
	return names
}

// requireTests finds patterns of tests that select none of functions, which are those of folder.
func requireTests(t *testing.T, folder string, functions []string, m mutation) {
	t.Helper()
	for pattern := range strings.SplitSeq(m.run, "|") {
		function, _, _ := strings.Cut(pattern, "/")
		if !slices.ContainsFunc(functions, regexp.MustCompile(function).MatchString) {
			t.Errorf("%s: %v: no test of %s matches %q", m.at, m, folder, pattern)
		}
	}
}
