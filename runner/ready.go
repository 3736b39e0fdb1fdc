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
func (run *run) awaitReady(l *lane, c call) error {
	c.op = OpReady
	timer := time.NewTimer(0)
	defer timer.Stop()
	var down chan struct{}
	if c.unit.serving != nil {
		down = c.unit.serving.down
	}
	for pause := firstPause; ; pause = min(2*pause, maxPause) {
		err := l.do(c)
		var panicked *PanicError
		if err == nil || errors.As(err, &panicked) {
			return c.unit.fail(OpReady, err)
		}
		timer.Reset(pause)
		select {
		case <-timer.C:
		case <-c.ctx.Done():
			if failed := run.runner.listenError(c.unit); failed != nil {
				return failed // which is why the start has ended
			}
			return c.unit.fail(OpReady, run.notReady(c, err))
		case <-down:
			if failed := run.runner.listenError(c.unit); failed != nil {
				return failed
			}
			down = nil // it serves in the background
		}
	}
}

// notReady is the error of a service that was not ready when its start ended.
func (run *run) notReady(c call, err error) error {
	if run.ctx.Err() != nil {
		return ended(run.ctx)
	}
	return run.inTime(c, err)
}
