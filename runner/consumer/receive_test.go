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

func TestFailedReceive(t *testing.T) {
	inBubble(t, "that panicked or exited is one like any other", func(t *testing.T) {
		var j journal.Journal
		receive := script(panics("oops"), panics(errBoom), exits, message(1))
		c := consumer.New("orders", receive, notes(&j), consumer.Workers(2), consumer.Pause(func(failures int) time.Duration {
			j.Note("pause %d", failures)
			return time.Second
		}))
		listening := start(t, c)
		for _, text := range []string{"panic: oops", "panic: boom", "panic: runtime.Goexit was called"} {
			require.EqualError(t, c.IsHealthy(t.Context()), "receive: "+text)
			requirePanic(t, c.IsHealthy(t.Context()))
			time.Sleep(time.Second)
			synctest.Wait()
		}
		require.Equal(t, "pause 1, pause 2, pause 3, handle 1", j.String())
		requireClosed(t, c, listening)
	})

	inBubble(t, "is one though it has returned a message", func(t *testing.T) {
		c := consumer.New("orders", script(func(context.Context) (int, error) { return 1, errBoom }), ignore)
		listening := start(t, c)
		require.EqualError(t, c.IsHealthy(t.Context()), "receive: boom")
		requireClosed(t, c, listening)
		require.Zero(t, c.Stats())
	})

	inBubble(t, "after Close has begun is none", func(t *testing.T) {
		asked := false
		c := consumer.New("orders", func(ctx context.Context) (int, error) {
			<-ctx.Done()
			return 0, errBoom
		}, ignore, consumer.FatalError(func(error) bool {
			asked = true
			return false
		}))
		requireClosed(t, c, start(t, c))
		require.NoError(t, c.IsHealthy(t.Context()))
		require.False(t, asked)
	})
}

func TestErrNone(t *testing.T) {
	inBubble(t, "is no failure, and receive is called again at once", func(t *testing.T) {
		calls := 0
		c := consumer.New("orders", func(ctx context.Context) (int, error) {
			if calls++; calls > 1000 {
				<-ctx.Done()
			}
			if calls%2 == 0 {
				return 0, fmt.Errorf("poll: %w", consumer.ErrNone)
			}
			return 0, consumer.ErrNone
		}, ignore, consumer.FatalError(func(error) bool { return true }))
		listening, clock := start(t, c), newClock()
		require.Equal(t, 1001, calls)
		require.NoError(t, c.IsHealthy(t.Context()))
		requireClosed(t, c, listening)
		clock.requireElapsed(t, 0)
		require.Zero(t, c.Stats())
	})

	inBubble(t, "makes the consumer healthy again", func(t *testing.T) {
		c := consumer.New("orders", script(failure(errBoom), failure(consumer.ErrNone)), ignore, pauseMS)
		listening := start(t, c)
		require.EqualError(t, c.IsHealthy(t.Context()), "receive: boom")
		time.Sleep(ms(1))
		synctest.Wait()
		require.NoError(t, c.IsHealthy(t.Context()))
		requireClosed(t, c, listening)
	})

	inBubble(t, "returned all the time does not hold up Close", func(t *testing.T) {
		c := consumer.New("orders", failure(consumer.ErrNone), ignore)
		listening := listen(t.Context(), c)
		for c.IsReady(t.Context()) != nil {
			runtime.Gosched()
		}
		requireClosed(t, c, listening)
	})
}
