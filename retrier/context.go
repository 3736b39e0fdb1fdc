package retrier

import (
	"context"
	"sync/atomic"
)

// startContext is the context of a Start that can be cancelled. Most Starts
// succeed at once and never ask for Done: only one that does pays for a context
// of its own, and until then it is the parent.
type startContext struct {
	context.Context // the parent

	own atomic.Pointer[ownContext] // nil until needed
}

type ownContext struct {
	context.Context
	cancel context.CancelCauseFunc
}

func (c *startContext) Done() <-chan struct{} { return c.needOwn().Done() }

func (c *startContext) Err() error { return c.current().Err() }

// Value asks the own context too: it is how package context finds what to
// cancel a child with, and the cause.
func (c *startContext) Value(key any) any { return c.current().Value(key) }

func (c *startContext) current() context.Context {
	if own := c.own.Load(); own != nil {
		return own
	}
	return c.Context
}

func (c *startContext) needOwn() *ownContext {
	if own := c.own.Load(); own != nil {
		return own
	}
	ctx, cancel := context.WithCancelCause(c.Context)
	if !c.own.CompareAndSwap(nil, &ownContext{ctx, cancel}) { // another goroutine was faster
		cancel(nil)
	}
	return c.own.Load()
}

// stop ends the context.
func (c *startContext) stop(cause error) { c.needOwn().cancel(cause) }

// release frees what the context holds in its parent.
func (c *startContext) release() {
	if own := c.own.Load(); own != nil {
		own.cancel(context.Canceled)
	}
}
