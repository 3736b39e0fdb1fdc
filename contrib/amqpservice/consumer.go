package amqpservice

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/rabbitmq/amqp091-go"

	"github.com/go-fxservices/services/internal/clients"
	"github.com/go-fxservices/services/runner"
	"github.com/go-fxservices/services/runner/consumer"
)

// Message is a message of a queue.
type Message = amqp091.Delivery

// NewConsumer returns a server that reads the Queue of the [Config] of r, and passes each message to handle. It is named as r is, with
// " consumer" behind.
//
// A message is acknowledged once handle has returned nil. One that handle fails at is given back, after the functions of
// consumer.OnError, and comes again. Messages that the server has sent ahead and that are not handled when Close begins go back into
// the queue.
//
// Listen fails if r has no Queue, if it does not exist, or if r is not started. It survives the loss of the server.
func NewConsumer(r *Resource, handle func(context.Context, Message) error, opts ...consumer.Option) *consumer.Consumer[Message] {
	s := &session{resource: r}
	handled := func(ctx context.Context, m Message) error {
		if err := handle(ctx, m); err != nil {
			return err
		}
		if err := m.Ack(false); err != nil {
			return fmt.Errorf("acknowledge: %w", err)
		}
		return nil
	}
	if handle == nil {
		handled = nil // an error of Listen
	}
	giveBack := consumer.OnError(func(_ context.Context, m Message, _ error) { _ = m.Nack(false, true) }) // a lost channel does so itself
	own := []consumer.Option{consumer.Session(s.open, s.close)}
	return consumer.New(r.Name()+" consumer", s.receive, handled, append(append(own, opts...), giveBack)...)
}

// session is one Listen of a consumer.
type session struct {
	resource *Resource

	mu         sync.Mutex
	channel    *amqp091.Channel
	deliveries <-chan Message
}

var errNoQueue = errors.New("amqpservice.NewConsumer: the Config has no Queue")

// open opens a channel, on which the server sends messages.
func (s *session) open(ctx context.Context) error {
	config := s.resource.config
	if config.Queue == "" {
		return errNoQueue
	}
	conn := s.resource.Client()
	if conn == nil {
		return fmt.Errorf("%s: %w", s.resource.Name(), runner.ErrNotStarted)
	}
	err := clients.Bounded(ctx, "open", func() error {
		channel, err := conn.Channel()
		if err != nil {
			return fmt.Errorf("open: %w", err)
		}
		if err := channel.Qos(cmp.Or(config.Prefetch, DefaultPrefetch), 0, false); err != nil {
			return errors.Join(fmt.Errorf("open: %w", err), closeChannel(channel))
		}
		deliveries, err := channel.Consume(config.Queue, "", false, false, false, false, nil)
		if err != nil {
			return errors.Join(fmt.Errorf("queue %q: %w", config.Queue, err), closeChannel(channel))
		}
		if ctx.Err() != nil { // nobody waits for it any more
			return errors.Join(ctx.Err(), closeChannel(channel))
		}
		s.set(channel, deliveries)
		return nil
	}, func() {})
	return s.resource.secrets.Error(err)
}

// close closes the channel: the server has then got all acknowledgements, and has put back what was not acknowledged.
func (s *session) close(ctx context.Context) error {
	channel, _ := s.now()
	s.set(nil, nil)
	if channel == nil {
		return nil
	}
	err := clients.Bounded(ctx, "close", func() error { return closeChannel(channel) }, func() {})
	return s.resource.secrets.Error(err)
}

// closeChannel closes a channel. One that was lost is closed.
func closeChannel(channel *amqp091.Channel) error {
	if err := channel.Close(); err != nil && !errors.Is(err, amqp091.ErrClosed) {
		return fmt.Errorf("close: %w", err)
	}
	return nil
}

// receive returns the next message. It opens another channel when the last one was lost.
func (s *session) receive(ctx context.Context) (Message, error) {
	_, deliveries := s.now()
	if deliveries == nil {
		if err := s.open(ctx); err != nil {
			return Message{}, err
		}
		_, deliveries = s.now()
	}
	select {
	case m, ok := <-deliveries:
		if !ok {
			s.set(nil, nil)
			return Message{}, errLost
		}
		return m, nil
	case <-ctx.Done():
		return Message{}, consumer.ErrNone
	}
}

func (s *session) set(channel *amqp091.Channel, deliveries <-chan Message) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.channel, s.deliveries = channel, deliveries
}

func (s *session) now() (*amqp091.Channel, <-chan Message) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.channel, s.deliveries
}
