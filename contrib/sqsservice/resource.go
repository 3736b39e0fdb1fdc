package sqsservice

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
	"go.uber.org/fx"

	"github.com/go-fxservices/services/fxservices"
	"github.com/go-fxservices/services/internal/clients"
	"github.com/go-fxservices/services/runner"
)

// Resource is a client for one queue. Make one with [New]. It is safe for concurrent use.
type Resource struct {
	config Config
	life   *clients.Life[*client]
}

var (
	_ runner.Resource      = (*Resource)(nil)
	_ runner.ReadyChecker  = (*Resource)(nil)
	_ runner.HealthChecker = (*Resource)(nil)
)

// New returns a Resource that is not started. It reads the configuration of the SDK, and opens no connection. A Config that is not
// valid is an error, and so is a region that nothing tells, and an AWS_CA_BUNDLE that cannot be read.
func New(c Config) (*Resource, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	loaded, err := config.LoadDefaultConfig(context.Background(), config.WithRegion(c.Region))
	if err != nil {
		return nil, fmt.Errorf("sqsservice: %w", err)
	}
	if loaded.Region == "" {
		return nil, fmt.Errorf("sqsservice.Config: Region: it must be given, or AWS_REGION must be set")
	}
	roots, err := caBundle()
	if err != nil {
		return nil, fmt.Errorf("sqsservice: AWS_CA_BUNDLE: %w", err)
	}
	r := &Resource{config: c}
	r.life = clients.NewLife(clients.Steps[*client]{
		Open:  func(context.Context) (*client, error) { return newClient(loaded, c, roots), nil },
		Check: func(ctx context.Context, made *client) error { return made.ask(ctx, c.QueueURL) },
		Close: func(_ context.Context, made *client) error { made.http.close(); return nil },
	})
	return r, nil
}

// Module adds a [*Resource] and its [*sqs.Client] to an application that has fxservices.Module: whoever takes one of them starts after
// the queue has answered, and stops before the client is closed. The container has to provide a [Config].
//
// Settings are those of fxservices.Provide, such as retrier.New(), and fxservices.Named for a second queue. An application that is
// started again after a stop has a new client: take the Resource, and ask it for its Client.
func Module(settings ...any) fx.Option { return fxservices.ProvideClient(New, settings...) }

// Client returns the client. It can be used once the Resource is started. After Stop there is another one.
func (r *Resource) Client() *sqs.Client { return r.life.Prepared().sqs }

// Name implements [runner.Service].
func (r *Resource) Name() string { return r.config.name() }

// Start proves that the queue is there, and that the login may ask for it.
func (r *Resource) Start(ctx context.Context) error { return r.life.Start(ctx) }

// Stop closes the connections. Requests that still run are cut off: whoever makes them stops before. Without a Start there is nothing to
// do.
func (r *Resource) Stop(ctx context.Context) error { return r.life.Stop(ctx) }

// IsReady asks for the queue.
func (r *Resource) IsReady(ctx context.Context) error { return r.life.Check(ctx) }

// IsHealthy is [Resource.IsReady].
func (r *Resource) IsHealthy(ctx context.Context) error { return r.IsReady(ctx) }

// client is a client with connections of its own.
type client struct {
	sqs  *sqs.Client
	http *httpClient
}

func newClient(loaded aws.Config, c Config, roots *roots) *client {
	made := &client{http: newHTTPClient(roots)}
	made.sqs = sqs.NewFromConfig(loaded, func(o *sqs.Options) {
		o.HTTPClient = made.http
		if c.Endpoint != "" {
			o.BaseEndpoint = aws.String(c.Endpoint)
		}
	})
	return made
}

func (c *client) ask(ctx context.Context, queue string) error {
	_, err := c.sqs.GetQueueAttributes(ctx, &sqs.GetQueueAttributesInput{
		QueueUrl: aws.String(queue), AttributeNames: []types.QueueAttributeName{types.QueueAttributeNameQueueArn},
	})
	if err != nil {
		return fmt.Errorf("ask for the queue: %w", err)
	}
	return nil
}
