package runner

import (
	"context"
	"fmt"

	"github.com/go-fxservices/services/internal/adapter"
)

// finish ends what runs and stops what is started; see [Runner.Finish].
func (c *core) finish(ctx context.Context, limit adapter.StopLimit) error {
	ctx, cancel := onlyDeadline(ctx, limit.Cause)
	defer cancel()
	if !c.takeFinish(ctx) {
		return fmt.Errorf("wait for another stop: %w", endOf(ctx))
	}
	defer func() { <-c.finishing }()
	finished := c.finishAll(ctx, limit)
	return c.result(joined(finished, c.registry.takeLate()))
}

// takeFinish waits for the Finish that is at work, if any, until ctx ends.
func (c *core) takeFinish(ctx context.Context) bool {
	select {
	case c.finishing <- struct{}{}: // though ctx may have ended
		return true
	default:
	}
	select {
	case c.finishing <- struct{}{}:
		return true
	case <-ctx.Done():
		return false
	}
}

// onlyDeadline returns a context with the values of ctx that ends at its deadline, with a cause if there is one.
func onlyDeadline(ctx context.Context, cause error) (context.Context, context.CancelFunc) {
	values := context.WithoutCancel(ctx)
	if deadline, ok := ctx.Deadline(); ok {
		return context.WithDeadlineCause(values, deadline, cause)
	}
	return context.WithCancel(values)
}

func (c *core) finishAll(ctx context.Context, limit adapter.StopLimit) error {
	if c.registry.hasLeft() { // by an earlier Finish, which has ended the life
		if _, err := c.registry.beginLife(c.lifeOfRest); err != nil {
			return err
		}
	}
	life, runs := c.registry.beginFinish()
	if life == nil {
		c.request.drop()
		return nil
	}
	defer life.release()
	cutShort := context.AfterFunc(ctx, func() { life.cutShort(context.Cause(ctx)) })
	defer cutShort()
	life.catchUp()
	c.request.give(life)
	life.finish(&end{reason: byFinish, err: ErrFinishing})
	for _, run := range runs {
		awaitRun(ctx, run)
	}
	why := life.end()
	drained := c.drain(ctx, life.cut, why)
	c.registry.beginStopping(why.err, drained)
	c.announcer.tellChanges(ctx, life.cut)
	d := c.newShutdown(context.WithoutCancel(ctx), life.cut, limitOf(ctx, limit), c.config.continueOnStopError)
	d.backwards(c.registry.startedUnits(), c.config.concurrency)
	stopped := d.end()
	life.catchUp()
	c.config.observers.gate.wait()
	listening := life.over()
	c.config.observers.gate.wait()
	c.registry.endFinish()
	c.announcer.tellChanges(ctx, life.cut)
	return joined(stopped, listening)
}

// awaitRun waits for the end of a Run, but not much longer than ctx lasts: the Run may wait for the very Observer that calls
// Finish.
func awaitRun(ctx context.Context, run *batch) {
	select {
	case <-run.left:
	case <-ctx.Done():
		within(2*grace, run.left) // it has been cut short, and stops what it can
	}
}

// stop stops some services; see [Runner.Stop].
func (c *core) stop(ctx context.Context, services []Service) error {
	units, err := c.registry.condemn(services)
	if err != nil {
		return err
	}
	defer c.registry.spare(units)
	cut := context.Background()
	if life := c.registry.currentLife(); life != nil {
		cut = life.cut
	}
	d := c.newShutdown(context.WithoutCancel(ctx), cut, limitOf(ctx, adapter.StopLimit{}), c.config.continueOnStopError)
	d.backwards(units, c.config.concurrency)
	return d.end()
}

// hasEnded reports whether something has ended the life that goes on, or will end the next one at once.
func (c *core) hasEnded() bool { return c.request.isKept() || c.registry.currentLife().end() != nil }

// askToEnd asks the Runner to end; see [Runner.Shutdown].
func (c *core) askToEnd(cause error) {
	c.request.keep(&end{reason: byShutdown, err: cause})
	if life := c.registry.currentLife(); life != nil {
		c.request.give(life)
	}
}
