package checks_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const maxFileSize = 512 << 10

var (
	forbiddenName = regexp.MustCompile(`(^|/)(vendor|node_modules|\.idea|\.vscode)/|` +
		`(^|/)(\.env|\.DS_Store|id_rsa|id_ed25519)$|` +
		`\.(exe|dll|so|dylib|a|o|test|prof|out|log|tmp|orig|rej|swp|db|sqlite|key|pem|p12)$`)
	picture = regexp.MustCompile(`\.(png|gif|jpe?g|webp|ico)$`)

	// The brackets keep these patterns from finding themselves.
	forbiddenText = map[string]*regexp.Regexp{
		"an unfinished part":  regexp.MustCompile(`(?m)(^|[^.\w])(TO[D]O|FIX[M]E)\b`),
		"a conflict of merge": regexp.MustCompile(`(?m)^(<[<]{6}|>[>]{6}) `),
		"a private key":       regexp.MustCompile(`-[-]{4}BEGIN [A-Z ]*PRIVATE KEY`),
		"a token":             regexp.MustCompile(`\b(AKIA[0-9A-Z]{16}|gh[opsu]_[0-9A-Za-z]{36}|xox[abp]-[0-9A-Za-z-]{20})`),
	}
)

// TestFiles looks at every file that git tracks or would add.
func TestFiles(t *testing.T) {
	files := gitFiles(t)
	for _, name := range files {
		require.NotRegexp(t, forbiddenName, name)
		text, err := os.ReadFile(filepath.Join(root(t), name))
		if os.IsNotExist(err) {
			continue // removed, and not committed yet
		}
		require.NoError(t, err)
		require.LessOrEqual(t, len(text), maxFileSize, "%s is too large for a repository", name)
		if !picture.MatchString(name) {
			requireText(t, name, text)
		}
	}
}

func requireText(t *testing.T, name string, text []byte) {
	t.Helper()
	require.False(t, bytes.ContainsRune(text, 0), "%s is a binary file", name)
	require.False(t, bytes.Contains(text, []byte(root(t)+"/")), "%s names a folder of this machine", name)
	if filepath.Base(name) == "go.sum" {
		return // hashes can spell anything
	}
	for what, pattern := range forbiddenText {
		require.False(t, pattern.Match(text), "%s holds %s: %q", name, what, pattern.Find(text))
	}
}

// gitFiles skips the test in a copy of the sources that is no git checkout.
func gitFiles(t *testing.T) []string {
	t.Helper()
	_, noGit := exec.LookPath("git")
	_, noCheckout := os.Stat(filepath.Join(root(t), ".git"))
	if (noGit != nil || noCheckout != nil) && os.Getenv("SERVICES_REQUIRED") != "1" {
		t.Skip("needs git and a git checkout")
	}
	safe := "safe.directory=" + root(t) // the checkout of a CI may belong to another user
	names := output(t, "git", "-c", safe, "ls-files", "-z", "--cached", "--others", "--exclude-standard")
	return strings.Split(strings.Trim(string(names), "\x00"), "\x00")
}
