package runnertest

import (
	"context"

	"github.com/go-fxservices/services/runner"
)

// loadReturns is broken by a Load that does not return when its context ends.
func (i *instance) loadReturns() *breach { return i.loadUnder((*endedCall).mustReturn) }

// loadSaysWhy is broken by a Load whose error does not say that its context has ended.
func (i *instance) loadSaysWhy() *breach { return i.loadUnder((*endedCall).mustSayWhy) }

func (i *instance) loadUnder(judge func(*endedCall) *breach) *breach {
	if c, ok := runner.As[runner.Configurable](i.service); ok {
		for _, e := range endings {
			if b := judge(i.under(e, "Load", c.Load)); b != nil {
				return b
			}
		}
	}
	return nil
}

// probesReturn is broken by an IsReady or IsHealthy that does not return when its context ends.
func (i *instance) probesReturn() *breach {
	for _, p := range i.probes() {
		for _, e := range endings {
			if b := i.under(e, p.name, p.ask).mustReturn(); b != nil {
				return b
			}
		}
	}
	return nil
}

// withNil is broken by a method that panics on a nil context. One that takes it for a context without an end may go on.
func (i *instance) withNil(what string, method func(context.Context) error) *breach {
	c := i.start(nil, what+" with a nil context", method) //nolint:staticcheck // that is the rule
	waitFor(c.done, 10*i.limits.moment)
	return c.mustNotPanic()
}

// loadWithNil is withNil for Load.
func (i *instance) loadWithNil() *breach {
	if c, ok := runner.As[runner.Configurable](i.service); ok {
		return i.withNil("Load", c.Load)
	}
	return nil
}

// probesWithNil is withNil for IsReady and IsHealthy.
func (i *instance) probesWithNil() *breach {
	for _, p := range i.probes() {
		if b := i.withNil(p.name, p.ask); b != nil {
			return b
		}
	}
	return nil
}
