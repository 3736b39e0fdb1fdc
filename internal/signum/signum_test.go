//go:build !plan9

package signum_test

import (
	"os"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/internal/signum"
)

// unnumbered is a signal of another system.
type unnumbered struct{}

func (unnumbered) Signal()        {}
func (unnumbered) String() string { return "unnumbered" }

func TestOf(t *testing.T) {
	t.Run("returns the number of a signal", func(t *testing.T) {
		for sig, want := range map[os.Signal]int{os.Interrupt: 2, syscall.SIGTERM: 15} {
			n, ok := signum.Of(sig)
			require.True(t, ok)
			require.Equal(t, want, n)
		}
	})

	t.Run("is false for a signal without a number", func(t *testing.T) {
		for _, sig := range []os.Signal{nil, unnumbered{}} {
			_, ok := signum.Of(sig)
			require.False(t, ok)
		}
	})
}

func TestQuit(t *testing.T) {
	t.Run("is the signal at which a Go program prints its stacks", func(t *testing.T) {
		require.Equal(t, syscall.SIGQUIT, signum.Quit)
	})
}
