package runner

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/go-fxservices/services/internal/adapter"
)

// A shutdown closes servers and stops resources. Each has its own time to do so; once the shutdown is cut short they share
// one grace.
type shutdown struct {
	registry  *registry
	observers *observers
	ctx       context.Context // parent of the context of every stop; it ends when the shutdown is cut short
	cancel    context.CancelCauseFunc
	release   []func()
	scope     *scope
	share     graceShare
	limit     stopLimit
	labelled  bool // the caller has profiler labels
	goOn      bool // past a failure
	ownOnly   bool // it returns the errors of its own stops, not of those that it waited for

	mu      sync.Mutex
	errs    []error
	reports []report
}

// stopLimit is how long a shutdown may last, and each stop of it.
type stopLimit struct {
	deadline time.Time     // zero: none
	cause    error         // of the end at the deadline; nil: context.DeadlineExceeded
	each     time.Duration // of services that have no stop timeout of their own; 0: that of the Runner
}

// limitOf returns the limit of a shutdown that lasts until the deadline of ctx.
func limitOf(ctx context.Context, given adapter.StopLimit) stopLimit {
	deadline, _ := ctx.Deadline()
	return stopLimit{deadline, given.Cause, given.Each}
}

// report is what Observers have yet to hear: the end of a stop that was abandoned, whose stack is still to come.
type report struct {
	unit    *unit
	ctx     context.Context
	err     error
	timeout *TimeoutError
	profile *profile
}

// begin makes the context of the shutdown, which lasts until its deadline, if there is one, or until cut ends.
func (d *shutdown) begin(values, cut context.Context) {
	parent, deadline := values, d.limit.deadline
	if !deadline.IsZero() {
		limited, release := context.WithDeadlineCause(values, deadline, d.limit.cause)
		parent, d.release = limited, append(d.release, release)
	}
	d.ctx, d.cancel = context.WithCancelCause(parent)
	d.labelled = hasLabels(values)
	if cut.Err() != nil { // at once, not on the goroutine of AfterFunc
		d.cancel(context.Cause(cut))
	}
	detach := context.AfterFunc(cut, func() {
		if deadline.IsZero() || time.Now().Before(deadline) { // else ctx ends by itself, as a deadline should
			d.cancel(context.Cause(cut))
		}
	})
	d.release = append(d.release, func() { detach(); d.cancel(context.Canceled) })
}

// end releases what the shutdown holds, and returns what went wrong: the signal or the end of the grace period that cut it
// short, unless an error names it already, and the errors of services.
func (d *shutdown) end() error {
	d.tellReports()
	d.scope.close()
	cause := context.Cause(d.ctx)
	_, cut := cause.(*SignalError)       //nolint:errorlint // one of ours, as it is
	cut = cut || cause == ErrGracePeriod //nolint:errorlint // the very same
	for _, release := range d.release {
		release()
	}
	for _, err := range d.errs {
		cut = cut && !namesCut(err, cause)
	}
	if cut {
		return joined(append([]error{cause}, d.errs...)...)
	}
	return joined(d.errs...)
}

// namesCut reports whether err is that of a stop which cause cut short.
func namesCut(err, cause error) bool {
	var timeout *TimeoutError
	return errors.As(err, &timeout) && timeout.Reason == cause //nolint:errorlint // the very same
}

// backwards stops units, which are in the order in which they started: one at a time, the newest first, or along the orders
// of their runs.
func (d *shutdown) backwards(units []*unit, most int) {
	d.share.left = len(units)
	if most == 1 {
		d.each(1, plan{units: reversed(units)})
		return
	}
	for _, group := range d.registry.byRun(units) {
		if !d.each(most, group) {
			return
		}
	}
}

// together stops servers at the same time, but each after those that are After it.
func (d *shutdown) together(servers []*unit) {
	d.share.left = len(servers)
	d.each(0, closing(servers))
}

// each stops the units of a plan. It returns false if the shutdown does not go on past a failure.
func (d *shutdown) each(most int, of plan) (goOn bool) {
	goOn = true
	forEach(d.scope, most, of, func(c *caller, u *unit) bool {
		err := d.stop(c, u)
		if err == nil {
			return true
		}
		d.note(err)
		d.mu.Lock()
		defer d.mu.Unlock()
		if !d.goOn && d.ctx.Err() == nil { // once cut short, nothing is skipped
			goOn = false
		}
		return goOn
	})
	return goOn
}

// note keeps an error, which may be nil.
func (d *shutdown) note(err error) {
	if err == nil {
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.errs = append(d.errs, err)
}

func (d *shutdown) report(r report) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.reports = append(d.reports, r)
}

// tellReports tells Observers of stops that were abandoned. Their stacks come in one profile, and late at most by
// maxStackWait in all.
func (d *shutdown) tellReports() {
	if len(d.reports) == 0 {
		return
	}
	timer := time.NewTimer(maxStackWait)
	defer timer.Stop()
	c := newCaller(d.scope)
	for _, r := range d.reports {
		r.profile.wait(timer.C)
		r.timeout.Stack = r.profile.of(r.unit.name)
		c.tell(d.observers.afterStop(r.ctx, r.unit.service, r.err))
		d.registry.endStop(r.unit, r.err)
	}
}

// stopTimeout returns how long u may take to stop; 0 or less: any time.
func (d *shutdown) stopTimeout(u *unit) time.Duration {
	if d.limit.each > 0 && !u.ownStop {
		return d.limit.each
	}
	return u.stopTimeout
}

// context returns the context of a call of a stop.
func (d *shutdown) context(u *unit, deadline time.Time) *callContext {
	ctx := u.stopCtx.orNew()
	ctx.subject, ctx.parent, ctx.deadline, ctx.stops = &u.description, d.ctx, deadline, true
	if d.labelled || u.batch.labelled { // the labels are those of the caller of this stop
		ctx.parent, ctx.labelled = labelled(d.ctx, u.name), true
	}
	return ctx
}
