package retrier

import (
	"context"
	"fmt"
	"time"

	"github.com/cenkalti/backoff/v4"
)

// nextPause returns the pause before the next attempt, or the reason why there is
// to be none. A pause below 0 is refused: a timer would take it for 0, and the
// attempts would follow each other in a busy loop.
func nextPause(b backoff.BackOff) (pause time.Duration, reason error) {
	switch pause = b.NextBackOff(); {
	case pause == backoff.Stop:
		return 0, ErrGaveUp
	case pause < 0:
		return 0, fmt.Errorf("%w of %v", ErrInvalidPause, pause)
	default:
		return pause, nil
	}
}

// wait returns after d, or when ctx ends, or end is closed.
func wait(ctx context.Context, end <-chan struct{}, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-end:
	case <-ctx.Done():
	}
}
