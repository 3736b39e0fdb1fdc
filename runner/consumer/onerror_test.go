package consumer_test

import (
	"context"
	"fmt"
	"runtime"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/internal/testing/journal"
	"github.com/go-fxservices/services/runner/consumer"
)

// fails is a handle that fails each message in another way.
func fails(_ context.Context, n int) error {
	switch n {
	case 1:
		return errBoom
	case 2:
		panic("oops")
	case 3:
		runtime.Goexit()
	}
	return nil
}

func TestOnError(t *testing.T) {
	inBubble(t, "gets each message whose handling failed, panicked or exited, and the others go on", func(t *testing.T) {
		var j journal.Journal
		c := consumer.New("orders", newQueue(1, 2, 3, 4).receive, fails, notesErrors(&j))
		requireClosed(t, c, start(t, c))
		require.Equal(t, []string{"1: boom", "2: panic: oops", "3: panic: runtime.Goexit was called"}, j.Lines())
		require.Equal(t, consumer.Stats{Received: 4, Handled: 1, Failed: 3}, c.Stats())
	})

	inBubble(t, "gets a PanicError with its stack", func(t *testing.T) {
		var got error
		c := consumer.New("orders", newQueue(2).receive, fails,
			consumer.OnError(func(_ context.Context, _ int, err error) { got = err }))
		requireClosed(t, c, start(t, c))
		p := panicIn(t, got)
		require.Equal(t, "oops", p.Value)
		require.Contains(t, string(p.Stack), "consumer_test.fails")
	})

	inBubble(t, "is needed by nobody: failures are counted", func(t *testing.T) {
		c := consumer.New("orders", newQueue(1, 2, 3).receive, fails)
		requireClosed(t, c, start(t, c))
		require.Equal(t, consumer.Stats{Received: 3, Failed: 3}, c.Stats())
	})

	inBubble(t, "keeps its worker busy", func(t *testing.T) {
		release := make(chan struct{})
		c := consumer.New("orders", newQueue(1, 2).receive, fails,
			consumer.OnError(func(context.Context, int, error) { <-release }))
		listening := start(t, c)
		require.Equal(t, consumer.Stats{Received: 1, InHand: 1}, c.Stats())
		close(release)
		synctest.Wait()
		requireClosed(t, c, listening)
		require.Equal(t, consumer.Stats{Received: 2, Failed: 2}, c.Stats())
	})

	inBubble(t, "calls all functions in their order, also after one that panicked or exited", func(t *testing.T) {
		var j journal.Journal
		note := func(what string, then func()) consumer.Option {
			return consumer.OnError(func(_ context.Context, n int, err error) {
				j.Note("%s %d: %v", what, n, err)
				then()
			})
		}
		c := consumer.New("orders", newQueue(1, 4, 3).receive, fails,
			note("log", func() {}),
			note("park", func() { panic("full") }),
			note("count", runtime.Goexit),
			note("give back", func() {}))
		listening := start(t, c)
		err := closeWithin(time.Second, c)
		require.EqualError(t, err, "OnError: panic: full (the first of 4)")
		require.Equal(t, "full", panicIn(t, err).Value)
		require.NoError(t, <-listening)
		const goexit = "panic: runtime.Goexit was called"
		require.Equal(t, []string{
			"log 1: boom", "park 1: boom", "count 1: boom", "give back 1: boom",
			"log 3: " + goexit, "park 3: " + goexit, "count 3: " + goexit, "give back 3: " + goexit,
		}, j.Lines())
		require.Equal(t, consumer.Stats{Received: 3, Handled: 1, Failed: 2}, c.Stats())
	})

	inBubble(t, "that panicked makes one Close fail, and not the next Listen", func(t *testing.T) {
		q := newQueue(1)
		c := consumer.New("orders", q.receive, fails, consumer.OnError(func(context.Context, int, error) { panic("full") }))
		listening := start(t, c)
		require.EqualError(t, closeWithin(time.Second, c), "OnError: panic: full")
		require.NoError(t, <-listening)
		require.NoError(t, closeWithin(time.Second, c))
		requireClosed(t, c, start(t, c))
	})

	inBubble(t, "has a context that goes on for a message that was cut off, and Close waits for it", func(t *testing.T) {
		var j journal.Journal
		c := consumer.New("orders", newQueue(1).receive, untilCut,
			consumer.OnError(func(ctx context.Context, n int, err error) {
				_, limited := ctx.Deadline()
				time.Sleep(time.Minute)
				j.Note("give back %d: %v, %v, %v", n, err, ctx.Err(), limited)
			}))
		listening, clock := start(t, c), newClock()
		require.EqualError(t, closeWithin(time.Second, c), "1 message cut off")
		require.Equal(t, "give back 1: context canceled, <nil>, false", j.String())
		clock.requireElapsed(t, time.Minute+time.Second)
		require.NoError(t, <-listening)
	})

	inBubble(t, "is waited for beside a handle that does not return", func(t *testing.T) {
		var j journal.Journal
		c := consumer.New("orders", newQueue(1, 2).receive, func(ctx context.Context, n int) error {
			if n == 1 {
				return takes(time.Hour)(ctx, n)
			}
			return untilCut(ctx, n)
		}, consumer.Workers(2), consumer.OnError(func(_ context.Context, n int, _ error) {
			time.Sleep(time.Minute)
			j.Note("give back %d", n)
		}))
		listening, clock := start(t, c), newClock()
		err := closeWithin(time.Second, c)
		require.EqualError(t, err, "2 messages cut off, 1 of them still being handled")
		require.Equal(t, "give back 2", j.String())
		clock.requireElapsed(t, time.Minute+time.Second)
		require.NoError(t, <-listening)
		clock.requireElapsed(t, time.Hour)
	})
}

// hostileError panics when it is compared.
type hostileError struct{}

func (hostileError) Error() string { return "hostile" }
func (hostileError) Is(error) bool { panic("no comparison") }

func TestErrorsOfTheUser(t *testing.T) {
	inBubble(t, "do no harm if their methods panic", func(t *testing.T) {
		var j journal.Journal
		receive := script(failure(hostileError{}), message(1))
		open := func(context.Context) error { return nil }
		c := consumer.New("orders", receive, func(context.Context, int) error { return hostileError{} },
			consumer.OnError(func(_ context.Context, _ int, err error) { j.Note("%v", err) }),
			consumer.Session(open, func(context.Context) error { return hostileError{} }))
		listening := start(t, c)
		require.EqualError(t, c.IsHealthy(t.Context()), "receive: hostile: panic: no comparison")
		time.Sleep(time.Second)
		synctest.Wait()
		require.NoError(t, c.IsHealthy(t.Context()))
		require.EqualError(t, closeWithin(time.Second, c), "close session: hostile")
		require.NoError(t, <-listening)
		require.Equal(t, "hostile", j.String())
	})

	inBubble(t, "may be a nil pointer", func(t *testing.T) {
		var j journal.Journal
		c := consumer.New("orders", script(func(context.Context) (int, error) { return 0, (*nilError)(nil) }, message(1)),
			func(context.Context, int) error { return (*nilError)(nil) },
			consumer.OnError(func(_ context.Context, _ int, err error) { j.Note("%T", err) }))
		listening := start(t, c)
		require.EqualError(t, c.IsHealthy(t.Context()), "receive: <nil>")
		time.Sleep(time.Second)
		requireClosed(t, c, listening)
		require.Equal(t, "*consumer_test.nilError", j.String())
	})
}

type nilError struct{ code int }

func (e *nilError) Error() string { return fmt.Sprint(e.code) }
