package pgxservice

import (
	"context"
	"fmt"
	"io/fs"
	"slices"

	"github.com/jackc/pgx/v5"
)

// migrationLock is the key of the advisory lock under which a database is migrated. Any number does that no other program takes.
const migrationLock = 0x676f2d6678736572

const createTable = `CREATE TABLE IF NOT EXISTS services_migrations (
	name text PRIMARY KEY,
	applied_at timestamptz NOT NULL DEFAULT now()
)`

// migrate applies the files that the database does not have yet. It has the connection for itself: the end of its session gives the
// lock back, however that ends.
func migrate(ctx context.Context, conn *pgx.Conn, files fs.FS) error {
	names, err := fs.Glob(files, "*.sql") // sorted
	if err != nil || len(names) == 0 {
		return err
	}
	if _, err := conn.Exec(ctx, "SELECT pg_advisory_lock($1)", int64(migrationLock)); err != nil {
		return fmt.Errorf("lock: %w", err)
	}
	if _, err := conn.Exec(ctx, createTable); err != nil {
		return err
	}
	rows, err := conn.Query(ctx, "SELECT name FROM services_migrations")
	if err != nil {
		return err
	}
	applied, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return err
	}
	for _, name := range names {
		if slices.Contains(applied, name) {
			continue
		}
		if err := apply(ctx, conn, files, name); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

// apply applies one file, and writes that down, or does neither.
func apply(ctx context.Context, conn *pgx.Conn, files fs.FS, name string) error {
	text, err := fs.ReadFile(files, name)
	if err != nil {
		return err
	}
	return pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, string(text), pgx.QueryExecModeSimpleProtocol); err != nil { // it may have several statements
			return err
		}
		_, err := tx.Exec(ctx, "INSERT INTO services_migrations (name) VALUES ($1)", name)
		return err
	})
}
