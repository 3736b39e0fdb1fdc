package main

import (
	"context"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/go-fxservices/services/contrib/natsservice"
	"github.com/go-fxservices/services/runner"
	"github.com/go-fxservices/services/runner/consumer"
)

const stream = "ORDERS"

// Stream has the numbers of new orders. As a Resource it makes itself in NATS.
type Stream struct {
	runner.Resource
	js jetstream.JetStream
}

// NewStream returns the stream of a NATS server.
func NewStream(nats *natsservice.Resource) *Stream {
	s := &Stream{}
	s.Resource = runner.NewResource("stream", func(ctx context.Context) (err error) {
		if s.js, err = jetstream.New(nats.Client()); err == nil {
			_, err = s.js.CreateOrUpdateStream(ctx, jetstream.StreamConfig{Name: stream, Subjects: []string{"orders.new"}})
		}
		return err
	}, nil)
	return s
}

// NewShipping returns the consumer that ships orders.
func NewShipping(nats *natsservice.Resource, _ *Stream, orders *Orders) *consumer.Consumer[natsservice.Message] {
	return natsservice.NewConsumer(nats, func(ctx context.Context, m natsservice.Message) error {
		return orders.Ship(ctx, string(m.Data()))
	}, consumer.Workers(4))
}
