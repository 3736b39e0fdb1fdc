//go:build unix

package pgxservice_test

import (
	"context"
	"os"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"
	"go.uber.org/fx"

	"github.com/go-fxservices/services/contrib/pgxservice"
	"github.com/go-fxservices/services/fxservices"
	"github.com/go-fxservices/services/fxservices/fxservicestest"
	"github.com/go-fxservices/services/internal/testing/realserver"
	"github.com/go-fxservices/services/runner"
	"github.com/go-fxservices/services/runner/runnertest"
)

func TestContract(t *testing.T) {
	server := database(t)
	runnertest.TestResource(t, func(t *testing.T) runner.Resource {
		r, err := pgxservice.New(pgxservice.Config{URL: server.PostgresURL(), MinConns: 1, Migrations: tables})
		require.NoError(t, err)
		return r
	})
}

func TestFaults(t *testing.T) {
	realserver.Faults(t, realserver.Kind{Server: realserver.Postgres, Address: (*realserver.Server).PostgresURL, New: newResource, Use: query})
}

func TestConfig(t *testing.T) {
	const url = "postgres://app:s3cr3t-%2540@localhost/db"
	for want, c := range map[string]pgxservice.Config{
		"URL: it must be given":                             {},
		"URL: cannot parse `postgres://app:xxxxx@localhost": {URL: "postgres://app:s3cr3t-%2540@localhost:port/db"},
		"MaxConns: it must not be negative, got -1":         {URL: url, MaxConns: -1},
		"MinConns: it must not be negative, got -2":         {URL: url, MinConns: -2},
		"MinConns: 9 is more than MaxConns, 3":              {URL: url, MinConns: 9, MaxConns: 3},
		"Migrations: open .: no such file or directory":     {URL: url, Migrations: os.DirFS("/nowhere")},
		"Migrations: there is no *.sql in its root":         {URL: url, Migrations: fstest.MapFS{"migrations/1.sql": {}}},
	} {
		err := c.Validate()
		require.ErrorContains(t, err, "pgxservice.Config: "+want)
		realserver.NoSecret(t, err.Error())
		_, newErr := pgxservice.New(c)
		require.Equal(t, err.Error(), newErr.Error())
	}
	r, err := pgxservice.New(pgxservice.Config{URL: url})
	require.NoError(t, err)
	require.Equal(t, "postgres", r.Name())
	r, err = pgxservice.New(pgxservice.Config{URL: url + "?pool_max_conns=7", Name: "reporting", MinConns: 2})
	require.NoError(t, err)
	require.Equal(t, "reporting", r.Name())
	require.Equal(t, [2]int32{7, 2}, [2]int32{r.Client().Config().MaxConns, r.Client().Config().MinConns})
	require.ErrorIs(t, query(t.Context(), r), runner.ErrNotStarted)
	require.NoError(t, r.Stop(t.Context()))
}

func TestStop(t *testing.T) {
	server := database(t)
	start := func(t *testing.T) *pgxservice.Resource {
		t.Helper()
		r, err := pgxservice.New(pgxservice.Config{URL: server.PostgresURL()})
		require.NoError(t, err)
		require.NoError(t, r.Start(t.Context()))
		return r
	}

	t.Run("waits for connections in use", func(t *testing.T) {
		r := start(t)
		conn, err := r.Client().Acquire(t.Context())
		require.NoError(t, err)
		var stopped sync.WaitGroup
		stopped.Go(func() { require.NoError(t, r.Stop(t.Context())) })
		require.Eventually(t, func() bool { return r.IsReady(t.Context()) != nil }, time.Minute, time.Millisecond)
		require.NoError(t, conn.Ping(t.Context()))
		conn.Release()
		stopped.Wait()
	})

	t.Run("cuts them off when its context ends, and says so", func(t *testing.T) {
		r := start(t)
		conn, err := r.Client().Acquire(t.Context())
		require.NoError(t, err)
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		err = r.Stop(ctx)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.ErrorContains(t, err, "close: cut off: context deadline exceeded: connections in use: 1")
		require.Error(t, conn.Ping(t.Context()))
		conn.Release()
	})

	t.Run("leaves the database as it was for another start", func(t *testing.T) {
		r := start(t)
		first := r.Client()
		require.NoError(t, r.Stop(t.Context()))
		require.NoError(t, r.Start(t.Context()))
		require.NotSame(t, first, r.Client())
		require.NoError(t, query(t.Context(), r))
		require.NoError(t, r.Stop(t.Context()))
	})
}

var tables = fstest.MapFS{
	"002_rows.sql":   {Data: []byte("INSERT INTO things VALUES (1); INSERT INTO things VALUES (2);")},
	"001_things.sql": {Data: []byte("CREATE TABLE things (id int PRIMARY KEY)")},
	"ignored.txt":    {Data: []byte("no SQL")},
}

func TestMigrations(t *testing.T) {
	server := database(t)

	t.Run("are applied once, however many programs start", func(t *testing.T) {
		var programs sync.WaitGroup
		for range 8 {
			programs.Go(func() {
				r, err := pgxservice.New(pgxservice.Config{URL: server.PostgresURL(), Migrations: tables})
				require.NoError(t, err)
				require.NoError(t, r.Start(t.Context()))
				var n int
				require.NoError(t, r.Client().QueryRow(t.Context(), "SELECT count(*) FROM things").Scan(&n))
				require.Equal(t, 2, n)
				require.NoError(t, r.Stop(t.Context()))
			})
		}
		programs.Wait()
	})

	t.Run("are rolled back when one fails, which the error names", func(t *testing.T) {
		files := fstest.MapFS{
			"003_good.sql": {Data: []byte("CREATE TABLE good (id int)")},
			"004_bad.sql":  {Data: []byte("CREATE TABLE bad (id int); SELECT nonsense")},
			"005_late.sql": {Data: []byte("CREATE TABLE late (id int)")},
		}
		r, err := pgxservice.New(pgxservice.Config{URL: server.PostgresURL(), Migrations: files})
		require.NoError(t, err)
		err = r.Start(t.Context())
		require.ErrorContains(t, err, `migrate: 004_bad.sql: ERROR: column "nonsense" does not exist`)
		var cause *pgconn.PgError
		require.ErrorAs(t, err, &cause)

		files["004_bad.sql"] = &fstest.MapFile{Data: []byte("CREATE TABLE bad (id int)")}
		require.NoError(t, r.Start(t.Context()))
		var names []string
		require.NoError(t, r.Client().QueryRow(t.Context(), "SELECT array_agg(name ORDER BY name) FROM services_migrations").Scan(&names))
		require.Equal(t, []string{"001_things.sql", "002_rows.sql", "003_good.sql", "004_bad.sql", "005_late.sql"}, names)
		require.NoError(t, r.Stop(t.Context()))
	})
}

type pinging struct{ runner.Resource }

func newPinging(pool *pgxpool.Pool) *pinging {
	return &pinging{runner.NewResource("repository",
		func(ctx context.Context) error { return pool.Ping(ctx) },
		func(ctx context.Context) error { return pool.Ping(ctx) })}
}

func TestModule(t *testing.T) {
	server := database(t)
	const name = `name:"reporting"`
	app := fxservicestest.New(t,
		fx.Supply(pgxservice.Config{URL: server.PostgresURL()}),
		fx.Supply(fx.Annotate(pgxservice.Config{URL: server.PostgresURL(), Name: "reporting"}, fx.ResultTags(name))),
		pgxservice.Module(),
		pgxservice.Module(fxservices.Named("reporting"), runner.StartTimeout(time.Minute)),
		fxservices.Provide(newPinging),
		fx.Invoke(func(*pinging) {}),
		fx.Invoke(fx.Annotate(func(p *pgxpool.Pool, r *pgxservice.Resource) { require.Same(t, p, r.Client()) }, fx.ParamTags(name, name))),
	)
	app.RequireStart()
	app.RequireStop()
	require.Equal(t, []string{
		"start postgres", "started postgres", "start repository", "started repository", "start reporting", "started reporting",
		"stop reporting", "stopped reporting", "stop repository", "stopped repository", "stop postgres", "stopped postgres",
	}, app.Events())
}
