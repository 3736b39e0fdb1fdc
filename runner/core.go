package runner

import (
	"context"
	"time"
)

// core is what a Runner consists of. Its methods are the steps of the calls of a Runner: those of a Run in steps.go, those
// of Finish and Stop in finish.go.
type core struct {
	config     config
	registry   registry
	stacks     stacks
	announcer  announcer
	supervisor supervisor
	request    shutdownRequest
	finishing  chan struct{} // held by the one Finish that is at work
}

func (c *core) init() {
	c.config = defaultConfig()
	c.finishing = make(chan struct{}, 1)
	c.announcer = announcer{observers: c.config.observers, registry: &c.registry}
	c.supervisor = supervisor{config: &c.config, registry: &c.registry, stacks: &c.stacks, announcer: &c.announcer}
}

// newShutdown begins a shutdown that lasts until deadline, if there is one, or until cut ends.
func (c *core) newShutdown(values context.Context, deadline time.Time, cut context.Context, goOn bool) *shutdown {
	d := &shutdown{registry: &c.registry, observers: c.config.observers, goOn: goOn}
	d.begin(values, deadline, cut)
	d.scope = scope{end: d.ctx, share: &d.share, stacks: &c.stacks, late: c.returnedLate}
	return d
}

// result joins to err what Observers did wrong, once they have heard of everything.
func (c *core) result(err error) error {
	c.config.observers.gate.wait()
	return joined(append([]error{err}, c.config.observers.takeErrors()...)...)
}
