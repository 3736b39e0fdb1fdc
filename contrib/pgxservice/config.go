package pgxservice

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/go-fxservices/services/internal/clients"
)

// Config says which database a [Resource] connects to, and how.
type Config struct {
	// Name is that of the service, in logs and errors. By default "postgres".
	Name string
	// URL is what [pgxpool.ParseConfig] takes: postgres://user:password@host:5432/database?sslmode=verify-full, or key=value pairs.
	// It must be given.
	URL string
	// MaxConns is how many connections the pool has at most. By default what URL says as pool_max_conns, or else 4, or one a CPU if
	// there are more.
	MaxConns int32
	// MinConns is how many connections the pool keeps open. By default what URL says as pool_min_conns, or else 0.
	MinConns int32
	// Migrations are applied by Start: the files *.sql of its root, in the order of their names, each once for the database, in a
	// transaction of its own. By default there are none.
	Migrations fs.FS
}

// Validate returns an error that names the field which is wrong. It shows no password.
func (c Config) Validate() error {
	_, err := c.pool()
	return err
}

func (c Config) name() string { return cmp.Or(c.Name, "postgres") }

// pool returns the configuration of a pool.
func (c Config) pool() (*pgxpool.Config, error) {
	fail := func(field string, err error) error {
		return fmt.Errorf("pgxservice.Config: %s: %w", field, clients.SecretsOf(c.URL).Error(err))
	}
	if c.URL == "" {
		return nil, fail("URL", errors.New("it must be given"))
	}
	pool, err := pgxpool.ParseConfig(c.URL)
	switch {
	case err != nil:
		return nil, fail("URL", err)
	case c.MaxConns < 0:
		return nil, fail("MaxConns", fmt.Errorf("it must not be negative, got %d", c.MaxConns))
	case c.MinConns < 0:
		return nil, fail("MinConns", fmt.Errorf("it must not be negative, got %d", c.MinConns))
	}
	pool.MaxConns = cmp.Or(c.MaxConns, pool.MaxConns)
	pool.MinConns = cmp.Or(c.MinConns, pool.MinConns)
	if pool.MinConns > pool.MaxConns {
		return nil, fail("MinConns", fmt.Errorf("%d is more than MaxConns, %d", pool.MinConns, pool.MaxConns))
	}
	if c.Migrations != nil {
		if _, err := fs.ReadDir(c.Migrations, "."); err != nil {
			return nil, fail("Migrations", err)
		}
		if names, _ := fs.Glob(c.Migrations, "*.sql"); len(names) == 0 {
			return nil, fail("Migrations", errors.New("there is no *.sql in its root: fs.Sub makes a folder the root"))
		}
	}
	return pool, nil
}
