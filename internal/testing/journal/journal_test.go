package journal_test

import (
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/internal/testing/journal"
)

func TestJournal(t *testing.T) {
	t.Run("keeps lines in order", func(t *testing.T) {
		var j journal.Journal
		require.Empty(t, j.Lines())
		require.Empty(t, j.String())
		j.Note("start %s", "db")
		j.Note("100%%")
		require.Equal(t, []string{"start db", "100%"}, j.Lines())
		require.Equal(t, "start db, 100%", j.String())
	})

	t.Run("sorts a copy", func(t *testing.T) {
		var j journal.Journal
		j.Note("b")
		j.Note("a")
		require.Equal(t, []string{"a", "b"}, j.Sorted())
		require.Equal(t, "b, a", j.String())
	})

	t.Run("returns lines that later notes do not change", func(t *testing.T) {
		var j journal.Journal
		j.Note("a")
		lines := j.Lines()
		lines[0] = "changed"
		require.Equal(t, "a", j.String())
	})

	t.Run("echoes each line", func(t *testing.T) {
		var out strings.Builder
		j := journal.Journal{Echo: &out}
		j.Note("start %s", "db")
		j.Note("stop %s", "db")
		require.Equal(t, "start db\nstop db\n", out.String())
	})

	t.Run("takes notes of many goroutines", func(t *testing.T) {
		var j journal.Journal
		var notes sync.WaitGroup
		for range 100 {
			notes.Go(func() { j.Note("line") })
		}
		notes.Wait()
		require.Len(t, j.Lines(), 100)
	})
}
