package runner

import (
	"context"
	"sync"
	"time"

	"github.com/go-fxservices/services/internal/eventinfo"
)

// callContext is the context of one call of a service. It ends with its parent, at its deadline, or when the call is over;
// the values are those of the parent, with the profiler labels of the service.
//
// Most services never look at the end of their context, so a real one, with its timer and its place among the children of
// the parent, is made only when they do. To embed a real one always would cost more than everything else around a call.
type callContext struct {
	subject  *description
	parent   context.Context
	labels   context.Context // knows the profiler labels, and perhaps other values of the parent
	deadline time.Time       // zero: none of its own
	expired  error           // the cause at that deadline

	mu     sync.Mutex
	actual context.Context // nil until somebody asks
	cancel context.CancelCauseFunc
	over   error // the cause given to end; nil until then
}

// orNew returns c if it has not been used yet, and otherwise another context: somebody may have kept the first.
func (c *callContext) orNew() *callContext {
	if c.subject == nil {
		return c
	}
	return &callContext{}
}

// Deadline returns the earlier of the deadline of the call and that of the parent.
func (c *callContext) Deadline() (time.Time, bool) {
	deadline, ok := c.parent.Deadline()
	if c.deadline.IsZero() || ok && deadline.Before(c.deadline) {
		return deadline, ok
	}
	return c.deadline, true
}

// Done implements [context.Context].
func (c *callContext) Done() <-chan struct{} { return c.make().Done() }

// Err implements [context.Context].
func (c *callContext) Err() error { return c.make().Err() }

// Value implements [context.Context]. Most keys go to the actual context, because that is how package context finds the
// cause of an end.
func (c *callContext) Value(key any) any {
	if key == (eventinfo.Key{}) {
		return &eventinfo.Info{Subjects: []eventinfo.Subject{c.subject.info()}}
	}
	if value := c.labels.Value(key); value != nil {
		return value
	}
	return c.make().Value(key)
}

func (c *callContext) make() context.Context {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.actual == nil {
		c.actual, c.cancel = c.build()
	}
	return c.actual
}

func (c *callContext) build() (context.Context, context.CancelCauseFunc) {
	if c.over != nil || c.deadline.IsZero() {
		ctx, cancel := context.WithCancelCause(c.parent)
		if c.over != nil {
			cancel(c.over)
		}
		return ctx, cancel
	}
	limited, release := context.WithDeadlineCause(c.parent, c.deadline, c.expired)
	ctx, cancel := context.WithCancelCause(limited)
	return ctx, func(cause error) {
		cancel(cause)
		release()
	}
}

// wasAsked reports whether anybody has looked at the end of the context.
func (c *callContext) wasAsked() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.actual != nil
}

// end ends the context with cause, and releases what it holds. A second end does nothing.
func (c *callContext) end(cause error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.over != nil {
		return
	}
	c.over = cause
	if c.actual != nil {
		c.cancel(cause)
	}
}

// saidBy reports whether err says no more than that c has ended.
func (c *callContext) saidBy(err error) bool {
	return c.Err() != nil && saysOnly(err, context.Canceled, context.DeadlineExceeded, context.Cause(c))
}
