package consumer_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/runner/consumer"
)

func TestIsReady(t *testing.T) {
	inBubble(t, "from the first receive until Close begins", func(t *testing.T) {
		c := consumer.New("orders", newQueue(1).receive, takes(time.Minute))
		require.EqualError(t, c.IsReady(t.Context()), "not listening")
		listening := start(t, c)
		require.NoError(t, c.IsReady(t.Context()))
		require.NoError(t, c.IsReady(nil)) //nolint:staticcheck // on purpose
		closing := make(chan error, 1)
		go func() { closing <- closeWithin(time.Hour, c) }()
		synctest.Wait()
		require.EqualError(t, c.IsReady(t.Context()), "consumer is closing")
		require.NoError(t, <-closing)
		require.NoError(t, <-listening)
		require.EqualError(t, c.IsReady(t.Context()), "not listening")
		listening = start(t, c)
		require.NoError(t, c.IsReady(t.Context()))
		requireClosed(t, c, listening)
	})

	inBubble(t, "also while receives fail", func(t *testing.T) {
		c := consumer.New("orders", failure(errBoom), ignore)
		listening := start(t, c)
		require.NoError(t, c.IsReady(t.Context()))
		requireClosed(t, c, listening)
	})

	inBubble(t, "not any more when the context of Listen has ended", func(t *testing.T) {
		c := consumer.New("orders", newQueue(1).receive, takes(time.Minute))
		ctx, cancel := context.WithCancel(t.Context())
		listening := listen(ctx, c)
		synctest.Wait()
		cancel()
		require.EqualError(t, c.IsReady(t.Context()), "consumer is closing")
		require.NoError(t, <-listening)
		require.EqualError(t, c.IsReady(t.Context()), "not listening")
	})
}

func TestIsHealthy(t *testing.T) {
	inBubble(t, "while receives succeed, and otherwise returns the last failure", func(t *testing.T) {
		q := newQueue()
		receive := script(failure(errBoom), failure(context.DeadlineExceeded), q.receive, failure(errBoom))
		c := consumer.New("orders", receive, fails, pauseMS)
		require.NoError(t, c.IsHealthy(t.Context()))
		listening := start(t, c)
		require.EqualError(t, c.IsHealthy(t.Context()), "receive: boom")
		require.ErrorIs(t, c.IsHealthy(t.Context()), errBoom)
		time.Sleep(ms(1))
		synctest.Wait()
		require.EqualError(t, c.IsHealthy(t.Context()), "receive: context deadline exceeded")
		time.Sleep(time.Minute)
		require.EqualError(t, c.IsHealthy(t.Context()), "receive: context deadline exceeded", "until a receive succeeds")
		q <- 1
		synctest.Wait()
		require.EqualError(t, c.IsHealthy(t.Context()), "receive: boom")
		requireClosed(t, c, listening)

		listening = start(t, c)
		require.NoError(t, c.IsHealthy(t.Context()))
		requireClosed(t, c, listening)
	})

	inBubble(t, "though messages fail", func(t *testing.T) {
		c := consumer.New("orders", newQueue(1, 2, 3).receive, fails)
		listening := start(t, c)
		require.NoError(t, c.IsHealthy(nil)) //nolint:staticcheck // on purpose
		requireClosed(t, c, listening)
	})
}
