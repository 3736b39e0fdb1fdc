package runnertest

import (
	"context"
	"time"

	"github.com/go-fxservices/services/runner"
)

// load calls Load, if there is one.
func (i *instance) load() *breach {
	if c, ok := runner.As[runner.Configurable](i.service); ok {
		return i.do("Load", c.Load)
	}
	return nil
}

// probe is a method that asks a service about itself.
type probe struct {
	name string
	ask  func(context.Context) error
}

// probes returns IsReady and IsHealthy, as far as the service has them.
func (i *instance) probes() (probes []probe) {
	if c, ok := runner.As[runner.ReadyChecker](i.service); ok {
		probes = append(probes, probe{"IsReady", c.IsReady})
	}
	if c, ok := runner.As[runner.HealthChecker](i.service); ok {
		probes = append(probes, probe{"IsHealthy", c.IsHealthy})
	}
	return probes
}

// probeAll asks everything, and ignores the answers.
func (i *instance) probeAll(ctx context.Context) error {
	for _, p := range i.probes() {
		_ = p.ask(ctx)
	}
	return nil
}

// ask asks with a context that ends soon: a probe may wait for a better answer.
func (i *instance) ask(p probe, when string) *call {
	ctx, cancel := context.WithCancel(i.base)
	defer cancel()
	c := i.start(ctx, p.name+" "+when, p.ask)
	if !waitFor(c.done, 10*i.limits.moment) {
		cancel()
		waitFor(c.done, i.limits.grace)
	}
	return c
}

// mustAnswer is broken by a probe that panics, or does not return once its context has ended. Its answer does not matter.
func (i *instance) mustAnswer(when string) *breach {
	for _, p := range i.probes() {
		if b := i.ask(p, when).mustReturn(0, "the end of its context"); b != nil {
			return b
		}
	}
	return nil
}

// mustWork is broken by a service that says that it is not ready, or not healthy, though it is up.
func (i *instance) mustWork() *breach {
	for _, p := range i.probes() {
		if b := i.do(p.name, p.ask); b != nil {
			return b
		}
	}
	return nil
}

// works is mustWork, as a condition.
func (i *instance) works() bool { return i.mustWork() == nil }

// mustNotBeReady is broken by an IsReady that returns nil. One that panics, or does not return, is for other rules.
func (i *instance) mustNotBeReady(when string) *breach {
	c, ok := runner.As[runner.ReadyChecker](i.service)
	if ok && i.ask(probe{"IsReady", c.IsReady}, when).hasSucceeded() {
		return broken("IsReady returned nil %s", when)
	}
	return nil
}

// awaitReady waits until IsReady returns nil, if there is one, or until serving, which may be nil, has failed.
func (i *instance) awaitReady(serving *call) *breach {
	checker, ok := runner.As[runner.ReadyChecker](i.service)
	if !ok {
		return nil
	}
	var last *call
	var b *breach
	ready := eventually(i.limits.patience, func() bool {
		if serving != nil && serving.hasFailed() {
			b = serving.mustNotFail()
			return true
		}
		last, b = i.try("IsReady", checker.IsReady)
		return b != nil || last.hasSucceeded()
	})
	if !ready {
		return broken("IsReady has not returned nil for %v. It returned: %v", i.limits.patience, last.err)
	}
	return b
}

// failures calls Failed, and returns the channel.
func (i *instance) failures(reporter runner.FailureReporter) (<-chan error, *breach) {
	answer := make(chan (<-chan error), 1)
	if b := i.do("Failed", func(context.Context) error {
		answer <- reporter.Failed()
		return nil
	}); b != nil {
		return nil, b
	}
	return <-answer, nil
}

// mustReportNothing is broken by an error in a channel of Failed. A nil channel, and a closed one, report nothing.
func (i *instance) mustReportNothing(failures <-chan error, when string) *breach {
	select {
	case err := <-failures:
		if err != nil {
			return broken("Failed reported an error %s: %v", when, err)
		}
	case <-time.After(i.limits.moment):
	}
	return nil
}
