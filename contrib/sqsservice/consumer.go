package sqsservice

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"github.com/go-fxservices/services/runner"
	"github.com/go-fxservices/services/runner/consumer"
)

// Message is a message of a queue.
type Message = types.Message

// NewConsumer returns a server that receives from the queue of r, and passes each message to handle. It is named as r is, with
// " consumer" behind.
//
// A message is deleted once handle has returned nil. One that handle fails at is made visible again at once, after the functions of
// consumer.OnError, and comes again: a redrive policy of the queue says how often. While a message is handled its visibility timeout is
// extended, so that a handler may take longer. Up to ten messages are received at a time; those that are not handled when Close begins
// are made visible again at once.
//
// Listen fails if r is not started.
func NewConsumer(r *Resource, handle func(context.Context, Message) error, opts ...consumer.Option) *consumer.Consumer[Message] {
	s := &session{resource: r}
	handled := func(ctx context.Context, m Message) error {
		defer s.release(m)
		if err := handle(ctx, m); err != nil {
			return err
		}
		return s.delete(context.WithoutCancel(ctx), m) // it is done, even if it has taken too long
	}
	if handle == nil {
		handled = nil // an error of Listen
	}
	giveBack := consumer.OnError(func(ctx context.Context, m Message, _ error) { s.giveBack(ctx, m) })
	own := []consumer.Option{consumer.Session(s.open, s.close)}
	return consumer.New(r.Name()+" consumer", s.receive, handled, append(append(own, opts...), giveBack)...)
}

func (s *session) open(ctx context.Context) error {
	if _, started := s.resource.life.Started(); !started {
		return fmt.Errorf("%s: %w", s.resource.Name(), runner.ErrNotStarted)
	}
	keep, stop := context.WithCancel(context.WithoutCancel(ctx))
	s.stop, s.stopped = stop, make(chan struct{})
	go s.keepAlive(keep, s.resource.config.visibility()/3)
	return nil
}

// close makes visible what no worker has got.
func (s *session) close(ctx context.Context) error {
	s.stop()
	<-s.stopped
	s.mu.Lock()
	left := s.received
	s.received, s.held = nil, nil
	s.mu.Unlock()
	if err := s.changeVisibility(ctx, left, 0); err != nil {
		return fmt.Errorf("give back: %w", err)
	}
	return nil
}

func (s *session) delete(ctx context.Context, m Message) error {
	ctx, cancel := context.WithTimeout(ctx, requestTimeout)
	defer cancel()
	_, err := s.resource.Client().DeleteMessage(ctx, &sqs.DeleteMessageInput{
		QueueUrl: aws.String(s.resource.config.QueueURL), ReceiptHandle: m.ReceiptHandle,
	})
	if err != nil {
		return fmt.Errorf("delete: %w", err)
	}
	return nil
}

// giveBack makes a message visible at once. Without that it comes when its time is over.
func (s *session) giveBack(ctx context.Context, m Message) {
	s.visibility.Lock()
	defer s.visibility.Unlock()
	ctx, cancel := context.WithTimeout(ctx, requestTimeout)
	defer cancel()
	_ = s.changeVisibility(ctx, []Message{m}, 0)
}
