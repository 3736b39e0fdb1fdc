package natsservice

import (
	"context"

	"github.com/nats-io/nats.go"
	"go.uber.org/fx"

	"github.com/go-fxservices/services/fxservices"
	"github.com/go-fxservices/services/internal/clients"
	"github.com/go-fxservices/services/runner"
)

// Resource is a connection to a NATS server. Make one with [New]. It is safe for concurrent use.
type Resource struct {
	config  Config
	secrets clients.Secrets
	life    *clients.Life[*connection]
}

var (
	_ runner.Resource      = (*Resource)(nil)
	_ runner.ReadyChecker  = (*Resource)(nil)
	_ runner.HealthChecker = (*Resource)(nil)
)

// New returns a Resource that is not started. A Config that is not valid is an error.
func New(config Config) (*Resource, error) {
	if err := config.Validate(); err != nil {
		return nil, err
	}
	r := &Resource{config: config, secrets: config.secrets()}
	r.life = clients.NewLife(clients.Steps[*connection]{
		Open:  func(ctx context.Context) (*connection, error) { return connect(ctx, config) },
		Check: func(ctx context.Context, c *connection) error { return c.ping(ctx) },
		Close: func(ctx context.Context, c *connection) error { return c.close(ctx) },
	})
	return r, nil
}

// Module adds a [*Resource] to an application that has fxservices.Module: whoever takes it starts after it is connected, and stops
// before it is drained. The container has to provide a [Config].
//
// Settings are those of fxservices.Provide, such as retrier.New(), and fxservices.Named for a second server.
func Module(settings ...any) fx.Option {
	return fxservices.Provide(append([]any{New}, settings...)...)
}

// Client returns the connection, or nil unless the Resource is started. It survives the loss of the server, and connects again. After
// Stop and Start there is another one.
func (r *Resource) Client() *nats.Conn {
	if c, ok := r.life.Started(); ok {
		return c.conn
	}
	return nil
}

// Name implements [runner.Service].
func (r *Resource) Name() string { return r.config.name() }

// Start connects, logs in, and proves that the server answers.
func (r *Resource) Start(ctx context.Context) error { return r.secrets.Error(r.life.Start(ctx)) }

// Stop drains the connection, and waits for it: messages that have come are handled, and what has been published is sent. When ctx
// ends first, it cuts the connection off. An error says so, and how much could not be sent. Without a Start there is nothing to do.
func (r *Resource) Stop(ctx context.Context) error { return r.secrets.Error(r.life.Stop(ctx)) }

// IsReady asks the server for an answer. While the connection is lost it fails at once.
func (r *Resource) IsReady(ctx context.Context) error { return r.secrets.Error(r.life.Check(ctx)) }

// IsHealthy is [Resource.IsReady].
func (r *Resource) IsHealthy(ctx context.Context) error { return r.IsReady(ctx) }
