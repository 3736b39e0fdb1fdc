package main

import (
	"path/filepath"
	"testing"

	"go.uber.org/zap"

	"github.com/go-fxservices/services/runner"
	"github.com/go-fxservices/services/runner/runnertest"
)

func TestServices(t *testing.T) {
	t.Run("the store keeps the contract of a Resource", func(t *testing.T) {
		runnertest.TestResource(t, func(t *testing.T) runner.Resource {
			t.Setenv("DATABASE_URL", "sqlite:"+filepath.Join(t.TempDir(), "links.db"))
			return NewStore()
		})
	})

	t.Run("the server keeps the contract of a Server", func(t *testing.T) {
		runnertest.TestServer(t, func(t *testing.T) runner.Server {
			t.Setenv("ADDR", "127.0.0.1:0")
			return NewServer(NewAPI(NewStore(), zap.NewNop()), zap.NewNop())
		})
	})
}
