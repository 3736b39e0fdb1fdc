package natsservice

import (
	"context"
	"errors"
	"fmt"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/go-fxservices/services/runner"
	"github.com/go-fxservices/services/runner/consumer"
)

// Message is a message of JetStream.
type Message = jetstream.Msg

// NewConsumer returns a server that reads the Stream of r for the Durable of its [Config], and passes each message to handle. It is
// named as r is, with " consumer" behind.
//
// A message is acknowledged once handle has returned nil. One that handle fails at is given back, after the functions of
// consumer.OnError, and comes again. While a message is handled the server is told that it is, so that a handler may take longer than
// the AckWait of the Durable. A few messages are fetched at a time; those that are not handled when Close begins are given back.
//
// Listen fails if r has no Stream, if it does not exist, or if r is not started. It survives the loss of the server.
func NewConsumer(r *Resource, handle func(context.Context, Message) error, opts ...consumer.Option) *consumer.Consumer[Message] {
	s := &session{resource: r}
	handled := func(ctx context.Context, m Message) error {
		defer s.release(m)
		if err := handle(ctx, m); err != nil {
			return err
		}
		return s.acknowledge(m)
	}
	if handle == nil {
		handled = nil // an error of Listen
	}
	giveBack := consumer.OnError(func(_ context.Context, m Message, _ error) { _ = m.Nak() }) // else it comes after AckWait
	own := []consumer.Option{consumer.Session(s.open, s.close)}
	return consumer.New(r.Name()+" consumer", s.receive, handled, append(append(own, opts...), giveBack)...)
}

var errNoStream = errors.New("natsservice.NewConsumer: the Config has no Stream and Durable")

// bind returns the consumer on the server. One that exists stays as it is.
func bind(ctx context.Context, r *Resource) (jetstream.Consumer, error) {
	if r.config.Stream == "" {
		return nil, errNoStream
	}
	conn := r.Client()
	if conn == nil {
		return nil, fmt.Errorf("%s: %w", r.Name(), runner.ErrNotStarted)
	}
	js, err := jetstream.New(conn)
	if err != nil {
		return nil, err
	}
	bound, err := js.Consumer(ctx, r.config.Stream, r.config.Durable)
	if errors.Is(err, jetstream.ErrConsumerNotFound) {
		bound, err = js.CreateConsumer(ctx, r.config.Stream, jetstream.ConsumerConfig{
			Durable: r.config.Durable, AckPolicy: jetstream.AckExplicitPolicy, AckWait: r.config.AckWait,
		})
	}
	if err != nil {
		return nil, fmt.Errorf("stream %q: %w", r.config.Stream, err)
	}
	return bound, nil
}
