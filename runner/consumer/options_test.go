package consumer_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/runner/consumer"
)

func TestOptions(t *testing.T) {
	receive := newQueue(1).receive
	for text, c := range map[string]*consumer.Consumer[int]{
		"receive: nil function":    consumer.New("orders", nil, ignore),
		"handle: nil function":     consumer.New("orders", receive, nil),
		"OnError: nil function":    consumer.New("orders", receive, ignore, consumer.OnError[int](nil)),
		"Pause: nil function":      consumer.New("orders", receive, ignore, consumer.Pause(nil)),
		"FatalError: nil function": consumer.New("orders", receive, ignore, consumer.FatalError(nil)),
		"Session: nil function":    consumer.New("orders", receive, ignore, consumer.Session(nil, succeeds)),
		"OnError is for messages of type string, those of this consumer are of type int": consumer.New("orders", receive, ignore,
			consumer.OnError(func(context.Context, string, error) {})),
		"consumer was not made by New": {},
		"handle: nil function\nPause: nil function": consumer.New("orders", receive, nil,
			consumer.Pause(nil), consumer.Workers(2)),
	} {
		t.Run(text+" is an error of Listen", func(t *testing.T) {
			for range 2 {
				require.EqualError(t, c.Listen(t.Context()), text)
				require.NoError(t, closeWithin(time.Second, c))
				require.EqualError(t, c.IsReady(t.Context()), "not listening")
				require.NoError(t, c.IsHealthy(t.Context()))
				require.Zero(t, c.Stats())
			}
		})
	}

	inBubble(t, "nil is no option", func(t *testing.T) {
		c := consumer.New("orders", newQueue(1).receive, ignore, nil, consumer.Workers(2), nil)
		requireClosed(t, c, start(t, c))
		require.Equal(t, uint64(1), c.Stats().Handled)
	})

	inBubble(t, "can be used for several consumers", func(t *testing.T) {
		n := 0
		opts := []consumer.Option{
			consumer.OnError(func(context.Context, int, error) { n++ }), consumer.FatalError(isBoom),
			consumer.Session(succeeds, succeeds),
		}
		for range 2 {
			c := consumer.New("orders", newQueue(1).receive, fails, opts...)
			requireClosed(t, c, start(t, c))
		}
		require.Equal(t, 2, n)
	})
}
