package runner

import (
	"context"
	"sync"
	"time"

	"github.com/go-fxservices/services/internal/eventinfo"
	"github.com/go-fxservices/services/internal/retryevents"
)

// callContext is the context of one call of a service. It ends with its parent, at its deadline, or when the call is over;
// the values are those of the parent, with the profiler labels of the service.
//
// Most services never look at the end of their context, so a real one, with its timer and its place among the children of
// the parent, is made only when they do. To embed a real one always would cost more than everything else around a call.
type callContext struct {
	subject  *description
	parent   context.Context
	deadline time.Time // zero: none of its own
	stops    bool      // it is the context of a stop
	labelled bool      // parent has the labels, not subject
	added    *added    // nil: nothing

	mu     sync.Mutex
	actual *actualContext // nil until somebody asks
	over   error          // the cause given to end; nil until then
}

type actualContext struct {
	context.Context
	cancel context.CancelCauseFunc
}

// added is the values that Observers have added to the context of a call; see [StepObserver].
type added struct {
	values context.Context
	given  *callContext // the values without them. It is what Observers got, and ends with the call; nil: another ends it
}

// again returns a for another context. a may be nil.
func (a *added) again() *added {
	if a == nil {
		return nil
	}
	return &added{values: a.values}
}

// end ends what Observers got. a may be nil.
func (a *added) end(cause error) {
	if a != nil && a.given != nil {
		a.given.end(cause)
	}
}

// private has the values that package context and the profiler keep for themselves, and no others.
var private = func() context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	return labelled(ctx, "")
}()

// isOwn reports whether key is that of a value which nobody but the Runner adds to the context of a call: how it ends, its
// labels, and what is about the call.
func isOwn(key any) bool {
	return key == eventinfo.Key{} || key == retryevents.Key{} || private.Value(key) != nil
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
	if c.added != nil && !isOwn(key) {
		return c.added.values.Value(key)
	}
	if value := c.labels().Value(key); value != nil {
		return value
	}
	return c.make().Value(key)
}

// labels returns a context that knows the profiler labels, and perhaps other values of the parent.
func (c *callContext) labels() context.Context {
	if c.labelled {
		return c.parent
	}
	return c.subject.labels
}

func (c *callContext) make() context.Context {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.actual == nil {
		c.actual = c.build()
	}
	return c.actual
}

func (c *callContext) build() *actualContext {
	if c.over != nil || c.deadline.IsZero() {
		ctx, cancel := context.WithCancelCause(c.parent)
		if c.over != nil {
			cancel(c.over)
		}
		return &actualContext{ctx, cancel}
	}
	expired := ErrStartTimeout
	if c.stops {
		expired = ErrStopTimeout
	}
	limited, release := context.WithDeadlineCause(c.parent, c.deadline, expired)
	ctx, cancel := context.WithCancelCause(limited)
	return &actualContext{ctx, func(cause error) {
		cancel(cause)
		release()
	}}
}

// wasAsked reports whether anybody has looked at the end of the context.
func (c *callContext) wasAsked() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.actual != nil
}

// end ends the context with cause, and releases what it holds. A second end does nothing.
func (c *callContext) end(cause error) {
	c.added.end(cause)
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.over != nil {
		return
	}
	c.over = cause
	if c.actual != nil {
		c.actual.cancel(cause)
	}
}

// saidBy reports whether err says no more than that c has ended.
func (c *callContext) saidBy(err error) bool {
	return c.Err() != nil && saysOnly(err, context.Canceled, context.DeadlineExceeded, context.Cause(c))
}
