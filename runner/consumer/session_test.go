package consumer_test

import (
	"context"
	"runtime"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/internal/testing/journal"
	"github.com/go-fxservices/services/runner/consumer"
)

type function = func(context.Context) error

func succeeds(context.Context) error { return nil }

// notesSession is a Session that notes its calls.
func notesSession(j *journal.Journal, name string) consumer.Option {
	return consumer.Session(noting(j, "open "+name, nil), noting(j, "close "+name, nil))
}

func noting(j *journal.Journal, line string, err error) function {
	return func(context.Context) error {
		j.Note("%s", line)
		return err
	}
}

// untilEnd returns when its context ends.
func untilEnd(ctx context.Context) error {
	<-ctx.Done()
	return context.Cause(ctx)
}

// lasts returns nil after that time, whatever its context says.
func lasts(d time.Duration) function {
	return func(context.Context) error {
		time.Sleep(d)
		return nil
	}
}

func TestSession(t *testing.T) {
	inBubble(t, "is open before the first receive, and closed after the last message", func(t *testing.T) {
		var j journal.Journal
		q := newQueue(1)
		c := consumer.New("orders", func(ctx context.Context) (int, error) {
			j.Note("receive")
			return q.receive(ctx)
		}, func(context.Context, int) error {
			time.Sleep(time.Minute)
			return errBoom
		}, notesSession(&j, "group"), notesSession(&j, "channel"), notesErrors(&j))
		requireClosed(t, c, start(t, c))
		require.Equal(t, "open group, open channel, receive, 1: boom, close channel, close group", j.String())
	})

	inBubble(t, "surrounds each Listen", func(t *testing.T) {
		var j journal.Journal
		c := consumer.New("orders", newQueue().receive, ignore, notesSession(&j, "group"))
		requireClosed(t, c, start(t, c))
		requireClosed(t, c, start(t, c))
		require.Equal(t, "open group, close group, open group, close group", j.String())
	})

	inBubble(t, "that cannot be opened is the error of Listen, and is not closed", func(t *testing.T) {
		var j journal.Journal
		c := consumer.New("orders", newQueue(1).receive, notes(&j), notesSession(&j, "group"),
			consumer.Session(noting(&j, "open channel", errBoom), noting(&j, "close channel", nil)), notesSession(&j, "topic"))
		err := c.Listen(t.Context())
		require.EqualError(t, err, "open session: boom")
		require.ErrorIs(t, err, errBoom)
		require.EqualError(t, c.IsReady(t.Context()), "open session: boom")
		require.EqualError(t, c.IsHealthy(t.Context()), "open session: boom")
		require.NoError(t, closeWithin(time.Second, c))
		require.Equal(t, "open group, open channel, close group", j.String())
		require.EqualError(t, c.Listen(t.Context()), "open session: boom")
	})

	inBubble(t, "makes the consumer wait with getting ready", func(t *testing.T) {
		c := consumer.New("orders", newQueue().receive, ignore, consumer.Session(lasts(time.Second), succeeds))
		listening := start(t, c)
		require.EqualError(t, c.IsReady(t.Context()), "has not received yet")
		time.Sleep(time.Second)
		synctest.Wait()
		require.NoError(t, c.IsReady(t.Context()))
		requireClosed(t, c, listening)
	})

	inBubble(t, "is closed within the time of Close", func(t *testing.T) {
		c := consumer.New("orders", newQueue(1).receive, takes(time.Second), consumer.Session(succeeds, func(ctx context.Context) error {
			deadline, limited := ctx.Deadline()
			require.True(t, limited)
			require.Equal(t, 9*time.Second, time.Until(deadline))
			return untilEnd(ctx)
		}))
		listening, clock := start(t, c), newClock()
		err := closeWithin(10*time.Second, c)
		require.EqualError(t, err, "close session: context deadline exceeded")
		clock.requireElapsed(t, 10*time.Second)
		require.NoError(t, <-listening)
	})

	inBubble(t, "is closed within the time of every Close", func(t *testing.T) {
		c := consumer.New("orders", newQueue().receive, ignore, consumer.Session(succeeds, untilEnd))
		listening, clock := start(t, c), newClock()
		first := make(chan error, 1)
		go func() { first <- closeWithin(time.Hour, c) }()
		synctest.Wait()
		require.EqualError(t, closeWithin(time.Second, c), "close session: context deadline exceeded")
		require.EqualError(t, <-first, "close session: context deadline exceeded")
		clock.requireElapsed(t, time.Second)
		require.NoError(t, <-listening)
	})

	inBubble(t, "is closed with what is left of that after messages were cut off", func(t *testing.T) {
		var j journal.Journal
		c := consumer.New("orders", newQueue(1).receive, untilCut, notesErrors(&j), consumer.Session(succeeds, func(ctx context.Context) error {
			j.Note("close: %v", ctx.Err())
			return nil
		}))
		listening := start(t, c)
		require.EqualError(t, closeWithin(time.Second, c), "1 message cut off")
		require.NoError(t, <-listening)
		require.Equal(t, "1: context canceled, close: context deadline exceeded", j.String())
	})

	inBubble(t, "is closed beside a handle that does not return", func(t *testing.T) {
		var j journal.Journal
		c := consumer.New("orders", newQueue(1).receive, takes(time.Hour), notesSession(&j, "group"))
		listening := start(t, c)
		require.EqualError(t, closeWithin(time.Second, c), "1 message cut off, still being handled")
		require.Equal(t, "open group, close group", j.String())
		require.NoError(t, <-listening)
		require.Equal(t, "open group, close group", j.String())
	})

	inBubble(t, "whose close does not return is named", func(t *testing.T) {
		c := consumer.New("orders", newQueue(1).receive, takes(2*time.Second), consumer.Session(succeeds, lasts(time.Minute)))
		listening, clock := start(t, c), newClock()
		require.EqualError(t, closeWithin(time.Second, c),
			"1 message cut off, still being handled\nclose of the session has not returned: context deadline exceeded")
		clock.requireElapsed(t, time.Second+ms(120))
		require.NoError(t, <-listening)
	})

	inBubble(t, "is closed also after a failure, within the time of a Close", func(t *testing.T) {
		c := consumer.New("orders", failure(errBoom), ignore, consumer.FatalError(isBoom), consumer.Session(succeeds, untilEnd))
		listening, clock := start(t, c), newClock()
		require.EqualError(t, <-listening, "receive: boom")
		clock.requireElapsed(t, 3*time.Second)
		require.EqualError(t, closeWithin(time.Second, c), "close session: context deadline exceeded")
		clock.requireElapsed(t, 4*time.Second)
	})

	inBubble(t, "that fails to close makes Close fail, or Listen where nobody has called Close", func(t *testing.T) {
		newConsumer := func() *consumer.Consumer[int] {
			return consumer.New("orders", newQueue().receive, ignore,
				consumer.Session(succeeds, func(context.Context) error { return errBoom }),
				consumer.Session(succeeds, func(context.Context) error { panic("oops") }),
				consumer.Session(succeeds, func(context.Context) error { runtime.Goexit(); return nil }))
		}
		const text = "close session: panic: runtime.Goexit was called\nclose session: panic: oops\nclose session: boom"
		c := newConsumer()
		listening := start(t, c)
		err := closeWithin(time.Second, c)
		require.EqualError(t, err, text)
		require.ErrorIs(t, err, errBoom)
		requirePanic(t, err)
		require.NoError(t, <-listening)

		c = newConsumer()
		ctx, cancel := context.WithCancel(t.Context())
		listening = listen(ctx, c)
		synctest.Wait()
		cancel()
		require.EqualError(t, <-listening, text)
	})

	inBubble(t, "whose open panics or exits is the error of Listen", func(t *testing.T) {
		for _, open := range []function{
			func(context.Context) error { panic("oops") },
			func(context.Context) error { runtime.Goexit(); return nil },
		} {
			c := consumer.New("orders", newQueue(1).receive, ignore, consumer.Session(open, func(context.Context) error { return errBoom }))
			err := c.Listen(t.Context())
			require.ErrorContains(t, err, "open session: panic: ")
			requirePanic(t, err)
			require.NoError(t, closeWithin(time.Second, c))
		}
	})
}
