package consumer_test

import (
	"context"
	"math"
	"runtime"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/internal/testing/journal"
	"github.com/go-fxservices/services/runner/consumer"
)

// failing is a receive that always fails, and notes the times since the receive before.
type failing struct {
	err    error
	pauses []time.Duration
	last   time.Time
}

func (f *failing) receive(context.Context) (int, error) {
	if !f.last.IsZero() {
		f.pauses = append(f.pauses, time.Since(f.last))
	}
	f.last = time.Now()
	return 0, f.err
}

func ms(n int) time.Duration { return time.Duration(n) * time.Millisecond }

// pauseMS is a Pause of as many milliseconds as there were failures.
var pauseMS = consumer.Pause(ms)

func TestPause(t *testing.T) {
	inBubble(t, "doubles from 100 ms to 30 s, less up to a fifth", func(t *testing.T) {
		f := failing{err: errBoom}
		c := consumer.New("orders", f.receive, ignore)
		listening := start(t, c)
		time.Sleep(5 * time.Minute)
		requireClosed(t, c, listening)
		require.Greater(t, len(f.pauses), 15)
		exact := 0
		for i, pause := range f.pauses {
			longest := time.Duration(min(100*math.Pow(2, float64(i)), 30_000)) * time.Millisecond
			require.LessOrEqual(t, pause, longest, i)
			require.GreaterOrEqual(t, pause, longest*8/10, i)
			if pause == longest {
				exact++
			}
		}
		require.Less(t, exact, len(f.pauses)/2, "pauses vary")
	})

	inBubble(t, "of one's own gets the number of failures in a row", func(t *testing.T) {
		var j journal.Journal
		receive := script(failure(errBoom), failure(errBoom), message(1), failure(errBoom), failure(consumer.ErrNone), failure(errBoom))
		c := consumer.New("orders", receive, notes(&j), consumer.Pause(func(failures int) time.Duration {
			j.Note("pause %d", failures)
			return time.Second
		}))
		listening, clock := start(t, c), newClock()
		time.Sleep(4 * time.Second)
		synctest.Wait()
		require.NoError(t, closeWithin(time.Second, c))
		require.NoError(t, <-listening)
		clock.requireElapsed(t, 4*time.Second)
		require.Equal(t, "pause 1, pause 2, handle 1, pause 1, pause 1", j.String())
	})

	inBubble(t, "is never shorter than 1 ms", func(t *testing.T) {
		for _, pause := range []time.Duration{0, -time.Hour, 1, time.Millisecond} {
			f := failing{err: errBoom}
			c := consumer.New("orders", f.receive, ignore, consumer.Pause(func(int) time.Duration { return pause }))
			listening := start(t, c)
			time.Sleep(3 * time.Millisecond)
			synctest.Wait()
			requireClosed(t, c, listening)
			require.Equal(t, []time.Duration{time.Millisecond, time.Millisecond, time.Millisecond}, f.pauses, pause)
		}
	})

	inBubble(t, "is the pause of all workers", func(t *testing.T) {
		f := failing{err: errBoom}
		c := consumer.New("orders", f.receive, ignore, consumer.Workers(5), pauseMS)
		listening := start(t, c)
		time.Sleep(ms(1 + 2 + 3))
		synctest.Wait()
		requireClosed(t, c, listening)
		require.Equal(t, []time.Duration{ms(1), ms(2), ms(3)}, f.pauses)
	})

	inBubble(t, "ends when Close begins", func(t *testing.T) {
		f := failing{err: errBoom}
		c := consumer.New("orders", f.receive, ignore, consumer.Pause(func(int) time.Duration { return time.Hour }))
		listening, clock := start(t, c), newClock()
		time.Sleep(time.Second)
		requireClosed(t, c, listening)
		clock.requireElapsed(t, time.Second)
		require.Empty(t, f.pauses, "nothing is received after that")
	})

	for name, pause := range map[string]func(int) time.Duration{
		"panic: no idea":                   func(int) time.Duration { panic("no idea") },
		"panic: runtime.Goexit was called": func(int) time.Duration { runtime.Goexit(); return 0 },
	} {
		inBubble(t, "is the default one after a "+name, func(t *testing.T) {
			f := failing{err: errBoom}
			c := consumer.New("orders", f.receive, ignore, consumer.Pause(pause), consumer.Workers(2))
			listening := start(t, c)
			require.EqualError(t, c.IsHealthy(t.Context()), "receive: boom: "+name)
			require.ErrorIs(t, c.IsHealthy(t.Context()), errBoom)
			requirePanic(t, c.IsHealthy(t.Context()))
			time.Sleep(time.Second)
			requireClosed(t, c, listening)
			require.NotEmpty(t, f.pauses)
			require.Less(t, len(f.pauses), 10)
		})
	}
}
