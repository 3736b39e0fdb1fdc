package runner

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
)

// Finish ends what runs and stops what is started.
//
// It asks running Runs to end, waits for them, and stops every started service,
// one by one, in the opposite order they were started; [WithConcurrency] lets those
// stop at the same time that nothing connects. By default it returns at
// the first failure, and that service and the older ones stay started: a later
// Finish tries again from there. With [WithContinueOnStopError] every service is
// told to stop once, and the errors are joined.
//
// Each service has its own stop timeout. One that does not return in time is
// abandoned: its error is a [*ServiceError] around a [*TimeoutError], which is
// [ErrStopTimeout]. When ctx ends, or a second signal comes, the contexts of the
// stops end too; services that have not been stopped yet are still told to, and
// share 150 ms. A ctx that was cancelled before Finish was called, as a deferred
// Finish often finds it, says nothing of the time left: only its deadline holds.
//
// Before any Run there is nothing to do, and it returns nil. When another Finish
// is at work it waits for that one first, as long as ctx lasts.
func (r *Runner) Finish(ctx context.Context) error {
	ctx, cancel := onlyDeadline(ctx)
	defer cancel()
	if err := r.takeTurn(ctx); err != nil {
		return err
	}
	defer r.endTurn()
	l, runs := r.beginFinish()
	if l == nil {
		return r.withPanics(nil)
	}
	cutShort := context.AfterFunc(ctx, func() { l.cutShort(context.Cause(ctx)) })
	defer cutShort()
	l.catchUp()
	l.end(ErrFinishing)
	for _, run := range runs {
		<-run.over
	}
	values := context.WithoutCancel(ctx)
	r.drain(values, l.cut)
	r.stopBegins(values)
	d := r.newShutdown(values, l.cut, r.config.continueOnStopError)
	d.backwards(r.started())
	if !r.hasLeft() {
		r.stopEnds(values)
	}
	r.endFinish(l)
	return r.withPanics(d.err())
}

// onlyDeadline takes a cancellation that came before the call out of ctx.
func onlyDeadline(ctx context.Context) (context.Context, context.CancelFunc) {
	if !errors.Is(ctx.Err(), context.Canceled) {
		return context.WithCancel(ctx)
	}
	if deadline, ok := ctx.Deadline(); ok {
		return context.WithDeadline(context.WithoutCancel(ctx), deadline)
	}
	return context.WithCancel(context.WithoutCancel(ctx))
}

func (r *Runner) takeTurn(ctx context.Context) error {
	select {
	case r.turn <- struct{}{}:
		return nil
	default:
	}
	select {
	case r.turn <- struct{}{}:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("wait for another stop: %w", ended(ctx))
	}
}

func (r *Runner) endTurn() { <-r.turn }

func (r *Runner) living() *life {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.life
}

// beginFinish closes the Runner to new runs, and returns those there are. The
// life is nil if there is nothing to finish.
func (r *Runner) beginFinish() (*life, []*run) {
	var born *life
	if r.living() == nil && (len(r.started()) > 0 || r.State() == StateStopping) {
		born = r.newLife() // what an earlier Finish has left is tried again, unless Stop has
	}
	l, runs := r.closeToRuns(born)
	if born != nil && l != born { // a run began one meanwhile
		born.over()
	}
	return l, runs
}

func (r *Runner) closeToRuns(born *life) (*life, []*run) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.life == nil {
		r.life = born
	}
	if r.life == nil {
		return nil, nil
	}
	r.finishing = true
	return r.life, slices.Collect(maps.Keys(r.life.runs))
}

func (r *Runner) endFinish(l *life) {
	l.over()
	r.mu.Lock()
	defer r.mu.Unlock()
	r.life, r.finishing = nil, false
}

// started returns what is in the ledger.
func (r *Runner) started() []*unit {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(r.ledger), func(u *unit) bool { return !u.started })
}

// hasLeft reports whether something is left to stop. What stops at this moment,
// since its Start returned late, is not.
func (r *Runner) hasLeft() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.ContainsFunc(r.ledger, func(u *unit) bool { return u.started && !u.claimed })
}

// stopLate stops a resource whose Start returned nil after it had been
// abandoned. It runs on the goroutine that was left behind.
func (r *Runner) stopLate(u *unit) {
	d := r.newShutdown(u.run.values, context.Background(), true)
	d.claimed = true
	d.backwards([]*unit{u})
}
