package sqsservice

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"github.com/go-fxservices/services/runner/consumer"
)

const (
	// batch is how many messages SQS takes or gives in one request at most.
	batch = 10
	// requestTimeout limits requests for a message that is done or has failed.
	requestTimeout = 10 * time.Second
	// lastMoment is how long a receive may go on that runs when Close begins: the message of one that is cancelled comes again only
	// when its visibility timeout is over.
	lastMoment = 250 * time.Millisecond
)

// session is one Listen of a consumer.
type session struct {
	resource *Resource
	stop     context.CancelFunc // of keepAlive
	stopped  chan struct{}

	visibility sync.Mutex // held while visibility timeouts are changed: a late extension must not hide what was given back

	mu       sync.Mutex
	received []Message // not passed to a worker yet
	held     []Message // received, or in the hands of a worker
}

// receive returns a message that was received before, or receives more.
func (s *session) receive(ctx context.Context) (Message, error) {
	if m, ok := s.next(); ok {
		return m, nil
	}
	if ctx.Err() != nil {
		return Message{}, consumer.ErrNone
	}
	over, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	defer context.AfterFunc(ctx, func() { time.AfterFunc(lastMoment, cancel) })()
	config := s.resource.config
	got, err := s.resource.Client().ReceiveMessage(over, &sqs.ReceiveMessageInput{
		QueueUrl: aws.String(config.QueueURL), MaxNumberOfMessages: batch, WaitTimeSeconds: seconds(config.wait()),
		VisibilityTimeout: seconds(config.visibility()), MessageAttributeNames: []string{"All"},
		MessageSystemAttributeNames: []types.MessageSystemAttributeName{types.MessageSystemAttributeNameAll},
	})
	switch {
	case err != nil && ctx.Err() != nil:
		return Message{}, consumer.ErrNone
	case err != nil:
		return Message{}, fmt.Errorf("receive: %w", err)
	}
	s.add(got.Messages)
	if m, ok := s.next(); ok {
		return m, nil
	}
	return Message{}, consumer.ErrNone
}

func (s *session) add(messages []Message) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.received, s.held = append(s.received, messages...), append(s.held, messages...)
}

func (s *session) next() (Message, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.received) == 0 {
		return Message{}, false
	}
	m := s.received[0]
	s.received = s.received[1:]
	return m, true
}

// release forgets a message that a worker has had.
func (s *session) release(m Message) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.held = slices.DeleteFunc(s.held, func(held Message) bool { return held.ReceiptHandle == m.ReceiptHandle })
}

// keepAlive extends the visibility timeout of the messages that are held again and again.
func (s *session) keepAlive(ctx context.Context, every time.Duration) {
	defer close(s.stopped)
	ticks := time.NewTicker(every)
	defer ticks.Stop()
	for {
		select {
		case <-ticks.C:
		case <-ctx.Done():
			return
		}
		s.extend(ctx)
	}
}

func (s *session) extend(ctx context.Context) {
	s.visibility.Lock()
	defer s.visibility.Unlock()
	s.mu.Lock()
	held := slices.Clone(s.held)
	s.mu.Unlock()
	ctx, cancel := context.WithTimeout(ctx, requestTimeout)
	defer cancel()
	_ = s.changeVisibility(ctx, held, s.resource.config.visibility()) // the next one may succeed
}

// changeVisibility says when messages come again. One that is deleted meanwhile is no error.
func (s *session) changeVisibility(ctx context.Context, messages []Message, timeout time.Duration) error {
	var errs []error
	for part := range slices.Chunk(messages, batch) {
		entries := make([]types.ChangeMessageVisibilityBatchRequestEntry, len(part))
		for i, m := range part {
			entries[i] = types.ChangeMessageVisibilityBatchRequestEntry{
				Id: aws.String(strconv.Itoa(i)), ReceiptHandle: m.ReceiptHandle, VisibilityTimeout: seconds(timeout),
			}
		}
		_, err := s.resource.Client().ChangeMessageVisibilityBatch(ctx, &sqs.ChangeMessageVisibilityBatchInput{
			QueueUrl: aws.String(s.resource.config.QueueURL), Entries: entries,
		})
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

func seconds(d time.Duration) int32 { return int32(d / time.Second) }
