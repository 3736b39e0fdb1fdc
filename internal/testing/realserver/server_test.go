//go:build unix

package realserver_test

import (
	"context"
	"net"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/internal/testing/realserver"
)

// TestServers starts each server, and ends and freezes it in all ways.
func TestServers(t *testing.T) {
	for name, newServer := range map[string]func(testing.TB) *realserver.Server{
		"PostgreSQL": realserver.Postgres, "MariaDB": realserver.MariaDB, "Redis": realserver.Redis, "NATS": realserver.NATS,
		"RabbitMQ": realserver.RabbitMQ,
	} {
		t.Run(name, func(t *testing.T) {
			began := time.Now()
			s := newServer(t)
			require.Error(t, dial(s))
			s.Start()
			t.Log("up after", time.Since(began))
			require.NoError(t, dial(s))
			s.Kill()
			require.Error(t, dial(s))
			s.Restart()
			require.NoError(t, dial(s))
			s.Freeze()
			s.Thaw()
			s.Restart()
			s.Stop()
			s.Stop()
			require.Error(t, dial(s))
			t.Log(time.Since(began))
		})
	}
}

func dial(s *realserver.Server) error {
	conn, err := (&net.Dialer{}).DialContext(context.Background(), "tcp", s.Addr())
	if err == nil {
		err = conn.Close()
	}
	return err
}
