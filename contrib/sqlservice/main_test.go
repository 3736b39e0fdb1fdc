//go:build unix

package sqlservice_test

import (
	"context"
	"testing"

	_ "github.com/go-sql-driver/mysql"
	_ "github.com/jackc/pgx/v5/stdlib"
	"go.uber.org/goleak"
	_ "modernc.org/sqlite"

	"github.com/go-fxservices/services/contrib/sqlservice"
	"github.com/go-fxservices/services/internal/testing/realserver"
	"github.com/go-fxservices/services/runner"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// kinds are the drivers, each with a server of its own.
var kinds = map[string]realserver.Kind{
	"pgx":   {Server: realserver.Postgres, Address: (*realserver.Server).PostgresURL, New: newResource("pgx"), Use: query},
	"mysql": {Server: realserver.MariaDB, Address: (*realserver.Server).MariaDBDSN, New: newResource("mysql"), Use: query},
}

func newResource(driver string) func(dsn string) (runner.Resource, error) {
	return func(dsn string) (runner.Resource, error) {
		return sqlservice.New(sqlservice.Config{Driver: driver, DSN: dsn})
	}
}

func query(ctx context.Context, r runner.Resource) error {
	db, _ := runner.As[*sqlservice.Resource](r)
	return db.Client().QueryRowContext(ctx, "SELECT 1").Scan(new(int))
}
