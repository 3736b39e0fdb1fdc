package goroutines_test

import (
	"context"
	"runtime/pprof"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/go-fxservices/services/internal/goroutines"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func waits(entered chan<- struct{}, end <-chan struct{}) {
	entered <- struct{}{}
	<-end
}

func TestWith(t *testing.T) {
	entered, end := make(chan struct{}), make(chan struct{})
	done := make(chan struct{})
	pprof.Do(t.Context(), pprof.Labels("test", "with"), func(context.Context) {
		go func() {
			defer close(done)
			waits(entered, end)
		}()
	})
	<-entered

	t.Run("finds goroutines that one with the label has started", func(t *testing.T) {
		found := goroutines.With("test", "with")
		require.Len(t, found, 1)
		require.True(t, found[0].Runs("github.com/go-fxservices/services/internal/goroutines_test.waits"))
		require.Contains(t, found[0].WaitsIn(), "goroutines_test.waits (goroutines_test.go:")
		require.True(t, strings.HasPrefix(goroutines.Join(found), "goroutine:\n"))
	})

	t.Run("finds none with another label", func(t *testing.T) {
		require.Empty(t, goroutines.With("test", "without"))
		require.Empty(t, goroutines.With("with", "test"))
	})

	close(end)
	<-done
}
