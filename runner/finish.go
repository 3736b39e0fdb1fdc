package runner

import (
	"context"
	"fmt"
	"sync"
)

// Finish ends what runs and stops what is started.
//
// It asks running Runs to end, waits for them, and stops every started service, one by one, in reverse order of their
// start; [WithConcurrency] lets services that nothing connects stop at the same time. By default it returns at the first
// failure, and that service and the older ones stay started: a later Finish tries again from there. With
// [WithContinueOnStopError] it tells every service to stop once, and joins the errors.
//
// Each service has its own stop timeout. One that does not return in time is abandoned: its error is a [*ServiceError]
// around a [*TimeoutError], which is [ErrStopTimeout]. At the deadline of ctx, and when a second signal comes, the contexts
// of the stops end too; Finish still tells the services that have not been stopped yet, and they share 150 ms. Of ctx only
// the deadline counts: a deferred Finish often finds it cancelled.
//
// A service that somebody else is stopping is waited for. Before any Run there is nothing to do, and Finish returns nil.
// When another Finish is at work it waits for that one first, until the deadline of ctx.
func (r *Runner) Finish(ctx context.Context) error {
	if ctx == nil {
		return errNilContext
	}
	r.init()
	ctx, cancel := onlyDeadline(ctx)
	defer cancel()
	if !r.takeFinish(ctx) {
		return fmt.Errorf("wait for another stop: %w", endOf(ctx))
	}
	defer func() { <-r.finishing }()
	finished := r.finishAll(ctx)
	return r.withObserverErrors(joined(finished, r.registry.takeLate()))
}

// takeFinish waits for the Finish that is at work, if any, until ctx ends.
func (r *Runner) takeFinish(ctx context.Context) bool {
	select {
	case r.finishing <- struct{}{}: // though ctx may have ended
		return true
	default:
	}
	select {
	case r.finishing <- struct{}{}:
		return true
	case <-ctx.Done():
		return false
	}
}

// onlyDeadline returns a context with the values of ctx that ends at its deadline.
func onlyDeadline(ctx context.Context) (context.Context, context.CancelFunc) {
	values := context.WithoutCancel(ctx)
	if deadline, ok := ctx.Deadline(); ok {
		return context.WithDeadline(values, deadline)
	}
	return context.WithCancel(values)
}

func (r *Runner) finishAll(ctx context.Context) error {
	if r.registry.hasLeft() { // by an earlier Finish, which has ended the life
		if _, err := r.registry.beginLife(r.newLife); err != nil {
			return err
		}
	}
	life, runs := r.registry.beginFinish()
	if life == nil {
		return nil
	}
	cutShort := context.AfterFunc(ctx, func() { life.cutShort(context.Cause(ctx)) })
	defer cutShort()
	life.catchUp()
	life.finish(&end{reason: byFinish, err: ErrFinishing})
	for _, run := range runs {
		awaitRun(ctx, run)
	}
	cause := life.end().err
	drained := r.drain(ctx, life.cut, cause)
	r.registry.beginStopping(cause, drained)
	r.tellChanges(ctx)
	deadline, _ := ctx.Deadline()
	d := r.newShutdown(context.WithoutCancel(ctx), deadline, life.cut, r.config.continueOnStopError)
	d.backwards(r.registry.startedUnits(), r.config.concurrency)
	stopped := d.end()
	life.catchUp()
	r.config.observers.gate.wait()
	listening := life.over()
	r.config.observers.gate.wait()
	r.registry.endFinish()
	r.tellChanges(ctx)
	return joined(stopped, listening)
}

// awaitRun waits for the end of a Run, but not much longer than ctx lasts: the Run may wait for the very Observer that calls
// Finish.
func awaitRun(ctx context.Context, run *run) {
	select {
	case <-run.left:
	case <-ctx.Done():
		within(2*grace, run.left) // it has been cut short, and stops what it can
	}
}

// Stop stops services that were started, the newest first whatever their order here, one by one or at the same time as
// [Runner.Finish] does. Before anything is stopped, a service that is nil or not started is an error that wraps
// [ErrNotStarted], and one that others are [After], which are up and not among services, an error that wraps [ErrNeeded] and
// names them. A service that somebody else is stopping is waited for. One that is still becoming ready is stopped once its
// start has given up. At the deadline of ctx the stops are cut short; that ctx is cancelled says nothing.
func (r *Runner) Stop(ctx context.Context, services ...Service) error {
	if ctx == nil {
		return errNilContext
	}
	r.init()
	units, err := r.registry.condemn(services)
	if err != nil {
		return err
	}
	defer r.registry.spare(units)
	cut := context.Background()
	if life := r.registry.currentLife(); life != nil {
		cut = life.cut
	}
	deadline, _ := ctx.Deadline()
	d := r.newShutdown(context.WithoutCancel(ctx), deadline, cut, r.config.continueOnStopError)
	d.backwards(units, r.config.concurrency)
	return d.end()
}

// Shutdown asks the Runner to end, and returns at once. Any code may call it, that of services and Observers included. Every
// Run, and Wait, then return an error that is the cause, or nil if cause is nil. The first cause counts, and an end that has
// come before it. Before the first Run, and after Finish, the next Run ends at once with the cause.
func (r *Runner) Shutdown(cause error) {
	r.init()
	if life := r.registry.currentLife(); life != nil {
		life.finish(shutdownBy(cause))
		return
	}
	r.request.keep(shutdownBy(cause))
}

func shutdownBy(cause error) *end { return &end{reason: byShutdown, err: cause} }

// shutdownRequest is a Shutdown that came before the Run that it ends.
type shutdownRequest struct {
	mu  sync.Mutex
	end *end // nil: there is none
}

func (s *shutdownRequest) keep(e *end) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.end == nil {
		s.end = e
	}
}

// give ends a life that has just begun, if somebody has asked for that.
func (s *shutdownRequest) give(life *lifetime) {
	s.mu.Lock()
	e := s.end
	s.end = nil
	s.mu.Unlock()
	if e != nil {
		life.finish(e)
	}
}
