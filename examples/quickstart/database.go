package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"github.com/cenkalti/backoff/v4"
)

// database is what DATABASE_URL stands for. Its errors never contain the URL,
// which may hold a password.
type database struct {
	name   string         // for errors: kind and place
	open   func() *sql.DB // does not connect yet
	schema string         // creates what is missing
	// explain returns the cause of err in one line, and whether another attempt
	// would meet it again.
	explain func(err error) (cause error, permanent bool)
}

// parseDatabase connects to nothing.
func parseDatabase(url string) (*database, error) {
	scheme, rest, _ := strings.Cut(url, ":")
	switch scheme {
	case "sqlite":
		return sqlite(rest)
	case "file":
		return sqliteURI(url), nil
	case "postgres", "postgresql":
		return postgres(url)
	}
	return nil, errors.New(`it has to begin with "sqlite:", "file:" or "postgres://"`)
}

// connect opens the database and creates what is missing, which also shows that
// it can be written.
func (d *database) connect(ctx context.Context) (*sql.DB, error) {
	db := d.open()
	err := d.migrate(ctx, db)
	if err == nil {
		return db, nil
	}
	cause, permanent := d.explain(err)
	err = fmt.Errorf("%s: %w", d.name, errors.Join(cause, db.Close()))
	if permanent {
		err = backoff.Permanent(err)
	}
	return nil, err
}

func (d *database) migrate(ctx context.Context, db *sql.DB) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // after Commit it does nothing
	if _, err = tx.ExecContext(ctx, d.schema); err != nil {
		return err
	}
	return tx.Commit()
}
