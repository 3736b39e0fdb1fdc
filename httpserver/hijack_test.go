package httpserver_test

import (
	"net"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/httpserver"
)

func TestCloseOfHijackedConnections(t *testing.T) {
	t.Run("waits for longer than for those that are silent", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			pipes, hijacked := newPipeListener(), make(chan net.Conn, 1)
			server := newServer(hijack(t, hijacked), httpserver.ListenFunc(pipes.listen))
			result := listen(t, server)
			client := pipes.dial()
			upgrade(t, client)
			conn := <-hijacked
			began := time.Now()
			time.AfterFunc(time.Minute, func() { conn.Close() })
			require.NoError(t, server.Close(t.Context()))
			require.NoError(t, <-result)
			require.Equal(t, time.Minute, time.Since(began))
			require.NoError(t, client.Close())
		})
	})
}
