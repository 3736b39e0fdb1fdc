package observers_test

import (
	"os"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestDocument keeps docs/operations.md in step with the lines that are written.
func TestDocument(t *testing.T) {
	read := func(file string) string {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		return string(text)
	}
	find := func(text, pattern string) (found []string) {
		seen := map[string]bool{}
		for _, match := range regexp.MustCompile(pattern).FindAllStringSubmatch(text, -1) {
			if !seen[match[1]] {
				seen[match[1]] = true
				found = append(found, match[1])
			}
		}
		return found
	}
	const message = `"((?:service|services|server|job|signal|application|retrying|attempting|grace) [a-z ]+)"`
	written := find(read("recorder.go")+read("application.go")+read("unsampled.go"), message)
	require.Greater(t, len(written), 15)
	var documented []string
	for _, row := range find(read("../docs/operations.md"), "(?m)^\\| (`[a-z `,]+`) \\| (?:debug|info|warning|error) \\|") {
		documented = append(documented, find(row, "`([a-z ]+)`")...)
	}
	require.ElementsMatch(t, written, documented)
}
