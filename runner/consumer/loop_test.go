package consumer_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/internal/testing/journal"
	"github.com/go-fxservices/services/runner/consumer"
)

type keyOfTest struct{}

func TestLoop(t *testing.T) {
	inBubble(t, "handles one message after the other, in the order in which they are received", func(t *testing.T) {
		var j journal.Journal
		receive := script(message(1), message(2), message(3))
		c := consumer.New("orders", func(ctx context.Context) (int, error) {
			j.Note("receive")
			return receive(ctx)
		}, func(ctx context.Context, n int) error {
			time.Sleep(time.Second)
			return notes(&j)(ctx, n)
		})
		listening := start(t, c)
		time.Sleep(time.Minute)
		require.Equal(t, "receive, handle 1, receive, handle 2, receive, handle 3, receive", j.String())
		requireClosed(t, c, listening)
		require.Equal(t, "orders", c.Name())
	})

	inBubble(t, "receives nothing while all workers are busy", func(t *testing.T) {
		q, release := newQueue(1, 2, 3, 4, 5), make(chan struct{})
		received := 0
		c := consumer.New("orders", func(ctx context.Context) (int, error) {
			received++ // without a lock, as it is called by one worker at a time
			return q.receive(ctx)
		}, func(context.Context, int) error {
			<-release
			return nil
		}, consumer.Workers(3))
		listening := start(t, c)
		require.Equal(t, 3, received)
		require.Equal(t, consumer.Stats{Received: 3, InHand: 3}, c.Stats())

		release <- struct{}{}
		synctest.Wait()
		require.Equal(t, 4, received)
		require.Equal(t, consumer.Stats{Received: 4, Handled: 1, InHand: 3}, c.Stats())

		close(release)
		synctest.Wait()
		require.Equal(t, consumer.Stats{Received: 5, Handled: 5}, c.Stats())
		requireClosed(t, c, listening)
	})

	inBubble(t, "calls receive by one worker at a time", func(t *testing.T) {
		calls := 0
		c := consumer.New("orders", func(ctx context.Context) (int, error) {
			calls++
			defer func() { calls-- }()
			require.Equal(t, 1, calls)
			time.Sleep(time.Second)
			return 1, ctx.Err()
		}, takes(time.Minute), consumer.Workers(10))
		listening := start(t, c)
		time.Sleep(10*time.Second + 1)
		require.Equal(t, 10, c.Stats().InHand)
		requireClosed(t, c, listening)
	})

	for _, n := range []int{0, -1} {
		inBubble(t, "has one worker where less are asked for", func(t *testing.T) {
			c := consumer.New("orders", newQueue(1, 2).receive, takes(time.Second), consumer.Workers(3), consumer.Workers(n))
			listening := start(t, c)
			require.Equal(t, 1, c.Stats().InHand)
			requireClosed(t, c, listening)
		})
	}

	inBubble(t, "gives all functions the values of the context of Listen", func(t *testing.T) {
		var j journal.Journal
		note := func(ctx context.Context, what string) { j.Note("%s: %v", what, ctx.Value(keyOfTest{})) }
		q := newQueue(1)
		c := consumer.New("orders", func(ctx context.Context) (int, error) {
			note(ctx, "receive")
			return q.receive(ctx)
		}, func(ctx context.Context, _ int) error {
			note(ctx, "handle")
			return errBoom
		}, consumer.OnError(func(ctx context.Context, _ int, _ error) {
			note(ctx, "OnError")
		}), consumer.Session(func(ctx context.Context) error {
			note(ctx, "open")
			return nil
		}, func(ctx context.Context) error {
			note(ctx, "close")
			return nil
		}))
		listening := listen(context.WithValue(t.Context(), keyOfTest{}, "listen"), c)
		synctest.Wait()
		require.NoError(t, c.Close(context.WithValue(t.Context(), keyOfTest{}, "close")))
		require.NoError(t, <-listening)
		require.Equal(t, "open: listen, receive: listen, handle: listen, OnError: listen, receive: listen, close: close", j.String())
	})
}

func TestHandleTimeout(t *testing.T) {
	inBubble(t, "ends the context of each message for itself", func(t *testing.T) {
		var j journal.Journal
		c := consumer.New("orders", newQueue(1, 2).receive, untilCut, notesErrors(&j), consumer.HandleTimeout(time.Second))
		listening, clock := start(t, c), newClock()
		time.Sleep(time.Second)
		synctest.Wait()
		require.Equal(t, "1: context deadline exceeded", j.String())
		requireClosed(t, c, listening)
		clock.requireElapsed(t, 2*time.Second)
		require.Equal(t, "1: context deadline exceeded, 2: context deadline exceeded", j.String())
	})

	inBubble(t, "counts a message that is handled later than that as handled", func(t *testing.T) {
		c := consumer.New("orders", newQueue(1).receive, takes(time.Minute), consumer.HandleTimeout(time.Second))
		requireClosed(t, c, start(t, c))
		require.Equal(t, consumer.Stats{Received: 1, Handled: 1}, c.Stats())
	})

	for _, d := range []time.Duration{0, -time.Second} {
		inBubble(t, "is none where it is not positive", func(t *testing.T) {
			c := consumer.New("orders", newQueue(1).receive, func(ctx context.Context, _ int) error {
				_, limited := ctx.Deadline()
				require.False(t, limited)
				return nil
			}, consumer.HandleTimeout(d))
			requireClosed(t, c, start(t, c))
			require.Equal(t, uint64(1), c.Stats().Handled)
		})
	}

	inBubble(t, "leaves no more time than Close does", func(t *testing.T) {
		c := consumer.New("orders", newQueue(1).receive, untilCut, consumer.HandleTimeout(time.Hour))
		listening := start(t, c)
		require.EqualError(t, closeWithin(time.Second, c), "1 message cut off")
		require.NoError(t, <-listening)
	})
}
