package redisservice

import (
	"context"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"
	"go.uber.org/fx"

	"github.com/go-fxservices/services/fxservices"
	"github.com/go-fxservices/services/internal/clients"
	"github.com/go-fxservices/services/runner"
)

// Resource is a client of a Redis server, a cluster, or a server that sentinels tell. Make one with [New]. It is safe for concurrent
// use.
type Resource struct {
	config  Config
	secrets clients.Secrets
	life    *clients.Life[*client]
}

var (
	_ runner.Resource      = (*Resource)(nil)
	_ runner.ReadyChecker  = (*Resource)(nil)
	_ runner.HealthChecker = (*Resource)(nil)
)

// New returns a Resource that is not started. It opens no connection. A Config that is not valid is an error.
func New(config Config) (*Resource, error) {
	if err := config.Validate(); err != nil {
		return nil, err
	}
	r := &Resource{config: config, secrets: config.secrets()}
	r.life = clients.NewLife(clients.Steps[*client]{
		Open: func(context.Context) (*client, error) {
			c := &client{}
			c.redis = config.open(&c.conns)
			return c, nil
		},
		Check: func(ctx context.Context, c *client) error { return c.ping(ctx) },
		Close: func(ctx context.Context, c *client) error { return c.close(ctx) },
	})
	return r, nil
}

// Module adds a [*Resource] and its [redis.UniversalClient] to an application that has fxservices.Module: whoever takes one of them
// starts after the server has answered, and stops before the client is closed. The container has to provide a [Config].
//
// Settings are those of fxservices.Provide, such as retrier.New(), and fxservices.Named for a second server. An application that is
// started again after a stop has a new client: take the Resource, and ask it for its Client.
func Module(settings ...any) fx.Option { return fxservices.ProvideClient(New, settings...) }

// Client returns the client. It can be used once the Resource is started. After Stop there is another one.
func (r *Resource) Client() redis.UniversalClient { return r.life.Prepared().redis }

// Name implements [runner.Service].
func (r *Resource) Name() string { return r.config.name() }

// Start connects, logs in, and proves that the server answers.
func (r *Resource) Start(ctx context.Context) error { return r.secrets.Error(r.life.Start(ctx)) }

// Stop waits until no connection is in use, and closes all. When ctx ends first, it cuts them off, and returns an error with the
// number of those in use. Without a Start there is nothing to do.
func (r *Resource) Stop(ctx context.Context) error { return r.secrets.Error(r.life.Stop(ctx)) }

// IsReady asks the server for an answer; of a cluster, any node.
func (r *Resource) IsReady(ctx context.Context) error { return r.secrets.Error(r.life.Check(ctx)) }

// IsHealthy is [Resource.IsReady].
func (r *Resource) IsHealthy(ctx context.Context) error { return r.IsReady(ctx) }

// client is a client whose connections can be cut off.
type client struct {
	redis redis.UniversalClient
	conns clients.Conns
}

// ping asks the server for an answer. The library reads until its own timeout where a context ends without a deadline, so ping does
// not wait for it.
func (c *client) ping(ctx context.Context) error {
	return clients.Bounded(ctx, "ping", func() error {
		if err := c.redis.Ping(ctx).Err(); err != nil {
			return fmt.Errorf("ping: %w", err)
		}
		return nil
	}, func() {})
}

// close waits until no connection is in use: Close of the library would cut them off. It has to look again and again, because the
// library tells nobody when one comes back.
func (c *client) close(ctx context.Context) error {
	defer c.conns.Cut()
	for {
		stats := c.redis.PoolStats()
		used := int(stats.TotalConns) - int(stats.IdleConns)
		if used <= 0 {
			break
		}
		select {
		case <-time.After(5 * time.Millisecond):
			continue
		case <-ctx.Done():
		}
		c.conns.Cut()
		_ = c.redis.Close() // what it says is what was cut off
		return fmt.Errorf("close: cut off: %w: connections in use: %d", ctx.Err(), used)
	}
	if err := c.redis.Close(); err != nil {
		return fmt.Errorf("close: %w", err)
	}
	return nil
}
