package consumer

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"time"
)

// A receiver receives for one Listen. There is one for all workers, and only the worker whose turn it is may touch it.
type receiver[M any] struct {
	settings *settings[M]
	progress *progress
	ctx      context.Context // ends when Close begins
	fail     func(error)     // ends the consumer
	calling  *atomic.Bool    // receive runs

	begun    bool
	failures int           // in a row
	pause    time.Duration // before the next receive; 0: none
}

// next returns the next message, or false once nothing is to be received any more.
func (r *receiver[M]) next() (message M, ok bool) {
	for r.await() {
		if message, ok = r.receive(); ok {
			return message, true
		}
	}
	return message, false
}

// await makes the pause after a failure. It returns false once nothing is to be received any more.
func (r *receiver[M]) await() bool {
	if r.pause > 0 {
		timer := time.NewTimer(r.pause)
		defer timer.Stop()
		r.pause = 0
		select {
		case <-timer.C:
		case <-r.ctx.Done():
		}
	}
	return r.ctx.Err() == nil
}

// receive calls receive once. The result is judged in a deferred function, because runtime.Goexit does not let this one return;
// then another worker goes on from here.
func (r *receiver[M]) receive() (message M, ok bool) {
	if !r.begun {
		r.begun = true
		r.progress.begin()
	}
	var err error
	returned := false
	r.calling.Store(true)
	defer func() {
		if !returned {
			err = panicError(recover())
		}
		r.calling.Store(false)
		ok = r.judge(err)
	}()
	message, err = r.settings.receive(r.ctx)
	returned = true
	return message, false
}

// judge reports whether a receive that returned err has returned a message. A message counts also if Close has begun.
func (r *receiver[M]) judge(err error) bool {
	if err == nil {
		r.failures = 0
		r.progress.received()
		return true
	}
	judged := false
	defer func() {
		if !judged { // a function of the user has panicked, Pause may be the one
			r.failures++
			r.pause = defaultPause(r.failures)
			r.progress.setFailure(fmt.Errorf("receive: %w: %w", err, panicError(recover())))
		}
	}()
	switch {
	case errors.Is(err, ErrNone):
		r.failures = 0
		r.progress.setFailure(nil)
	case r.ctx.Err() != nil: // it was asked to return
	case slices.ContainsFunc(r.settings.fatal, func(is func(error) bool) bool { return is(err) }):
		r.fail(fmt.Errorf("receive: %w", err))
	default:
		r.failures++
		r.progress.setFailure(fmt.Errorf("receive: %w", err))
		r.pause = max(r.settings.pause(r.failures), shortestPause)
	}
	judged = true
	return false
}
