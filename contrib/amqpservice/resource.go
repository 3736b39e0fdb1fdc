package amqpservice

import (
	"context"

	"github.com/rabbitmq/amqp091-go"
	"go.uber.org/fx"

	"github.com/go-fxservices/services/fxservices"
	"github.com/go-fxservices/services/internal/clients"
	"github.com/go-fxservices/services/runner"
)

// Resource is a connection to a RabbitMQ server. Make one with [New]. It is safe for concurrent use.
type Resource struct {
	config  Config
	secrets clients.Secrets
	life    *clients.Life[*link]
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
	r := &Resource{config: config, secrets: clients.SecretsOf(config.URL)}
	r.life = clients.NewLife(clients.Steps[*link]{
		Open:  func(ctx context.Context) (*link, error) { return connect(ctx, config) },
		Check: func(ctx context.Context, l *link) error { return l.ping(ctx) },
		Close: func(ctx context.Context, l *link) error { return l.close(ctx) },
	})
	return r, nil
}

// Module adds a [*Resource] to an application that has fxservices.Module: whoever takes it starts after it is connected, and stops
// before it is closed. The container has to provide a [Config].
//
// Settings are those of fxservices.Provide, such as retrier.New(), and fxservices.Named for a second server.
func Module(settings ...any) fx.Option {
	return fxservices.Provide(append([]any{New}, settings...)...)
}

// Client returns the connection, or nil unless the Resource is started. A connection that is lost is replaced by another one as soon
// as the server can be reached: ask again when one is closed.
func (r *Resource) Client() *amqp091.Connection {
	if l, ok := r.life.Started(); ok {
		return l.connection()
	}
	return nil
}

// Name implements [runner.Service].
func (r *Resource) Name() string { return r.config.name() }

// Start connects, logs in, and proves that the server answers. RabbitMQ takes 3 s to refuse a login.
func (r *Resource) Start(ctx context.Context) error { return r.secrets.Error(r.life.Start(ctx)) }

// Stop closes the connection with all its channels, and waits for the server. When ctx ends first, it cuts the connection off, and the
// error says so. Without a Start there is nothing to do.
func (r *Resource) Stop(ctx context.Context) error { return r.secrets.Error(r.life.Stop(ctx)) }

// IsReady asks the server for a channel. While the connection is lost it fails at once.
func (r *Resource) IsReady(ctx context.Context) error { return r.secrets.Error(r.life.Check(ctx)) }

// IsHealthy is [Resource.IsReady].
func (r *Resource) IsHealthy(ctx context.Context) error { return r.IsReady(ctx) }
