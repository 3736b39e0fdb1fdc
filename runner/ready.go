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
func (run *run) awaitReady(l *lane, t *turn) {
	if t.err != nil || t.unit.checker == nil {
		return
	}
	if run.starting.Err() != nil { // meanwhile: nothing more is called
		t.err = t.unit.fail(OpReady, ended(run.starting))
		return
	}
	c := t.call
	c.op = OpReady
	timer := time.NewTimer(0)
	defer timer.Stop()
	down := t.unit.downChannel()
	for pause := firstPause; ; pause = min(2*pause, maxPause) {
		c.began = time.Now()
		err := l.do(c)
		var panicked *PanicError
		if err == nil || errors.As(err, &panicked) {
			t.err = t.unit.fail(OpReady, run.inTime(t.call, err))
			return
		}
		timer.Reset(pause)
		select {
		case <-timer.C:
		case <-down:
			down = nil // from now on it serves in the background
		case <-c.ctx.Done():
		}
		if c.ctx.Err() != nil { // whatever else has come
			t.err = t.unit.fail(OpReady, run.notReady(t.call, err))
		}
		if failed := run.runner.listenError(t.unit); failed != nil {
			t.err = failed // which is why the start has ended
		}
		if t.err != nil {
			return
		}
	}
}

// notReady is the error of a service that was not ready when its start ended.
func (run *run) notReady(c call, err error) error {
	if run.starting.Err() != nil {
		return ended(run.starting)
	}
	return run.inTime(c, err)
}
