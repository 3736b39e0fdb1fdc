package sqlservice

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/go-fxservices/services/internal/clients"
)

// ping asks the database for an answer. A driver that does not look at its context while it connects goes on without ping.
func ping(ctx context.Context, db *sql.DB) error {
	return clients.Bounded(ctx, "ping", func() error {
		if err := db.PingContext(ctx); err != nil {
			return fmt.Errorf("ping: %w", err)
		}
		return nil
	}, func() {})
}

// closeDB waits for the connections in use, which sql.DB.Close does not: it closes what is idle, and the rest when it is given back.
// It has to look again and again: database/sql tells nobody when a connection comes back.
func closeDB(ctx context.Context, db *sql.DB) error {
	closed := clients.Bounded(ctx, "close", db.Close, func() {})
	for closed == nil {
		stats := db.Stats()
		if stats.OpenConnections == 0 {
			return nil
		}
		select {
		case <-time.After(5 * time.Millisecond):
		case <-ctx.Done():
			return fmt.Errorf("close: %w: connections in use: %d", ctx.Err(), stats.OpenConnections)
		}
	}
	return closed
}
