package runner

import (
	"runtime/pprof"
	"time"
)

// A caller runs user code, one task after the other: the calls of services, and events for Observers. It is the only place
// that does so, but for Listen and Run, which have goroutines of their own.
//
// The code runs on a worker goroutine of the scope, which serves task after task. A task that outlasts its time cannot be
// stopped: the caller returns without it, leaves the worker behind, and the next task gets another one. The same happens
// where a task ends its goroutine with runtime.Goexit. A goroutine for each task would be simpler, and cost twice as much.
//
// A caller is for one goroutine.
type caller struct {
	scope  *scope
	call   *call // of the last task, to be used again; nil: none, or it was abandoned
	number int   // of the last task
}

// call is a task that a caller waits for.
type call struct {
	task
	result chan result // gets what became of it

	began    time.Time
	deadline time.Time // zero: none

	// Guarded by scope.mu.
	stage      stage
	abandonAt  time.Time // from stage expired on
	due        time.Time // of the next stage; zero: never
	profile    *profile  // from stage profiled on
	abandoned  *abandonment
	prev, next *call // in scope.running
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
	abandoned *abandonment // the task did not return; nil if it did
}

func newCaller(s *scope) *caller { return &caller{scope: s} }

// do runs a task that begins now, and returns once it is over or abandoned.
func (c *caller) do(t task, now, deadline time.Time) result {
	k := c.next(t, now, deadline)
	if idle := c.scope.beginOn(k); !idle {
		go c.scope.work()
	}
	c.scope.tasks <- k
	r := <-k.result
	if r.abandoned != nil {
		c.call = nil
	}
	return r
}

// await waits for the end of a task that runs elsewhere, with the limits of do. It returns nil once done is closed.
func (c *caller) await(t task, deadline time.Time, done <-chan struct{}) *abandonment {
	k := c.next(t, time.Now(), deadline)
	c.scope.begin(k)
	select {
	case <-done:
		if c.scope.finish(k, false) != nil {
			c.call = nil // it was abandoned at the same moment
		}
		return nil
	case r := <-k.result:
		c.call = nil
		close(r.abandoned.noted)
		return r.abandoned
	}
}

// next returns the call of a task.
func (c *caller) next(t task, now, deadline time.Time) *call {
	if c.call == nil {
		c.call = &call{result: make(chan result, 1)}
	}
	c.number++
	t.number = c.number
	c.call.task, c.call.began, c.call.deadline = t, now, deadline
	return c.call
}

// work is a worker.
func (s *scope) work() {
	for k := range s.tasks {
		if leftBehind := s.perform(k); leftBehind {
			return
		}
	}
}

// perform runs a task on the worker. It reports whether the caller did not wait for it.
func (s *scope) perform(k *call) (leftBehind bool) {
	var r result
	returned, exited := false, false
	defer func() {
		if !returned {
			panicked := recover()
			r.err, r.panicked, exited = newPanicError(panicked), true, panicked == nil
		}
		a := s.finish(k, !exited)
		if a == nil {
			k.result <- r
			return
		}
		leftBehind = true
		if k.op != opEvent {
			<-a.noted
			s.late(k.task, r.err)
		}
	}()
	if k.ctx != nil {
		pprof.SetGoroutineLabels(k.ctx.labels())
	}
	r.err = unlessNil(k.code.run(k.task))
	r.onlyEnded = r.err != nil && k.ctx != nil && k.ctx.saidBy(r.err)
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
