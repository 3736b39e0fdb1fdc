package kafkaservice

import (
	"context"
	"errors"
	"fmt"

	"github.com/twmb/franz-go/pkg/kgo"
	"go.uber.org/fx"

	"github.com/go-fxservices/services/fxservices"
	"github.com/go-fxservices/services/internal/clients"
	"github.com/go-fxservices/services/runner"
)

// Resource is a client of a Kafka cluster, for producing and for administration. Make one with [New]. It is safe for concurrent use.
type Resource struct {
	config Config
	life   *clients.Life[*client]
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
	r := &Resource{config: config}
	r.life = clients.NewLife(clients.Steps[*client]{
		Open:  func(context.Context) (*client, error) { return newClient(config) },
		Check: func(ctx context.Context, c *client) error { return c.ping(ctx) },
		Close: func(ctx context.Context, c *client) error { return c.close(ctx) },
	})
	return r, nil
}

// Module adds a [*Resource] and its [*kgo.Client] to an application that has fxservices.Module: whoever takes one of them starts after
// a broker has answered, and stops before the client is flushed and closed. The container has to provide a [Config].
//
// Settings are those of fxservices.Provide, such as retrier.New(), and fxservices.Named for a second cluster. An application that is
// started again after a stop has a new client: take the Resource, and ask it for its Client.
func Module(settings ...any) fx.Option { return fxservices.ProvideClient(New, settings...) }

// Client returns the client, which is in no group. It can be used once the Resource is started. After Stop there is another one.
func (r *Resource) Client() *kgo.Client { return r.life.Prepared().kafka }

// Name implements [runner.Service].
func (r *Resource) Name() string { return r.config.name() }

// Start connects, logs in, and proves that a broker answers.
func (r *Resource) Start(ctx context.Context) error { return r.life.Start(ctx) }

// Stop sends what has been produced, and closes the client. When ctx ends first, it cuts the connections off, and returns an error with
// the number of records that were not sent. Without a Start there is nothing to do.
func (r *Resource) Stop(ctx context.Context) error { return r.life.Stop(ctx) }

// IsReady asks a broker for an answer.
func (r *Resource) IsReady(ctx context.Context) error { return r.life.Check(ctx) }

// IsHealthy is [Resource.IsReady].
func (r *Resource) IsHealthy(ctx context.Context) error { return r.IsReady(ctx) }

// client is a client whose connections can be cut off.
type client struct {
	kafka *kgo.Client
	conns clients.Conns
}

func newClient(config Config, more ...kgo.Opt) (*client, error) {
	c := &client{}
	var err error
	if c.kafka, err = kgo.NewClient(config.options(&c.conns, more...)...); err != nil {
		return nil, fmt.Errorf("connect: %w", err)
	}
	return c, nil
}

func (c *client) ping(ctx context.Context) error {
	if err := c.kafka.Ping(ctx); err != nil {
		return fmt.Errorf("ping: %w", err)
	}
	return nil
}

// close sends what is buffered, which Close of the library would throw away.
func (c *client) close(ctx context.Context) error {
	err := c.kafka.Flush(ctx)
	if lost := c.kafka.BufferedProduceRecords(); err != nil && lost > 0 {
		err = fmt.Errorf("close: cut off: %w: records that were not sent: %d", err, lost)
	} else {
		err = nil
	}
	if err != nil {
		c.conns.Cut()
	}
	return errors.Join(err, c.end(ctx))
}

// end closes the client. One that is in a group leaves it.
func (c *client) end(ctx context.Context) error {
	defer c.conns.Cut()
	return clients.Bounded(ctx, "close", func() error { c.kafka.CloseAllowingRebalance(); return nil }, c.conns.Cut)
}
