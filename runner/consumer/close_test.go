package consumer_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/internal/testing/journal"
	"github.com/go-fxservices/services/runner"
	"github.com/go-fxservices/services/runner/consumer"
)

// notesContexts is a consumer that notes the ends of the contexts of receive and of handle, which takes that time.
func notesContexts(j *journal.Journal, takes time.Duration, opts ...consumer.Option) *consumer.Consumer[int] {
	q := newQueue(1)
	return consumer.New("orders", func(ctx context.Context) (int, error) {
		n, err := q.receive(ctx)
		if err != nil {
			j.Note("receive: %v, %v", err, context.Cause(ctx))
		}
		return n, err
	}, func(ctx context.Context, n int) error {
		select {
		case <-time.After(takes):
			j.Note("handle %d", n)
			return nil
		case <-ctx.Done():
			j.Note("handle %d: %v, %v", n, ctx.Err(), context.Cause(ctx))
			return context.Cause(ctx)
		}
	}, opts...)
}

func TestClose(t *testing.T) {
	inBubble(t, "ends the context of receive at once, and lets what is in hand be finished", func(t *testing.T) {
		var j journal.Journal
		c := notesContexts(&j, time.Minute, consumer.Workers(2))
		listening, clock := start(t, c), newClock()
		closing := make(chan error, 1)
		go func() { closing <- closeWithin(time.Hour, c) }()
		synctest.Wait()
		require.Equal(t, "receive: context canceled, consumer is closing", j.String())
		require.NoError(t, <-closing)
		clock.requireElapsed(t, time.Minute)
		require.NoError(t, <-listening)
		require.Equal(t, "receive: context canceled, consumer is closing, handle 1", j.String())
	})

	inBubble(t, "receives nothing after it has begun", func(t *testing.T) {
		q := newQueue(1, 2, 3)
		c := consumer.New("orders", q.receive, takes(time.Minute))
		requireClosed(t, c, start(t, c))
		require.Len(t, q, 2)
		require.Equal(t, consumer.Stats{Received: 1, Handled: 1}, c.Stats())
	})

	inBubble(t, "lets a message that a late receive returns be handled", func(t *testing.T) {
		var j journal.Journal
		receive := script(late(1, time.Second), message(2))
		c := consumer.New("orders", receive, func(ctx context.Context, n int) error {
			time.Sleep(time.Second)
			j.Note("handle %d: %v", n, ctx.Err())
			return nil
		}, consumer.Workers(3))
		listening, clock := start(t, c), newClock()
		requireClosed(t, c, listening)
		clock.requireElapsed(t, 2*time.Second)
		require.Equal(t, "handle 1: <nil>", j.String())
	})

	inBubble(t, "ends the context of handle with its own, and returns how many were cut off", func(t *testing.T) {
		var j journal.Journal
		cause := errors.New("stop timed out")
		ctx, cancel := context.WithTimeoutCause(context.Background(), time.Second, cause)
		defer cancel()
		c := notesContexts(&j, time.Minute)
		listening, clock := start(t, c), newClock()
		err := c.Close(ctx)
		clock.requireElapsed(t, time.Second)
		require.EqualError(t, err, "1 message cut off")
		var cut *consumer.CutOffError
		require.ErrorAs(t, err, &cut)
		require.Equal(t, &consumer.CutOffError{Consumer: "orders", Messages: 1, Err: cause}, cut)
		require.ErrorIs(t, err, cause)
		require.Equal(t, "handle 1: context canceled, stop timed out", j.String())
		require.NoError(t, <-listening)
		require.Equal(t, consumer.Stats{Received: 1, Failed: 1}, c.Stats())
	})

	inBubble(t, "counts only messages whose handling failed after that", func(t *testing.T) {
		c := consumer.New("orders", newQueue(1, 2, 3, 4).receive, func(ctx context.Context, n int) error {
			if n == 1 {
				return errBoom
			}
			<-ctx.Done()
			if n == 2 {
				return nil
			}
			return ctx.Err()
		}, consumer.Workers(5))
		listening := start(t, c)
		require.EqualError(t, closeWithin(time.Second, c), "2 messages cut off")
		require.NoError(t, <-listening)
		require.Equal(t, consumer.Stats{Received: 4, Handled: 1, Failed: 3}, c.Stats())
	})

	inBubble(t, "succeeds if all messages were handled after all", func(t *testing.T) {
		c := consumer.New("orders", newQueue(1).receive, takes(time.Second+ms(60)-1))
		listening, clock := start(t, c), newClock()
		require.NoError(t, closeWithin(time.Second, c))
		clock.requireElapsed(t, time.Second+ms(60)-1)
		require.NoError(t, <-listening)
	})

	inBubble(t, "does not wait for a handle that ignores the end of its context, but Listen does", func(t *testing.T) {
		var j journal.Journal
		c := consumer.New("orders", newQueue(1, 2).receive, func(ctx context.Context, n int) error {
			time.Sleep(time.Minute)
			j.Note("handle %d", n)
			return ctx.Err()
		}, consumer.Workers(2), notesErrors(&j))
		listening, clock := start(t, c), newClock()
		err := closeWithin(time.Second, c)
		clock.requireElapsed(t, time.Second+ms(60))
		require.EqualError(t, err, "2 messages cut off, still being handled")
		var cut *consumer.CutOffError
		require.ErrorAs(t, err, &cut)
		require.Equal(t, 2, cut.Running)

		require.ErrorIs(t, c.Listen(t.Context()), runner.ErrAlreadyStarted)
		require.EqualError(t, c.Close(ended()), "2 messages cut off, still being handled")
		require.EqualError(t, closeWithin(time.Hour, c), "2 messages cut off", "it waits, and then there is nothing to close")
		clock.requireElapsed(t, time.Minute)
		require.NoError(t, <-listening)
		require.Len(t, j.Lines(), 4, "OnError still gets them")
		requireClosed(t, c, start(t, c))
	})

	inBubble(t, "names a receive that ignores the end of its context, and its message is not lost", func(t *testing.T) {
		var j journal.Journal
		c := consumer.New("orders", script(late(1, time.Minute)), func(ctx context.Context, n int) error {
			j.Note("handle %d: %v", n, ctx.Err())
			return ctx.Err()
		}, notesErrors(&j))
		listening, clock := start(t, c), newClock()
		err := closeWithin(time.Second, c)
		clock.requireElapsed(t, time.Second+ms(60))
		require.EqualError(t, err, "receive has not returned: context deadline exceeded")
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.NoError(t, <-listening)
		clock.requireElapsed(t, time.Minute)
		require.Equal(t, "handle 1: context canceled, 1: context canceled", j.String())
	})

	inBubble(t, "is clean though its context has ended, if nothing is in hand", func(t *testing.T) {
		c := consumer.New("orders", newQueue(1).receive, ignore)
		listening := start(t, c)
		require.NoError(t, c.Close(ended()))
		require.NoError(t, <-listening)
	})

	inBubble(t, "called twice has nothing more to do", func(t *testing.T) {
		c := consumer.New("orders", newQueue().receive, ignore)
		requireClosed(t, c, start(t, c))
		require.NoError(t, c.Close(ended()))
		require.NoError(t, closeWithin(time.Second, c))
	})

	inBubble(t, "called twice at the same time waits in both, and the first to end counts", func(t *testing.T) {
		c := consumer.New("orders", newQueue(1).receive, untilCut)
		listening, clock := start(t, c), newClock()
		first := make(chan error, 1)
		go func() { first <- closeWithin(time.Hour, c) }()
		synctest.Wait()
		require.EqualError(t, closeWithin(time.Minute, c), "1 message cut off")
		require.EqualError(t, <-first, "1 message cut off")
		clock.requireElapsed(t, time.Minute)
		require.NoError(t, <-listening)
	})

	inBubble(t, "of a nil context is an error", func(t *testing.T) {
		c := consumer.New("orders", newQueue(1).receive, ignore)
		require.EqualError(t, c.Close(nil), "nil context: pass context.Background() if nothing else") //nolint:staticcheck // on purpose
	})
}
