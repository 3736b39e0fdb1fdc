package drain_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/go-fxservices/services/internal/drain"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestBegins(t *testing.T) {
	t.Run("returns the channel in the context", func(t *testing.T) {
		begins := make(chan struct{})
		found := drain.Begins(drain.With(t.Context(), begins))
		select {
		case <-found:
			require.Fail(t, "closed before the channel was")
		default:
		}
		close(begins)
		<-found
	})

	t.Run("returns nil where the context has none", func(t *testing.T) {
		require.Nil(t, drain.Begins(t.Context()))
	})
}
