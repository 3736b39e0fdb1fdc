package runnertest

import (
	"context"
	"runtime/debug"
	"runtime/pprof"
	"slices"
	"strings"
	"time"

	"github.com/go-fxservices/services/internal/goroutines"
	"github.com/go-fxservices/services/internal/identity"
)

// call is one call of a service, on a goroutine of its own: a call that does not return, panics, or ends its goroutine, ends
// nothing else.
type call struct {
	what string // the subject of a sentence about it: "Stop before Start"
	id   string // the value of callLabel of its goroutine
	done chan struct{}

	// Once done is closed:
	err      error
	panicked any // nil: it has returned, or ended its goroutine
	exited   bool
	stack    string // of a panic
}

// callFunction is on the stack of each goroutine that makes a call.
const callFunction = "github.com/go-fxservices/services/runner/runnertest.(*call).run"

// newCall starts a call. Its goroutine, and those that it starts, have the label of the rule. So has its context, unless that
// is nil, for a service that takes labels from there.
func newCall(ctx context.Context, rule, what string, method func(context.Context) error) *call {
	c := &call{what: what, id: newID(), done: make(chan struct{})}
	labels := pprof.Labels(ruleLabel, rule, callLabel, c.id)
	if ctx != nil {
		ctx = pprof.WithLabels(ctx, labels)
	}
	go c.run(ctx, labels, method)
	return c
}

func (c *call) run(ctx context.Context, labels pprof.LabelSet, method func(context.Context) error) {
	returned := false
	defer func() {
		if !returned {
			c.panicked = recover()
			c.exited = c.panicked == nil
			c.stack = string(debug.Stack())
		}
		close(c.done)
	}()
	pprof.SetGoroutineLabels(pprof.WithLabels(context.Background(), labels))
	if err := method(ctx); !identity.IsNil(err) {
		c.err = err
	}
	returned = true
}

// hasReturned reports whether the call has returned, whatever the result. A call that panicked has not.
func (c *call) hasReturned() bool { return isClosed(c.done) && c.panicked == nil && !c.exited }

// hasSucceeded reports whether the call has returned nil.
func (c *call) hasSucceeded() bool { return c.hasReturned() && c.err == nil }

// hasFailed reports whether the call is over, and has not returned nil.
func (c *call) hasFailed() bool { return isClosed(c.done) && !c.hasSucceeded() }

// mustReturn is broken by a call that does not return within limit, or panics, or ends its goroutine. since is the event
// with which that limit begins.
func (c *call) mustReturn(limit time.Duration, since string) *breach {
	if !waitFor(c.done, limit) {
		return c.stuck(limit, since)
	}
	return c.mustNotPanic()
}

// mustNotPanic is broken by a call that has panicked or ended its goroutine.
func (c *call) mustNotPanic() *breach {
	switch {
	case !isClosed(c.done) || c.hasReturned():
		return nil
	case c.exited:
		return broken("%s called runtime.Goexit, as FailNow of a test does", c.what)
	default:
		b := broken("%s panicked: %v", c.what, c.panicked)
		b.stack = fromPanic(c.stack)
		return b
	}
}

// mustNotFail is broken by a call that has panicked, ended its goroutine, or returned an error.
func (c *call) mustNotFail() *breach {
	if c.hasReturned() && c.err != nil {
		return broken("%s returned an error: %v", c.what, c.err)
	}
	return c.mustNotPanic()
}

// stuck says where a call is that has not returned.
func (c *call) stuck(limit time.Duration, since string) *breach {
	found := goroutines.With(callLabel, c.id)
	at := slices.IndexFunc(found, func(g goroutines.Goroutine) bool { return g.Runs(callFunction) })
	if at < 0 {
		return broken("%s has not returned %v after %s. It has changed the profiler labels of its goroutine, so its stack is unknown",
			c.what, limit, since)
	}
	b := broken("%s has not returned %v after %s. It waits in %s", c.what, limit, since, found[at].WaitsIn())
	b.stack = found[at].String()
	return b
}

// fromPanic leaves out the frames of a stack that belong to the recovery.
func fromPanic(stack string) string {
	_, after, found := strings.Cut(stack, "\npanic(")
	if !found {
		return stack
	}
	return "panic(" + after
}
