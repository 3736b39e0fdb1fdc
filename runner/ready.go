package runner

import (
	"errors"
	"time"
)

// The pauses between two calls of IsReady.
const (
	firstPause = time.Millisecond
	maxPause   = 100 * time.Millisecond
)

// awaitReady calls IsReady until it returns nil, the start has ended, or the
// server has failed.
func (run *run) awaitReady(l *lane, u *unit) error {
	timer := time.NewTimer(0)
	defer timer.Stop()
	down := u.down
	for pause := firstPause; ; pause = min(2*pause, maxPause) {
		err := l.do(u.startCall(OpReady), u.startCtx)
		var panicked *PanicError
		if err == nil || errors.As(err, &panicked) {
			return u.fail(OpReady, err)
		}
		timer.Reset(pause)
		select {
		case <-timer.C:
		case <-u.startCtx.Done():
			return u.fail(OpReady, run.notReady(u, err))
		case <-down:
			if failed := run.runner.listenError(u); failed != nil {
				return failed
			}
			down = nil // it serves in the background
		}
	}
}

// notReady is the error of a service that was not ready when its start ended.
func (run *run) notReady(u *unit, err error) error {
	if run.ctx.Err() != nil {
		return ended(run.ctx)
	}
	return run.inTime(u, err)
}
