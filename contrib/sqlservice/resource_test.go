//go:build unix

package sqlservice_test

import (
	"context"
	"database/sql"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/fx"

	"github.com/go-fxservices/services/contrib/sqlservice"
	"github.com/go-fxservices/services/fxservices"
	"github.com/go-fxservices/services/fxservices/fxservicestest"
	"github.com/go-fxservices/services/internal/testing/realserver"
	"github.com/go-fxservices/services/runner"
	"github.com/go-fxservices/services/runner/runnertest"
)

func TestContract(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) {
		dsn := "file:" + filepath.Join(t.TempDir(), "test.db")
		runnertest.TestResource(t, func(t *testing.T) runner.Resource { return resource(t, "sqlite", dsn) })
	})
	for driver, k := range kinds {
		t.Run(driver, func(t *testing.T) {
			server := k.Server(t)
			server.Start()
			runnertest.TestResource(t, func(t *testing.T) runner.Resource { return resource(t, driver, k.Address(server)) })
		})
	}
}

func resource(t *testing.T, driver, dsn string) *sqlservice.Resource {
	t.Helper()
	r, err := sqlservice.New(sqlservice.Config{Driver: driver, DSN: dsn})
	require.NoError(t, err)
	return r
}

func TestFaults(t *testing.T) {
	for driver, k := range kinds {
		t.Run(driver, func(t *testing.T) { realserver.Faults(t, k) })
	}
}

func TestConfig(t *testing.T) {
	for want, c := range map[string]sqlservice.Config{
		"Driver: it must be given":                                    {DSN: "file:x.db"},
		`Driver: no driver "oracle" is registered, only mysql, pgx, `: {Driver: "oracle", DSN: "file:x.db"},
		"DSN: it must be given":                                       {Driver: "sqlite"},
		"DSN: invalid DSN":                                            {Driver: "mysql", DSN: "app:s3cr3t-%40@tcp(127.0.0.1:3306)"},
		"MaxOpen: it must not be negative, got -1":                    {Driver: "sqlite", DSN: "file:x.db", MaxOpen: -1},
		"ConnMaxLifetime: it must not be negative, got -1s":           {Driver: "sqlite", DSN: "file:x.db", ConnMaxLifetime: -time.Second},
	} {
		err := c.Validate()
		require.ErrorContains(t, err, "sqlservice.Config: "+want)
		realserver.NoSecret(t, err.Error())
		_, newErr := sqlservice.New(c)
		require.Equal(t, err.Error(), newErr.Error())
	}

	t.Run("is wrong only at the start where the driver reads the DSN then", func(t *testing.T) {
		err := resource(t, "pgx", "postgres://app:s3cr3t-%2540@host:port/db").Start(t.Context())
		require.ErrorContains(t, err, "ping: cannot parse")
		realserver.NoSecret(t, err.Error())
	})

	t.Run("has the settings of the pool", func(t *testing.T) {
		c := sqlservice.Config{Driver: "sqlite", DSN: "file:" + filepath.Join(t.TempDir(), "x.db"), MaxOpen: 3, MaxIdle: -1, Name: "shop"}
		r, err := sqlservice.New(c)
		require.NoError(t, err)
		require.Equal(t, "shop", r.Name())
		require.NoError(t, r.Start(t.Context()))
		stats := r.Client().Stats()
		require.Equal(t, [2]int{3, 0}, [2]int{stats.MaxOpenConnections, stats.Idle})
		require.NoError(t, r.Stop(t.Context()))
	})
}

func TestStop(t *testing.T) {
	dsn := "file:" + filepath.Join(t.TempDir(), "test.db")

	t.Run("waits for connections in use", func(t *testing.T) {
		r := resource(t, "sqlite", dsn)
		require.Equal(t, "sql", r.Name())
		require.NoError(t, r.Start(t.Context()))
		conn, err := r.Client().Conn(t.Context())
		require.NoError(t, err)
		var stopped sync.WaitGroup
		stopped.Go(func() { require.NoError(t, r.Stop(t.Context())) })
		require.Eventually(t, func() bool { return r.IsReady(t.Context()) != nil }, time.Minute, time.Millisecond)
		require.NoError(t, conn.PingContext(t.Context()))
		require.NoError(t, conn.Close())
		stopped.Wait()
	})

	t.Run("gives up when its context ends, and says how many there are", func(t *testing.T) {
		r := resource(t, "sqlite", dsn)
		require.NoError(t, r.Start(t.Context()))
		conn, err := r.Client().Conn(t.Context())
		require.NoError(t, err)
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
		defer cancel()
		err = r.Stop(ctx)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.EqualError(t, err, "close: context deadline exceeded: connections in use: 1")
		require.NoError(t, conn.Close())
	})
}

type pinging struct{ runner.Resource }

func newPinging(db *sql.DB) *pinging {
	return &pinging{runner.NewResource("pinging", db.PingContext, db.PingContext)}
}

func TestModule(t *testing.T) {
	dsn := "file:" + filepath.Join(t.TempDir(), "test.db")
	const name = `name:"reporting"`
	app := fxservicestest.New(t,
		fx.Supply(sqlservice.Config{Driver: "sqlite", DSN: dsn}),
		fx.Supply(fx.Annotate(sqlservice.Config{Name: "reporting", Driver: "sqlite", DSN: dsn}, fx.ResultTags(name))),
		sqlservice.Module(),
		sqlservice.Module(fxservices.Named("reporting"), runner.StartTimeout(time.Minute)),
		fxservices.Provide(newPinging),
		fx.Invoke(func(*pinging) {}),
		fx.Invoke(fx.Annotate(func(db *sql.DB, r *sqlservice.Resource) { require.Same(t, db, r.Client()) }, fx.ParamTags(name, name))),
	)
	app.RequireStart()
	app.RequireStop()
	require.Equal(t, []string{
		"start sql", "started sql", "start pinging", "started pinging", "start reporting", "started reporting",
		"stop reporting", "stopped reporting", "stop pinging", "stopped pinging", "stop sql", "stopped sql",
	}, app.Events())
}
