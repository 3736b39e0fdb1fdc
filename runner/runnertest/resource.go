package runnertest

import (
	"context"

	"github.com/go-fxservices/services/runner"
)

// resource is a Resource under test.
type resource struct {
	instance
	resource runner.Resource
	started  bool     // it has to be stopped, as far as anybody knows
	contexts []func() // end the contexts of Start
}

// up calls Load and Start, and waits until the resource is ready. The contexts of Start live on: what their end does is for
// one rule alone.
func (r *resource) up() *breach { return firstOf(r.load, r.startUp, r.becomeReady) }

func (r *resource) startUp() *breach {
	ctx, cancel := context.WithTimeout(r.base, r.limits.budget)
	r.contexts = append(r.contexts, cancel)
	r.started = true
	c := r.start(ctx, "Start", r.resource.Start)
	if b := r.mustReturn(c); b != nil {
		return b
	}
	r.started = c.hasSucceeded()
	return c.mustNotFail()
}

func (r *resource) becomeReady() *breach { return r.awaitReady(nil) }

func (r *resource) down() *breach {
	b := r.do("Stop", r.resource.Stop)
	r.started = b != nil
	return b
}

func (r *resource) tidy() {
	if r.started {
		r.tidyUp(r.resource.Stop)
	}
	r.endContexts()
}

// endContexts ends the contexts of Start. A Runner does so as soon as Start has returned.
func (r *resource) endContexts() {
	for _, end := range r.contexts {
		end()
	}
	r.contexts = nil
}

// leavesNothing is that of its instance, for a resource that is stopped.
func (r *resource) leavesNothing(after string) *breach {
	r.endContexts()
	return r.instance.leavesNothing(after)
}
