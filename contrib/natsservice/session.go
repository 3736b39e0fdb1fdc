package natsservice

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/go-fxservices/services/runner/consumer"
)

// batch is how many messages are fetched at a time, if there are as many.
const batch = 20

// lastMoment is how long a fetch may go on that runs when Close begins: a message that the server sends to a fetch which nobody
// waits for comes again only after AckWait.
const lastMoment = 250 * time.Millisecond

// session is one Listen of a consumer.
type session struct {
	resource *Resource
	bound    jetstream.Consumer
	stop     context.CancelFunc // of keepAlive
	stopped  chan struct{}

	mu      sync.Mutex
	fetched []Message // not passed to a worker yet
	held    []Message // fetched, or in the hands of a worker
	last    Message   // the last that was acknowledged
}

func (s *session) open(ctx context.Context) error {
	bound, err := bind(ctx, s.resource)
	if err != nil {
		return s.resource.secrets.Error(err)
	}
	keep, stop := context.WithCancel(context.WithoutCancel(ctx))
	s.bound, s.stop, s.stopped = bound, stop, make(chan struct{})
	go s.keepAlive(keep, bound.CachedInfo().Config.AckWait/3)
	return nil
}

// close gives back what no worker has got, and waits until the server has noted that, and all acknowledgements. It notes them in the
// background: one that ends right after it has got them forgets them.
func (s *session) close(ctx context.Context) error {
	s.stop()
	<-s.stopped
	s.mu.Lock()
	left, last := s.fetched, s.last
	s.fetched, s.held, s.last = nil, nil, nil
	s.mu.Unlock()
	conn := s.resource.Client()
	if conn == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, answerTimeout)
	defer cancel()
	tell := func(m Message, word string) error {
		if _, err := conn.RequestWithContext(ctx, m.Reply(), []byte(word)); err != nil {
			return s.resource.secrets.Error(fmt.Errorf("acknowledge: %w", err))
		}
		return nil
	}
	for _, m := range left {
		if err := tell(m, "-NAK"); err != nil { // without it the message comes after AckWait
			return err
		}
	}
	if last == nil {
		return nil
	}
	return tell(last, "+ACK") // again: the answer comes after all that has been said before
}

// receive returns a message that was fetched before, or fetches more.
func (s *session) receive(ctx context.Context) (Message, error) {
	if m := s.next(); m != nil {
		return m, nil
	}
	if ctx.Err() != nil {
		return nil, consumer.ErrNone
	}
	if err := s.fetch(ctx); err != nil {
		return nil, s.resource.secrets.Error(fmt.Errorf("fetch: %w", err))
	}
	if m := s.next(); m != nil {
		return m, nil
	}
	return nil, consumer.ErrNone
}

// fetch gets what the server has at once, or waits for one message.
func (s *session) fetch(ctx context.Context) error {
	got, err := s.bound.FetchNoWait(batch)
	if err != nil {
		return err
	}
	messages := got.Messages()
	over, cancel := afterwards(ctx)
	defer cancel()
	found := false
	for {
		select {
		case m, ok := <-messages:
			if !ok {
				if err := got.Error(); err != nil && !errors.Is(err, jetstream.ErrNoHeartbeat) || found {
					return err
				}
				return s.await(ctx)
			}
			s.add(m)
			found = true
		case <-over.Done():
			return nil
		}
	}
}

// await waits for one message. When ctx ends, it drains the subscription: a message that the server has sent already still comes.
func (s *session) await(ctx context.Context) error {
	if ctx.Err() != nil {
		return nil
	}
	iterator, err := s.bound.Messages(jetstream.PullMaxMessages(1), jetstream.StopAfter(1))
	if err != nil {
		return err
	}
	defer iterator.Stop()
	defer context.AfterFunc(ctx, iterator.Drain)()
	over, cancel := afterwards(ctx)
	defer cancel()
	m, err := iterator.Next(jetstream.NextContext(over))
	switch {
	case err == nil:
		s.add(m)
		return nil
	case ctx.Err() != nil:
		return nil
	default:
		return err
	}
}

// afterwards returns a context that ends a moment after ctx.
func afterwards(ctx context.Context) (context.Context, func()) {
	over, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() { time.AfterFunc(lastMoment, cancel) })
	return over, func() { stop(); cancel() }
}

func (s *session) add(m Message) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fetched, s.held = append(s.fetched, m), append(s.held, m)
}

func (s *session) next() Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.fetched) == 0 {
		return nil
	}
	m := s.fetched[0]
	s.fetched = s.fetched[1:]
	return m
}

// acknowledge acknowledges a message that has been handled.
func (s *session) acknowledge(m Message) error {
	if err := m.Ack(); err != nil {
		return fmt.Errorf("acknowledge: %w", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.last = m
	return nil
}

// release forgets a message that a worker has had.
func (s *session) release(m Message) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.held = slices.DeleteFunc(s.held, func(held Message) bool { return held == m })
}

// keepAlive tells the server again and again which messages are held.
func (s *session) keepAlive(ctx context.Context, every time.Duration) {
	defer close(s.stopped)
	ticks := time.NewTicker(max(every, time.Millisecond))
	defer ticks.Stop()
	for {
		select {
		case <-ticks.C:
		case <-ctx.Done():
			return
		}
		s.mu.Lock()
		held := slices.Clone(s.held)
		s.mu.Unlock()
		for _, m := range held {
			_ = m.InProgress() // the next one may succeed
		}
	}
}
