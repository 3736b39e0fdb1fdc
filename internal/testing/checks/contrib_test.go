package checks_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// contribFile has a line for each module of contrib, and below it an indented one for each module that it adds to a program
// which has the library.
const contribFile = "internal/testing/checks/testdata/contrib.txt"

// readContrib returns what each module of contrib adds.
func readContrib(t *testing.T) map[string][]string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root(t), contribFile))
	require.NoError(t, err)
	contrib, name := map[string][]string{}, ""
	for line := range strings.Lines(string(text)) {
		if added, ok := strings.CutPrefix(line, "\t"); ok {
			contrib[name] = append(contrib[name], strings.TrimSpace(added))
		} else {
			name = strings.TrimSpace(line)
			contrib[name] = []string{}
		}
	}
	return contrib
}

func TestContrib(t *testing.T) {
	contrib := readContrib(t)
	neededIn := func(dir, packages string) []string {
		needed := strings.Fields(string(output(t, "go", "-C", dir, "list", "-deps", "-f", "{{with .Module}}{{.Path}}{{end}}", packages)))
		slices.Sort(needed)
		return slices.Compact(needed)
	}
	library := neededIn(".", "./fxservices")
	for name, adds := range contrib {
		t.Run(name+" adds what is written, and nothing else", func(t *testing.T) {
			added := slices.DeleteFunc(neededIn(name, "./..."), func(m string) bool {
				return m == module+"/"+name || slices.Contains(library, m)
			})
			require.Equal(t, adds, added, "%s has other lines", contribFile)
		})
	}

	t.Run("is written completely", func(t *testing.T) {
		for _, name := range modules(t) {
			if strings.HasPrefix(name, "contrib/") {
				require.Contains(t, contrib, name)
			}
		}
	})
}

// row is a line of the table of the README, with the name of a module and how many others it adds.
var row = regexp.MustCompile("(?m)^\\| \\[`(\\w+)`\\]\\(contrib/(\\w+)\\) \\|(?:[^|]*\\|){4} (\\d+) \\|")

func TestReadyToUse(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(root(t), "README.md"))
	require.NoError(t, err)
	counted := map[string]int{}
	for name, adds := range readContrib(t) {
		counted[name] = len(adds)
	}
	written := map[string]int{}
	for _, found := range row.FindAllStringSubmatch(string(text), -1) {
		require.Equal(t, found[1], found[2])
		written["contrib/"+found[1]], err = strconv.Atoi(found[3])
		require.NoError(t, err)
	}
	require.Equal(t, counted, written, "the table of the README says how many modules each one adds")
}
