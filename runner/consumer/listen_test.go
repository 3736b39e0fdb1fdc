package consumer_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/internal/testing/journal"
	"github.com/go-fxservices/services/runner"
	"github.com/go-fxservices/services/runner/consumer"
)

func TestListen(t *testing.T) {
	inBubble(t, "can be called again after Close", func(t *testing.T) {
		var j journal.Journal
		q := newQueue()
		c := consumer.New("orders", q.receive, notes(&j))
		for n := range 3 {
			listening := start(t, c)
			q <- n
			synctest.Wait()
			requireClosed(t, c, listening)
		}
		require.Equal(t, "handle 0, handle 1, handle 2", j.String())
		require.Equal(t, consumer.Stats{Received: 3, Handled: 3}, c.Stats())
	})

	inBubble(t, "is an error while another runs", func(t *testing.T) {
		c := consumer.New("orders", newQueue(1).receive, ignore)
		listening := start(t, c)
		require.ErrorIs(t, c.Listen(t.Context()), runner.ErrAlreadyStarted)
		requireClosed(t, c, listening)
	})

	inBubble(t, "returns at once after a Close that came before the first", func(t *testing.T) {
		q := newQueue(1)
		c := consumer.New("orders", q.receive, ignore)
		require.NoError(t, closeWithin(time.Second, c))
		require.NoError(t, c.Listen(t.Context()))
		require.Len(t, q, 1)
		requireClosed(t, c, start(t, c))
		require.Empty(t, q)
	})

	inBubble(t, "returns at once if its context has ended", func(t *testing.T) {
		q := newQueue(1)
		c := consumer.New("orders", q.receive, ignore)
		require.NoError(t, c.Listen(ended()))
		require.Len(t, q, 1)
	})

	inBubble(t, "of a nil context is an error", func(t *testing.T) {
		c := consumer.New("orders", newQueue(1).receive, ignore)
		for _, ctx := range []context.Context{nil, (*nilContext)(nil)} {
			require.EqualError(t, c.Listen(ctx), "nil context: pass context.Background() if nothing else")
		}
	})

	inBubble(t, "finishes what is in hand when its context ends, and returns nil", func(t *testing.T) {
		var j journal.Journal
		c := notesContexts(&j, time.Minute, notesSession(&j, "group"))
		ctx, cancel := context.WithCancel(t.Context())
		listening, clock := listen(ctx, c), newClock()
		synctest.Wait()
		cancel()
		require.NoError(t, <-listening)
		clock.requireElapsed(t, time.Minute)
		require.Equal(t, "open group, handle 1, close group", j.String())
		require.NoError(t, closeWithin(time.Second, c))
	})

	inBubble(t, "whose context has ended is limited by a Close", func(t *testing.T) {
		c := consumer.New("orders", newQueue(1).receive, untilCut)
		ctx, cancel := context.WithCancel(t.Context())
		listening := listen(ctx, c)
		synctest.Wait()
		cancel()
		synctest.Wait()
		require.EqualError(t, closeWithin(time.Second, c), "1 message cut off")
		require.NoError(t, <-listening)
	})

	inBubble(t, "returns what went wrong where nobody has called Close", func(t *testing.T) {
		c := consumer.New("orders", newQueue(1).receive, fails, consumer.OnError(func(context.Context, int, error) { panic("full") }))
		ctx, cancel := context.WithCancel(t.Context())
		listening := listen(ctx, c)
		synctest.Wait()
		cancel()
		require.EqualError(t, <-listening, "OnError: panic: full")
	})

	inBubble(t, "leaves no context that goes on", func(t *testing.T) {
		var handling context.Context
		c := consumer.New("orders", newQueue(1).receive, func(ctx context.Context, _ int) error {
			handling = ctx
			return nil
		})
		requireClosed(t, c, start(t, c))
		synctest.Wait()
		require.EqualError(t, context.Cause(handling), "consumer is closed")
	})
}

type nilContext struct{ context.Context }
