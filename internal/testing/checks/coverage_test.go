package checks_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/internal/testing/checks"
)

func TestReadCoverage(t *testing.T) {
	t.Run("sums the statements of each package", func(t *testing.T) {
		coverage, err := checks.ReadCoverage(strings.NewReader(`mode: atomic
example.com/m/a/x.go:1.1,2.2 3 1
example.com/m/a/y.go:1.1,2.2 1 0
example.com/m/b/z.go:1.1,2.2 2 0
`))
		require.NoError(t, err)
		require.Equal(t, map[string]checks.Coverage{
			"example.com/m/a": {Covered: 3, Statements: 4},
			"example.com/m/b": {Covered: 0, Statements: 2},
		}, coverage)
	})

	t.Run("counts a block once that several tests report", func(t *testing.T) {
		coverage, err := checks.ReadCoverage(strings.NewReader(`mode: atomic
example.com/m/a/x.go:1.1,2.2 3 7
mode: atomic
example.com/m/a/x.go:1.1,2.2 3 0
`))
		require.NoError(t, err)
		require.Equal(t, map[string]checks.Coverage{"example.com/m/a": {Covered: 3, Statements: 3}}, coverage)
	})

	t.Run("refuses what is no profile", func(t *testing.T) {
		_, err := checks.ReadCoverage(strings.NewReader("ok\n"))
		require.ErrorContains(t, err, `read coverage block "ok"`)
	})
}

func TestPercent(t *testing.T) {
	t.Run("is the share of covered statements", func(t *testing.T) {
		require.InDelta(t, 75, checks.Coverage{Covered: 3, Statements: 4}.Percent(), 0)
	})

	t.Run("is 0 for an unknown package", func(t *testing.T) {
		require.Zero(t, checks.Coverage{}.Percent())
	})
}
