package runner

import (
	"context"
	"sync"
	"time"
)

// budgetContext is the context of one Stop or Close, and of Listen: the values
// of its parent, but an end of its own. Most services never look at the end of
// their context, so a real one, with its timer, is made only when they do.
type budgetContext struct {
	values   context.Context // never ends
	cut      context.Context // ends this one early, with its cause; nil: nothing does
	deadline time.Time       // zero: none
	expired  error           // the cause at the deadline

	mu     sync.Mutex
	real   context.Context // nil until somebody asks
	cancel context.CancelCauseFunc
	over   error // the cause given to end; nil until then
}

// Deadline implements [context.Context].
func (c *budgetContext) Deadline() (time.Time, bool) {
	return c.deadline, !c.deadline.IsZero()
}

// Done implements [context.Context].
func (c *budgetContext) Done() <-chan struct{} { return c.materialize().Done() }

// Err implements [context.Context].
func (c *budgetContext) Err() error { return c.materialize().Err() }

// Value implements [context.Context]. It asks the real context, since that is
// how package context finds the cause of an end.
func (c *budgetContext) Value(key any) any { return c.materialize().Value(key) }

func (c *budgetContext) materialize() context.Context {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.real == nil {
		c.real, c.cancel = c.build()
	}
	return c.real
}

func (c *budgetContext) build() (context.Context, context.CancelCauseFunc) {
	ctx, release := c.values, func() bool { return true }
	cancelTimer := func() {}
	if !c.deadline.IsZero() {
		ctx, cancelTimer = context.WithDeadlineCause(ctx, c.deadline, c.expired)
	}
	ctx, cancel := context.WithCancelCause(ctx)
	switch {
	case c.over != nil:
		cancel(c.over)
	case c.cut != nil && c.cut.Err() != nil: // at once, not on AfterFunc's goroutine
		cancel(context.Cause(c.cut))
	case c.cut != nil:
		release = context.AfterFunc(c.cut, func() { cancel(context.Cause(c.cut)) })
	}
	return ctx, func(cause error) {
		release()
		cancel(cause)
		cancelTimer()
	}
}

// end ends the context with cause, and releases what it holds.
func (c *budgetContext) end(cause error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.over != nil {
		return
	}
	c.over = cause
	if c.real != nil {
		c.cancel(cause)
	}
}
