package runner

import (
	"context"
	"runtime/pprof"
	"time"
)

// A caller runs user code, one task after the other: the calls of services, and events for Observers. It is the only place
// that does so, but for Listen and Run, which have goroutines of their own.
//
// The code runs on a worker goroutine, which serves task after task. A task that outlasts its time cannot be stopped: the
// caller returns without it, leaves the worker behind, and uses another one for the next task. The same happens where a
// task ends its goroutine with runtime.Goexit. A worker for each task would be simpler, and cost twice as much.
//
// A caller is for one goroutine. It must be closed.
type caller struct {
	watch
	worker chan task // nil: none
	detach func() bool
}

// task is a piece of user code: a call of a service, or an event for Observers.
type task struct {
	code   code
	op     Op           // opEvent for an event
	ctx    *callContext // nil for an event
	linked *callContext // another context that ends when the time of the task is over; nil: none
	number int          // of the task, among those of its caller
}

// opEvent is the Op of an event.
const opEvent Op = ""

// code is what a task runs.
type code interface{ run(t task) error }

// result is what became of a task.
type result struct {
	err       error        // of the call; a *PanicError after a panic
	onlyEnded bool         // err says no more than that the context had ended
	panicked  bool         // or the task ended its goroutine
	exited    bool         // the task ended its goroutine
	abandoned *abandonment // the task did not return; nil if it did
}

func newCaller(s *scope) *caller {
	c := &caller{watch: watch{scope: s, results: make(chan result, 1)}}
	if s.end.Err() != nil {
		c.cutShort = true // at once, not on the goroutine of AfterFunc
	}
	c.detach = context.AfterFunc(s.end, c.cut)
	return c
}

// close releases the worker. A task that was abandoned goes on.
func (c *caller) close() {
	c.detach()
	c.stop()
	c.release()
}

func (c *caller) release() {
	if c.worker != nil {
		close(c.worker)
		c.worker = nil
	}
}

// do runs a task that begins now, and returns once it is over or abandoned.
func (c *caller) do(t task, now, deadline time.Time) result {
	if c.worker == nil {
		c.worker = make(chan task)
		go c.work(c.worker)
	}
	t.number = c.begin(t, now, deadline)
	c.worker <- t
	r := <-c.results
	if r.exited || r.abandoned != nil {
		c.worker = nil
	}
	return r
}

// await waits for the end of a task that runs elsewhere, with the limits of do. It returns nil once done is closed.
func (c *caller) await(t task, deadline time.Time, done <-chan struct{}) *abandonment {
	number := c.begin(t, time.Now(), deadline)
	select {
	case <-done:
		if c.finish(number) != nil {
			<-c.results // it was abandoned at the same moment
		}
		return nil
	case r := <-c.results:
		c.finish(number) // nobody else does
		close(r.abandoned.noted)
		return r.abandoned
	}
}

func (c *caller) work(tasks <-chan task) {
	for t := range tasks {
		if leftBehind := c.perform(t); leftBehind {
			return
		}
	}
}

// perform runs a task on the worker. It reports whether the caller did not wait for it.
func (c *caller) perform(t task) (leftBehind bool) {
	var r result
	returned := false
	defer func() {
		if !returned {
			panicked := recover()
			r.err, r.panicked, r.exited = newPanicError(panicked), true, panicked == nil
		}
		a := c.finish(t.number)
		if a == nil {
			c.results <- r
			return
		}
		leftBehind = true
		if t.op != opEvent {
			<-a.noted
			c.late(t, r.err)
		}
	}()
	if t.ctx != nil {
		pprof.SetGoroutineLabels(t.ctx.labels)
	}
	r.err = unlessNil(t.code.run(t))
	r.onlyEnded = r.err != nil && t.ctx != nil && t.ctx.saidBy(r.err)
	returned = true
	return false
}

// apart runs user code that is no call of a service, on a goroutine of its own, and returns once it is over. A panic, or a
// call of runtime.Goexit, is an error.
func apart(code func()) error {
	result := make(chan error, 1)
	go func() {
		returned := false
		defer func() {
			if !returned {
				result <- newPanicError(recover())
				return
			}
			result <- nil
		}()
		code()
		returned = true
	}()
	return <-result
}
