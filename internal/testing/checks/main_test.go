package checks_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const module = "github.com/go-fxservices/services"

// root is the folder of the repository.
func root(t *testing.T) string {
	t.Helper()
	dir, err := filepath.Abs("../../..")
	require.NoError(t, err)
	return dir
}

// output runs a program in the root, outside of the workspace, and returns what it prints.
func output(t *testing.T, program string, args ...string) []byte {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), program, args...)
	cmd.Dir = root(t)
	cmd.Env = append(os.Environ(), "GOWORK=off")
	out, err := cmd.Output()
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		require.NoError(t, err, "%s %s: %s", program, strings.Join(args, " "), exit.Stderr)
	}
	require.NoError(t, err)
	return out
}

// golist returns what go list prints, a word an element.
func golist(t *testing.T, args ...string) []string {
	t.Helper()
	return strings.Fields(string(output(t, "go", append([]string{"list"}, args...)...)))
}
