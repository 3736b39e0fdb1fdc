package consumer_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/internal/testing/journal"
	"github.com/go-fxservices/services/runner"
	"github.com/go-fxservices/services/runner/consumer"
)

// isBoom is a FatalError.
func isBoom(err error) bool { return errors.Is(err, errBoom) }

func TestFatalError(t *testing.T) {
	inBubble(t, "ends Listen with the failure", func(t *testing.T) {
		var j journal.Journal
		receive := script(message(1), failure(errors.New("other")), failure(fmt.Errorf("login: %w", errBoom)), message(2))
		c := consumer.New("orders", receive, notes(&j), pauseMS, consumer.FatalError(isBoom))
		err := c.Listen(t.Context())
		require.EqualError(t, err, "receive: login: boom")
		require.ErrorIs(t, err, errBoom)
		require.EqualError(t, c.IsReady(t.Context()), "receive: login: boom")
		require.EqualError(t, c.IsHealthy(t.Context()), "receive: login: boom")
		require.NoError(t, closeWithin(time.Second, c))
		require.Equal(t, "handle 1", j.String())

		listening := start(t, c)
		require.NoError(t, c.IsHealthy(t.Context()))
		require.Equal(t, "handle 1, handle 2", j.String())
		requireClosed(t, c, listening)
		require.Equal(t, consumer.Stats{Received: 2, Handled: 2}, c.Stats())
	})

	inBubble(t, "given several times ends Listen where one says so", func(t *testing.T) {
		is := func(text string) consumer.Option {
			return consumer.FatalError(func(err error) bool { return err.Error() == text })
		}
		c := consumer.New("orders", script(failure(errors.New("b"))), ignore, is("a"), is("b"), is("c"))
		require.EqualError(t, c.Listen(t.Context()), "receive: b")
	})

	inBubble(t, "may be a panic of receive, or runtime.Goexit", func(t *testing.T) {
		for _, receive := range []func(context.Context) (int, error){panics("oops"), exits} {
			c := consumer.New("orders", receive, ignore, consumer.FatalError(func(err error) bool {
				var p *runner.PanicError
				return errors.As(err, &p)
			}))
			err := c.Listen(t.Context())
			requirePanic(t, err)
			require.ErrorContains(t, err, "receive: panic: ")
		}
	})

	inBubble(t, "is not fatal if its function panics", func(t *testing.T) {
		c := consumer.New("orders", script(failure(errBoom), message(1)), ignore,
			consumer.FatalError(func(error) bool { panic("no idea") }))
		listening := start(t, c)
		require.EqualError(t, c.IsHealthy(t.Context()), "receive: boom: panic: no idea")
		time.Sleep(time.Second)
		requireClosed(t, c, listening)
		require.Equal(t, uint64(1), c.Stats().Handled)
	})

	inBubble(t, "lets the messages in hand be finished before Listen returns", func(t *testing.T) {
		c := consumer.New("orders", script(message(1), message(2), failure(errBoom)), takes(2*time.Second),
			consumer.Workers(3), consumer.FatalError(isBoom))
		listening, clock := start(t, c), newClock()
		require.EqualError(t, c.IsReady(t.Context()), "receive: boom")
		require.EqualError(t, <-listening, "receive: boom")
		clock.requireElapsed(t, 2*time.Second)
		require.Equal(t, consumer.Stats{Received: 2, Handled: 2}, c.Stats())
		require.NoError(t, c.Close(ended()))
	})

	inBubble(t, "is not kept from the Runner by a message that takes long, which Close waits for", func(t *testing.T) {
		c := consumer.New("orders", script(message(1), failure(errBoom)), takes(time.Minute),
			consumer.Workers(2), consumer.FatalError(isBoom))
		listening, clock := start(t, c), newClock()
		require.EqualError(t, <-listening, "receive: boom")
		clock.requireElapsed(t, 3*time.Second)
		require.ErrorIs(t, c.Listen(t.Context()), runner.ErrAlreadyStarted)
		require.NoError(t, closeWithin(time.Hour, c))
		clock.requireElapsed(t, time.Minute)
		require.Equal(t, consumer.Stats{Received: 1, Handled: 1}, c.Stats())
	})

	inBubble(t, "leaves messages in hand no more time than Close has", func(t *testing.T) {
		c := consumer.New("orders", script(message(1), failure(errBoom)), untilCut, consumer.Workers(2), consumer.FatalError(isBoom))
		require.EqualError(t, <-listen(t.Context(), c), "receive: boom")
		require.EqualError(t, closeWithin(time.Second, c), "1 message cut off")
	})

	inBubble(t, "needs no Close to leave nothing behind, and none before the next Listen", func(t *testing.T) {
		var j journal.Journal
		c := consumer.New("orders", script(failure(errBoom), message(1)), notes(&j), consumer.FatalError(isBoom), notesSession(&j, "group"))
		require.EqualError(t, c.Listen(t.Context()), "receive: boom")
		require.Equal(t, "open group, close group", j.String())
		requireClosed(t, c, start(t, c))
		require.Equal(t, "open group, close group, open group, handle 1, close group", j.String())
	})
}
