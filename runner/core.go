package runner

// core is what a Runner consists of. Its methods are the steps of the calls of a Runner: those of a Run in steps.go, those
// of Finish and Stop in finish.go.
type core struct {
	config     config
	registry   registry
	stacks     stacks
	announcer  announcer
	supervisor supervisor
	request    shutdownRequest
	period     gracePeriod
	finishing  chan struct{} // held by the one Finish that is at work
}

func (c *core) init() {
	c.config = defaultConfig()
	c.finishing = make(chan struct{}, 1)
	c.period = gracePeriod{config: &c.config, state: c.registry.state}
	c.announcer = announcer{observers: c.config.observers, registry: &c.registry, graceAt: c.period.grace}
	c.supervisor = supervisor{config: &c.config, registry: &c.registry, stacks: &c.stacks, announcer: &c.announcer}
}

// result joins to err what Observers did wrong, once they have heard of everything.
func (c *core) result(err error) error {
	c.config.observers.gate.wait()
	return joined(append([]error{err}, c.config.observers.takeErrors()...)...)
}
