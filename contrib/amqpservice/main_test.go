//go:build unix

package amqpservice_test

import (
	"context"
	"os"
	"testing"

	"github.com/rabbitmq/amqp091-go"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/go-fxservices/services/contrib/amqpservice"
	"github.com/go-fxservices/services/internal/testing/realserver"
	"github.com/go-fxservices/services/runner"
	"github.com/go-fxservices/services/runner/consumer"
)

func TestMain(m *testing.M) {
	realserver.Consume(func(handle func(text string) error) ([]runner.Service, error) {
		r, err := amqpservice.New(amqpservice.Config{URL: os.Getenv("AMQP_URL"), Queue: "orders", Prefetch: 100})
		if err != nil {
			return nil, err
		}
		c := amqpservice.NewConsumer(r, func(_ context.Context, m amqpservice.Message) error { return handle(string(m.Body)) }, consumer.Workers(8))
		return []runner.Service{r, c}, nil
	})
	goleak.VerifyTestMain(m)
}

func start(t *testing.T) *realserver.Server {
	t.Helper()
	server := realserver.RabbitMQ(t)
	server.Start()
	return server
}

func started(t *testing.T, config amqpservice.Config) *amqpservice.Resource {
	t.Helper()
	r, err := amqpservice.New(config)
	require.NoError(t, err)
	require.NoError(t, r.Start(t.Context()))
	t.Cleanup(func() { require.NoError(t, r.Stop(context.Background())) })
	return r
}

// declare makes the queue, empty.
func declare(t *testing.T, r *amqpservice.Resource) *amqp091.Channel {
	t.Helper()
	channel, err := r.Client().Channel()
	require.NoError(t, err)
	_, err = channel.QueueDelete("orders", false, false, false)
	require.NoError(t, err)
	_, err = channel.QueueDeclare("orders", true, false, false, false, nil)
	require.NoError(t, err)
	require.NoError(t, channel.Confirm(false))
	return channel
}

func publish(ctx context.Context, channel *amqp091.Channel, texts ...string) error {
	return realserver.Batches(texts, 200, func(part []string) error {
		var last *amqp091.DeferredConfirmation
		for _, text := range part {
			var err error
			last, err = channel.PublishWithDeferredConfirmWithContext(ctx, "", "orders", false, false,
				amqp091.Publishing{DeliveryMode: amqp091.Persistent, Body: []byte(text)})
			if err != nil {
				return err
			}
		}
		_, err := last.WaitContext(ctx)
		return err
	})
}
