package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/go-fxservices/services/contrib/cronservice"
	"github.com/go-fxservices/services/runner"
)

// Orders are the orders in the database. As a Resource it makes their table.
type Orders struct {
	runner.Resource
	db    *sql.DB
	cache Cache
}

var errNoOrder = errors.New("there is no such order")

// NewOrders returns the orders of a database.
func NewOrders(db *sql.DB, cache Cache) *Orders {
	const table = `CREATE TABLE IF NOT EXISTS orders (id BIGINT PRIMARY KEY, item TEXT NOT NULL, status TEXT NOT NULL, at BIGINT NOT NULL)`
	start := func(ctx context.Context) error {
		_, err := db.ExecContext(ctx, table)
		return err
	}
	return &Orders{runner.NewResource("orders", start, nil), db, cache}
}

// Add adds an order, if announce succeeds with its number.
func (o *Orders) Add(ctx context.Context, item string, announce func(id string) error) (id string, err error) {
	const insert = `INSERT INTO orders SELECT COALESCE(MAX(id), 0) + 1, $1, 'new', $2 FROM orders RETURNING id`
	tx, err := o.db.BeginTx(ctx, nil)
	if err != nil {
		return "", err
	}
	defer tx.Rollback() //nolint:errcheck // after Commit it does nothing
	if err := tx.QueryRowContext(ctx, insert, item, time.Now().Unix()).Scan(&id); err != nil {
		return "", err
	}
	if err := announce(id); err != nil {
		return "", err
	}
	return id, tx.Commit()
}

// Ship notes that an order is on its way. A second time changes nothing.
func (o *Orders) Ship(ctx context.Context, id string) error {
	result, err := o.db.ExecContext(ctx, `UPDATE orders SET status = 'shipped' WHERE CAST(id AS TEXT) = $1`, id)
	if err != nil {
		return err
	}
	if n, err := result.RowsAffected(); err != nil || n == 0 {
		return fmt.Errorf("order %s: %w", id, errors.Join(err, errNoOrder)) // it may not be committed yet: the message comes again
	}
	o.cache.Shipped(ctx, id)
	return nil
}

// Status returns what has become of an order.
func (o *Orders) Status(ctx context.Context, id string) (status string, err error) {
	if o.cache.IsShipped(ctx, id) {
		return "shipped", nil
	}
	err = o.db.QueryRowContext(ctx, `SELECT status FROM orders WHERE CAST(id AS TEXT) = $1`, id).Scan(&status)
	if errors.Is(err, sql.ErrNoRows) {
		err = errNoOrder
	}
	return status, err
}

// NewCleanup returns the job that forgets what was ordered a week ago.
func NewCleanup(o *Orders) cronservice.Job {
	return cronservice.Job{Name: "cleanup", Cron: "@every 1h", Run: func(ctx context.Context) error {
		_, err := o.db.ExecContext(ctx, `DELETE FROM orders WHERE status = 'shipped' AND at < $1`, time.Now().AddDate(0, 0, -7).Unix())
		return err
	}}
}
