//go:build unix

package natsservice_test

import (
	"net"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/contrib/natsservice"
	"github.com/go-fxservices/services/runner"
	"github.com/go-fxservices/services/runner/runnertest"
)

func TestEmbeddedContract(t *testing.T) {
	runnertest.TestResource(t, func(t *testing.T) runner.Resource {
		e, err := natsservice.NewEmbedded(natsservice.EmbeddedConfig{})
		require.NoError(t, err)
		return e
	})
}

func TestEmbedded(t *testing.T) {
	t.Run("keeps its URL and its streams", func(t *testing.T) {
		e, err := natsservice.NewEmbedded(natsservice.EmbeddedConfig{Name: "dev", Dir: t.TempDir()})
		require.NoError(t, err)
		require.Equal(t, "dev", e.Name())
		url := e.URL()
		for n := range 3 {
			require.NoError(t, e.Start(t.Context()))
			require.Equal(t, url, e.URL())
			r, err := natsservice.New(natsservice.Config{URL: url})
			require.NoError(t, err)
			require.NoError(t, r.Start(t.Context()))
			js := broker(t, r)
			_, err = js.Publish(t.Context(), "orders.new", []byte("order"))
			require.NoError(t, err)
			stream, err := js.Stream(t.Context(), "ORDERS")
			require.NoError(t, err)
			require.Equal(t, uint64(n+1), stream.CachedInfo().State.Msgs)
			require.NoError(t, r.Stop(t.Context()))
			require.NoError(t, e.Stop(t.Context()))
		}
	})

	t.Run("says that its port is taken", func(t *testing.T) {
		e, err := natsservice.NewEmbedded(natsservice.EmbeddedConfig{})
		require.NoError(t, err)
		addr := strings.TrimPrefix(e.URL(), "nats://")
		other, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", addr)
		require.NoError(t, err)
		require.ErrorContains(t, e.Start(t.Context()), "start: listen tcp "+addr)
		require.NoError(t, other.Close())
		require.NoError(t, e.Start(t.Context()))
		require.NoError(t, e.Stop(t.Context()))
	})
}
