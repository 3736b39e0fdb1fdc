//go:build unix

package natsservice_test

import (
	"context"
	"os"
	"testing"

	"github.com/nats-io/nats.go/jetstream"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/go-fxservices/services/contrib/natsservice"
	"github.com/go-fxservices/services/internal/testing/realserver"
	"github.com/go-fxservices/services/runner"
	"github.com/go-fxservices/services/runner/consumer"
)

func TestMain(m *testing.M) {
	realserver.Consume(func(handle func(text string) error) ([]runner.Service, error) {
		r, err := natsservice.New(orders(os.Getenv("NATS_URL")))
		if err != nil {
			return nil, err
		}
		c := natsservice.NewConsumer(r, func(_ context.Context, m natsservice.Message) error { return handle(string(m.Data())) }, consumer.Workers(8))
		return []runner.Service{r, c}, nil
	})
	goleak.VerifyTestMain(m)
}

func orders(url string) natsservice.Config {
	return natsservice.Config{URL: url, Stream: "ORDERS", Durable: "shipping"}
}

func start(t *testing.T) *realserver.Server {
	t.Helper()
	server := realserver.NATS(t)
	server.Start()
	return server
}

func started(t *testing.T, config natsservice.Config) *natsservice.Resource {
	t.Helper()
	r, err := natsservice.New(config)
	require.NoError(t, err)
	require.NoError(t, r.Start(t.Context()))
	t.Cleanup(func() { require.NoError(t, r.Stop(context.Background())) })
	return r
}

// broker is a client of JetStream with the stream ORDERS.
func broker(t *testing.T, r *natsservice.Resource) jetstream.JetStream {
	t.Helper()
	js, err := jetstream.New(r.Client())
	require.NoError(t, err)
	_, err = js.CreateOrUpdateStream(t.Context(), jetstream.StreamConfig{Name: "ORDERS", Subjects: []string{"orders.>"}})
	require.NoError(t, err)
	return js
}

func publish(ctx context.Context, js jetstream.JetStream, texts []string) error {
	return realserver.Batches(texts, 200, func(part []string) error {
		for _, text := range part {
			if _, err := js.PublishAsync("orders.new", []byte(text)); err != nil {
				return err
			}
		}
		select {
		case <-js.PublishAsyncComplete():
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	})
}
