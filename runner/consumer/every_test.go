package consumer_test

import (
	"context"
	"math"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/internal/testing/journal"
	"github.com/go-fxservices/services/runner/consumer"
)

// ticking returns a consumer of ticks that notes them, in seconds since now. Handling one takes that time.
func ticking(j *journal.Journal, every, takes time.Duration, opts ...consumer.Option) *consumer.Consumer[time.Time] {
	began := time.Now()
	return consumer.New("cleanup", consumer.Every(every), func(_ context.Context, tick time.Time) error {
		j.Note("%v at %v", tick.Sub(began), time.Since(began))
		time.Sleep(takes)
		return nil
	}, opts...)
}

func TestEvery(t *testing.T) {
	inBubble(t, "ticks first after d, and then each d", func(t *testing.T) {
		var j journal.Journal
		c := ticking(&j, time.Minute, 20*time.Second)
		listening := start(t, c)
		time.Sleep(4*time.Minute - 1)
		requireClosed(t, c, listening)
		require.Equal(t, "1m0s at 1m0s, 2m0s at 2m0s, 3m0s at 3m0s", j.String())
	})

	for name, opts := range map[string][]consumer.Option{
		"":                                 nil,
		", also if there are more workers": {consumer.Workers(8)},
	} {
		inBubble(t, "leaves out what is due while a tick is handled"+name, func(t *testing.T) {
			var j journal.Journal
			c := ticking(&j, time.Second, 2500*time.Millisecond, opts...)
			listening := start(t, c)
			time.Sleep(11 * time.Second)
			requireClosed(t, c, listening)
			require.Equal(t, "1s at 1s, 4s at 4s, 7s at 7s, 10s at 10s", j.String())
		})
	}

	inBubble(t, "leaves none out that is due when a tick has just been handled", func(t *testing.T) {
		var j journal.Journal
		c := ticking(&j, time.Second, time.Second)
		listening := start(t, c)
		time.Sleep(3500 * time.Millisecond)
		requireClosed(t, c, listening)
		require.Equal(t, "1s at 1s, 2s at 2s, 3s at 3s", j.String())
	})

	inBubble(t, "begins anew with each Listen", func(t *testing.T) {
		var j journal.Journal
		c := ticking(&j, time.Minute, 0)
		listening := start(t, c)
		time.Sleep(90 * time.Second)
		requireClosed(t, c, listening)
		listening = start(t, c)
		time.Sleep(90 * time.Second)
		requireClosed(t, c, listening)
		require.Equal(t, "1m0s at 1m0s, 2m30s at 2m30s", j.String())
	})

	inBubble(t, "ends with the context", func(t *testing.T) {
		var j journal.Journal
		c := ticking(&j, time.Minute, 0)
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute-1)
		defer cancel()
		require.NoError(t, c.Listen(ctx))
		require.Empty(t, j.Lines())
		require.NoError(t, c.IsHealthy(t.Context()))
	})

	for _, d := range []time.Duration{0, -1, math.MinInt64, math.MaxInt64} {
		inBubble(t, "never ticks for "+d.String(), func(t *testing.T) {
			var j journal.Journal
			c := ticking(&j, d, 0)
			listening := start(t, c)
			time.Sleep(100 * 365 * 24 * time.Hour)
			require.NoError(t, c.IsReady(t.Context()))
			requireClosed(t, c, listening)
			require.Empty(t, j.Lines())
		})
	}

	inBubble(t, "can be called without a consumer, and at the same time", func(t *testing.T) {
		receive, began := consumer.Every(time.Second), time.Now()
		ticks := make(chan time.Duration, 10)
		for range 3 {
			go func() {
				tick, _ := receive(t.Context())
				ticks <- tick.Sub(began)
			}()
		}
		require.Equal(t, []time.Duration{time.Second, 2 * time.Second, 3 * time.Second}, []time.Duration{<-ticks, <-ticks, <-ticks})
		synctest.Wait()
		_, err := receive(ended())
		require.ErrorIs(t, err, context.Canceled)
	})

	inBubble(t, "serves several consumers", func(t *testing.T) {
		var j journal.Journal
		every, began := consumer.Every(time.Minute), time.Now()
		handle := func(_ context.Context, tick time.Time) error {
			j.Note("%v", tick.Sub(began))
			return nil
		}
		a, b := consumer.New("a", every, handle), consumer.New("b", every, handle)
		listeningA, listeningB := start(t, a), start(t, b)
		time.Sleep(2*time.Minute + 1)
		requireClosed(t, a, listeningA)
		requireClosed(t, b, listeningB)
		require.Equal(t, []string{"1m0s", "1m0s", "2m0s", "2m0s"}, j.Lines())
	})
}
