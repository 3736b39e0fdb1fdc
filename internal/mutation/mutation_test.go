package main

import (
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestMutate(t *testing.T) {
	t.Run("changes the one place", func(t *testing.T) {
		changed, err := change("", "b", "x").mutate("abc")
		require.NoError(t, err)
		require.Equal(t, "axc", changed)
	})

	t.Run("refuses a text that is not there, or more than once", func(t *testing.T) {
		_, err := change("", "b", "x").mutate("ac")
		require.ErrorContains(t, err, "found 0 times")
		_, err = change("", "b", "x").mutate("bb")
		require.ErrorContains(t, err, "found 2 times")
	})

	t.Run("refuses what changes nothing", func(t *testing.T) {
		_, err := change("", "b", "b").mutate("abc")
		require.ErrorContains(t, err, "changes nothing")
		_, err = change("", "", "b").mutate("abc")
		require.ErrorContains(t, err, "changes nothing")
	})
}

func TestPackages(t *testing.T) {
	t.Run("are that of the file", func(t *testing.T) {
		require.Equal(t, []string{"./code"}, change("", "", "").packages())
	})

	t.Run("are those of the mutation if it names some", func(t *testing.T) {
		others := []string{"./one", "./two"}
		require.Equal(t, others, mutation{file: "code/code.go", tests: others}.packages())
	})
}

func TestMatching(t *testing.T) {
	t.Run("looks at the file and the name", func(t *testing.T) {
		list := []mutation{change("one", "", ""), change("two", "", "")}
		require.Equal(t, list, matching(list, regexp.MustCompile("^code/")))
		require.Equal(t, list[1:], matching(list, regexp.MustCompile("two")))
	})
}

func TestRun(t *testing.T) {
	t.Run("refuses what is no pattern", func(t *testing.T) {
		require.ErrorContains(t, run(t.Context(), "(", 1, false), "-run: ")
	})

	t.Run("tries nothing if nothing matches", func(t *testing.T) {
		require.EqualError(t, run(t.Context(), "nothing is called that", 1, false), "no mutation matches")
	})
}
