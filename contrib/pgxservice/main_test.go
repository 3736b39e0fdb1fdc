//go:build unix

package pgxservice_test

import (
	"context"
	"testing"

	"go.uber.org/goleak"

	"github.com/go-fxservices/services/contrib/pgxservice"
	"github.com/go-fxservices/services/internal/testing/realserver"
	"github.com/go-fxservices/services/runner"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// database is a server that is up until the test ends.
func database(t *testing.T) *realserver.Server {
	t.Helper()
	server := realserver.Postgres(t)
	server.Start()
	return server
}

func newResource(url string) (runner.Resource, error) {
	return pgxservice.New(pgxservice.Config{URL: url})
}

func query(ctx context.Context, r runner.Resource) error {
	pool, _ := runner.As[*pgxservice.Resource](r)
	return pool.Client().QueryRow(ctx, "SELECT 1").Scan(new(int))
}
