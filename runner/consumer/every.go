package consumer

import (
	"context"
	"sync"
	"time"
)

// Every returns a receive that ticks: for work that is to be done from time to time.
//
//	cleanup := consumer.New("cleanup", consumer.Every(time.Minute), func(ctx context.Context, _ time.Time) error {
//		return store.DeleteExpired(ctx)
//	})
//
// The first tick comes d after the first receive of each Listen, and all others whole multiples of d after that. The message is the
// time at which the tick was due. A tick that is due while one is still being handled is left out, whatever the number of workers,
// and is not made up for. If d is 0 or less, it never ticks.
//
// The function can be called from many goroutines, and without a Consumer.
func Every(d time.Duration) func(context.Context) (time.Time, error) {
	t := &ticks{every: d}
	return t.next
}

// progressKey is the key of the *progress of a Listen among the values of the context of receive.
type progressKey struct{}

// ticks are the ticks of one Every.
type ticks struct {
	every time.Duration

	mu       sync.Mutex
	progress *progress // of the Listen for which it ticks; nil without a Consumer
	first    time.Time // when it began to; zero: it has not
	last     time.Time // the tick that due has returned last; first before that
}

func (t *ticks) next(ctx context.Context) (time.Time, error) {
	if t.every <= 0 {
		<-ctx.Done()
		return time.Time{}, ctx.Err()
	}
	p, _ := ctx.Value(progressKey{}).(*progress)
	for {
		due := t.due(p, time.Now())
		if err := sleepUntil(ctx, due); err != nil {
			return time.Time{}, err
		}
		if p == nil || p.snapshot().InHand == 0 {
			return due, nil
		}
	}
}

// due returns the next tick: the first that is not over, and that was not returned yet.
func (t *ticks) due(p *progress, now time.Time) time.Time {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.first.IsZero() || t.progress != p {
		t.progress, t.first, t.last = p, now, now
	}
	due := t.first.Add(now.Sub(t.first).Truncate(t.every))
	if due.Before(now) {
		due = due.Add(t.every)
	}
	if !due.After(t.last) {
		due = t.last.Add(t.every)
	}
	t.last = due
	return due
}

// sleepUntil returns an error if ctx ends before due.
func sleepUntil(ctx context.Context, due time.Time) error {
	timer := time.NewTimer(time.Until(due))
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
	return ctx.Err()
}
