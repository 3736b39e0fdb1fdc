package runnertest

import (
	"context"
	"errors"
	"time"

	"github.com/go-fxservices/services/internal/goroutines"
	"github.com/go-fxservices/services/runner"
)

// instance is the part of a service under test that does not depend on its kind, for one rule.
type instance struct {
	service runner.Service
	rule    string          // the value of ruleLabel of its goroutines
	base    context.Context // the parent of the contexts of its calls
	limits  limits
	leaks   bool // it is known to leave goroutines behind in each life
}

// core returns the instance itself; see subject.
func (i *instance) core() *instance { return i }

// start starts a call. what is the subject of a sentence about it.
func (i *instance) start(ctx context.Context, what string, method func(context.Context) error) *call {
	return newCall(ctx, i.rule, what, method)
}

// try makes an ordinary call, which may return an error.
func (i *instance) try(what string, method func(context.Context) error) (*call, *breach) {
	ctx, cancel := context.WithTimeout(i.base, i.limits.budget)
	defer cancel()
	c := i.start(ctx, what, method)
	return c, i.mustReturn(c)
}

// do makes an ordinary call, which must return nil.
func (i *instance) do(what string, method func(context.Context) error) *breach {
	c, b := i.try(what, method)
	if b != nil {
		return b
	}
	return c.mustNotFail()
}

// mustReturn is broken by an ordinary call that does not return, or panics.
func (i *instance) mustReturn(c *call) *breach {
	return c.mustReturn(i.limits.patience, "it began")
}

// tidyUp makes a call that nobody judges.
func (i *instance) tidyUp(method func(context.Context) error) {
	ctx, cancel := context.WithTimeout(i.base, i.limits.grace)
	defer cancel()
	waitFor(i.start(ctx, "", method).done, i.limits.grace)
}

// leftBehind is broken by goroutines that the calls of this rule have left behind, unless they end soon.
func (i *instance) leftBehind(after string) *breach {
	var left []goroutines.Goroutine
	if eventually(i.limits.grace, func() bool {
		left = leftovers(i.rule)
		return len(left) == 0
	}) {
		return nil
	}
	b := broken("%v after %s, a goroutine still waits in %s", i.limits.grace, after, left[0].WaitsIn())
	b.stack = goroutines.Join(left)
	return b
}

// leavesNothing is leftBehind for what only some lives leave behind.
func (i *instance) leavesNothing(after string) *breach {
	if i.leaks {
		return nil
	}
	return unless(leavesNoGoroutine, i.leftBehind(after))
}

// under makes a call whose context ends meanwhile, and returns once the call has, or has had the grace to.
func (i *instance) under(e ending, what string, method func(context.Context) error) *endedCall {
	given, ours, cancel := e.context(i.base, i.limits.moment)
	defer cancel()
	u := &endedCall{grace: i.limits.grace}
	u.call = i.start(given, what+" "+e.text, func(ctx context.Context) error {
		err := method(ctx)
		u.atReturn = ours.Err()
		u.says = errors.Is(err, ours.Err()) || errors.Is(err, context.Cause(ours))
		return err
	})
	select {
	case <-u.done:
	case <-ours.Done():
		waitFor(u.done, u.grace)
	}
	return u
}

// endedCall is a call whose context has ended, unless it has returned before.
type endedCall struct {
	*call
	grace time.Duration // the time that it has had to return after that

	// Once the call is done:
	atReturn error // of its context, when it returned
	says     bool  // its error says so
}

// mustReturn is broken by a call that has not returned in time, or panicked.
func (u *endedCall) mustReturn() *breach {
	if !isClosed(u.done) {
		return u.stuck(u.grace, "that")
	}
	return u.mustNotPanic()
}

// mustSayWhy is broken by an error in which nobody finds that the context has ended.
func (u *endedCall) mustSayWhy() *breach {
	if !u.hasReturned() || u.err == nil || u.atReturn == nil || u.says {
		return nil
	}
	return broken("%s returned an error in which errors.Is finds neither %q nor the cause of the context: %v",
		u.what, u.atReturn, u.err)
}
