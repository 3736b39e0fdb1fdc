package consumer_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/internal/testing/journal"
	"github.com/go-fxservices/services/runner/consumer"
)

func TestCloseWhileOpening(t *testing.T) {
	inBubble(t, "ends the context of open, which is no error", func(t *testing.T) {
		var j journal.Journal
		for _, open := range []function{untilEnd, func(ctx context.Context) error {
			<-ctx.Done()
			return ctx.Err()
		}} {
			c := consumer.New("orders", newQueue(1).receive, notes(&j),
				consumer.Session(open, noting(&j, "close", nil)), notesSession(&j, "channel"))
			requireClosed(t, c, start(t, c))
			require.NoError(t, c.IsHealthy(t.Context()))
		}
		require.Empty(t, j.Lines())
	})

	inBubble(t, "closes what a late open has opened, and opens nothing more", func(t *testing.T) {
		var j journal.Journal
		c := consumer.New("orders", newQueue(1).receive, notes(&j),
			consumer.Session(lasts(time.Second), noting(&j, "close", nil)), notesSession(&j, "channel"))
		requireClosed(t, c, start(t, c))
		require.Equal(t, "close", j.String())
	})

	inBubble(t, "returns another error of open", func(t *testing.T) {
		c := consumer.New("orders", newQueue(1).receive, ignore, consumer.Session(func(ctx context.Context) error {
			<-ctx.Done()
			return errBoom
		}, succeeds))
		listening := start(t, c)
		require.EqualError(t, closeWithin(time.Second, c), "open session: boom")
		require.NoError(t, <-listening)
	})

	inBubble(t, "names an open that does not return, and what it opens later is closed", func(t *testing.T) {
		var j journal.Journal
		c := consumer.New("orders", newQueue(1).receive, notes(&j), consumer.Session(lasts(time.Minute), noting(&j, "close", nil)))
		listening, clock := start(t, c), newClock()
		require.EqualError(t, closeWithin(time.Second, c), "open of the session has not returned: context deadline exceeded")
		clock.requireElapsed(t, time.Second+ms(120))
		require.Empty(t, j.Lines())
		require.NoError(t, <-listening)
		require.Equal(t, "close", j.String())
	})
}
