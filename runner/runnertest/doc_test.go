package runnertest_test

import (
	"fmt"
	"go/parser"
	"go/token"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/runner/runnertest"
)

func TestDocumentation(t *testing.T) {
	t.Run("lists each rule with its promise and consequence, in order", func(t *testing.T) {
		file, err := parser.ParseFile(token.NewFileSet(), "doc.go", nil, parser.ParseComments)
		require.NoError(t, err)
		_, list, _ := strings.Cut(oneLine(file.Doc.Text()), "# Rules for Resources")
		var expected strings.Builder
		heads := map[string]string{"TestServer": "# Rules for Servers", "TestJob": "# Rules for Jobs"}
		for _, r := range runnertest.Rules() {
			if head := heads[r.Test]; head != "" {
				expected.WriteString(" " + head)
				delete(heads, r.Test)
			}
			fmt.Fprintf(&expected, " - %s: %s Otherwise: %s", r.Name, r.Promise, r.Consequence)
		}
		require.Equal(t, expected.String(), list)
	})

	t.Run("names are those of subtests, and promises and consequences are sentences", func(t *testing.T) {
		names := map[string]bool{}
		for _, r := range runnertest.Rules() {
			require.NotContains(t, r.Name, "/")
			require.Less(t, len(r.Name), 45)
			require.False(t, names[r.Test+r.Name], "%s has two rules %q", r.Test, r.Name)
			names[r.Test+r.Name] = true
			require.Regexp(t, `^[A-Z].*\.$`, r.Promise)
			require.Regexp(t, `^[A-Z].*\.$`, r.Consequence)
		}
	})
}

// oneLine returns text with single spaces only.
func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }
