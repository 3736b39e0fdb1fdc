package main

import (
	"context"
	"time"

	"github.com/redis/go-redis/v9"
	"go.uber.org/fx"
)

// Cache knows which orders are shipped: that does not change any more. Without Redis it knows nothing.
type Cache struct {
	fx.In
	Client redis.UniversalClient `optional:"true"`
}

// IsShipped is false, too, where Redis does not answer.
func (c Cache) IsShipped(ctx context.Context, id string) bool {
	return c.Client != nil && c.Client.Exists(ctx, "shipped:"+id).Val() == 1
}

// Shipped notes that an order is shipped. Without that the database is asked.
func (c Cache) Shipped(ctx context.Context, id string) {
	if c.Client != nil {
		c.Client.Set(ctx, "shipped:"+id, 1, time.Hour)
	}
}
