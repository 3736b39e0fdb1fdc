package kafkaservice

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/go-fxservices/services/runner"
	"github.com/go-fxservices/services/runner/consumer"
)

// Message is a record of a topic.
type Message = *kgo.Record

// NewConsumer returns a server that is a member of the Group of the [Config] of r, and passes each record of its partitions to handle.
// It is named as r is, with " consumer" behind.
//
// A record is committed once handle has returned nil for it and for all before it in its partition. One that handle fails at, after
// the functions of consumer.OnError, holds its partition: it is tried again after a pause, and nothing behind it is handled meanwhile.
// With several workers, records of one partition are handled at the same time, and may be done in another order.
//
// Records that are not handled when Close begins are not committed. When another member takes a partition over, the records in hand
// are finished and committed first. Close commits, and leaves the group: a member that is gone without a word holds its partitions
// for the session timeout, 45 s.
//
// Listen fails if r has no Group and Topics, or is not started.
func NewConsumer(r *Resource, handle func(context.Context, Message) error, opts ...consumer.Option) *consumer.Consumer[Message] {
	m := &member{resource: r}
	handled := func(ctx context.Context, record Message) error {
		if err := handle(ctx, record); err != nil {
			return err
		}
		m.done(record)
		return nil
	}
	if handle == nil {
		handled = nil // an error of Listen
	}
	giveBack := consumer.OnError(func(_ context.Context, record Message, _ error) { m.failed(record) })
	own := []consumer.Option{consumer.Session(m.open, m.close)}
	return consumer.New(r.Name()+" consumer", m.receive, handled, append(append(own, opts...), giveBack)...)
}

// pollSize is how many records are fetched at a time at most.
const pollSize = 500

// commitInterval is how often what was handled is committed.
const commitInterval = time.Second

// member is one Listen of a consumer: a member of the group.
type member struct {
	resource *Resource
	client   *client

	mu         sync.Mutex
	partitions map[partitionKey]*partition
	changed    chan struct{} // closed by the next record that is done or has failed
	closing    bool          // nobody finishes records any more
	turns      int           // how often a partition was held, or was let go on
	endPoll    func()        // nil: there is none
}

var errNoGroup = errors.New("kafkaservice.NewConsumer: the Config has no Group and Topics")

func (m *member) open(ctx context.Context) error {
	config := m.resource.config
	if config.Group == "" {
		return errNoGroup
	}
	if _, started := m.resource.life.Started(); !started {
		return fmt.Errorf("%s: %w", m.resource.Name(), runner.ErrNotStarted)
	}
	m.mu.Lock()
	m.partitions, m.changed, m.closing = map[partitionKey]*partition{}, make(chan struct{}), false
	m.mu.Unlock()
	var err error
	m.client, err = newClient(config, kgo.ConsumerGroup(config.Group), kgo.ConsumeTopics(config.Topics...),
		kgo.AutoCommitMarks(), kgo.AutoCommitInterval(commitInterval), kgo.BlockRebalanceOnPoll(),
		kgo.OnPartitionsRevoked(m.revoked), kgo.OnPartitionsLost(func(_ context.Context, _ *kgo.Client, lost map[string][]int32) { m.forget(lost) }))
	return err
}

// close commits what was handled, and leaves the group.
func (m *member) close(ctx context.Context) error {
	m.mu.Lock()
	m.closing = true
	m.change()
	m.mu.Unlock()
	err := m.client.kafka.CommitMarkedOffsets(ctx)
	if err != nil {
		err = fmt.Errorf("commit: %w", err)
	}
	return errors.Join(err, m.client.end(ctx))
}

// receive returns the next record whose partition nothing holds, or fetches more.
func (m *member) receive(ctx context.Context) (Message, error) {
	for {
		found := m.next(time.Now())
		if found.record != nil {
			return found.record, nil
		}
		if ctx.Err() != nil {
			return nil, consumer.ErrNone
		}
		if err := m.poll(ctx, found); err != nil {
			return nil, err
		}
	}
}

// poll fetches records of partitions that are not held, until one of those goes on.
func (m *member) poll(ctx context.Context, found choice) error {
	polling, cancel := context.WithCancel(ctx)
	defer cancel()
	if found.wait > 0 {
		defer time.AfterFunc(found.wait, cancel).Stop()
	}
	if !m.beginPoll(found.seen, cancel) {
		return nil
	}
	defer m.beginPoll(-1, nil)
	kafka := m.client.kafka
	kafka.PauseFetchPartitions(found.held)
	fetches := kafka.PollRecords(polling, pollSize)
	kafka.ResumeFetchPartitions(found.held)
	m.add(fetches)
	kafka.AllowRebalance()
	for _, failure := range fetches.Errors() {
		switch {
		case polling.Err() != nil && errors.Is(failure.Err, polling.Err()):
		case failure.Topic == "":
			return fmt.Errorf("fetch: %w", failure.Err)
		default:
			return fmt.Errorf("fetch %s/%d: %w", failure.Topic, failure.Partition, failure.Err)
		}
	}
	return nil
}

// beginPoll says how to end a poll. It returns false if something has changed since the poll was found necessary.
func (m *member) beginPoll(seen int, end func()) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.endPoll = end
	return seen == m.turns
}
