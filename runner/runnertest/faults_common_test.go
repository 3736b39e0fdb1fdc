package runnertest_test

import (
	"context"
	"errors"
	"runtime"
	"sync/atomic"
)

// here is the import path of this package, which stacks show.
const here = "github.com/go-fxservices/services/runner/runnertest_test"

func exit() { runtime.Goexit() }

// wait is work that nobody ends.
func wait() { <-forever }

// method chooses a method of a service.
type method func(*parts) *func(context.Context) error

// commonFaults are those that services of all kinds can have.
func commonFaults(startName string, start method) []fault {
	return []fault{
		{"leaves a goroutine", "leaves no goroutine", "a goroutine still waits in " + here + ".wait (", func(p *parts, _ *worker) {
			inner := *start(p)
			*start(p) = func(ctx context.Context) error {
				if check(ctx) == nil {
					go wait()
				}
				return inner(ctx)
			}
		}},
		{"changes its name", "keeps its name", `Name returned an error: it was "worker", and is "old worker"`, func(p *parts, _ *worker) {
			var begun atomic.Bool
			inner := *start(p)
			*start(p) = func(ctx context.Context) error {
				begun.Store(true)
				return inner(ctx)
			}
			p.name = func() string {
				if begun.Load() {
					return "old worker"
				}
				return "worker"
			}
		}},
		{"panics in Name", "keeps its name", "Name panicked: no name", func(p *parts, _ *worker) {
			p.name = func() string { panic("no name") }
		}},
		{"trusts in the context of " + startName, "survives a nil context", startName + " with a nil context panicked: runtime error",
			func(p *parts, _ *worker) { *start(p) = trusts(*start(p)) }},
		{"trusts in the context of Load", "survives a nil context", "Load with a nil context panicked: runtime error",
			func(p *parts, _ *worker) { p.load = trusts(p.load) }},
		{"trusts in the context of IsHealthy", "survives a nil context", "IsHealthy with a nil context panicked: runtime error",
			func(p *parts, _ *worker) { p.healthy = trusts(p.healthy) }},
		{"reports a failure", "reports failures only", "Failed reported an error while the service worked: lost", func(p *parts, _ *worker) {
			p.failed = func() <-chan error { return oneError() }
		}},
		{"hangs in Failed", "reports failures only", "Failed has not returned 1.5s after it began", func(p *parts, _ *worker) {
			p.failed = func() <-chan error { <-forever; return nil }
		}},
	}
}

// earlyFaults are those that a Server cannot have without others: a Runner asks whether it is ready when Listen has hardly begun.
func earlyFaults(startName string, start method) []fault {
	return []fault{
		{"panics in IsReady before " + startName, "can be asked at any time", "panicked: nobody there", func(p *parts, _ *worker) {
			var asked atomic.Bool
			inner, begin := p.ready, *start(p)
			*start(p) = func(ctx context.Context) error {
				asked.Store(true)
				return begin(ctx)
			}
			p.ready = func(ctx context.Context) error {
				if !asked.Load() {
					panic("nobody there")
				}
				return inner(ctx)
			}
		}},
	}
}

// commonStopFaults are those that services with a method to stop can have. ready, healthy and again are the names of rules.
func commonStopFaults(ready, healthy, startName, stopName string, start, stop method) []fault {
	return []fault{
		{"trusts in the context of " + stopName, "survives a nil context", stopName + " with a nil context panicked: runtime error",
			func(p *parts, _ *worker) { *stop(p) = trusts(*stop(p)) }},
		{"is ready before " + startName, ready, "IsReady returned nil before " + startName, func(p *parts, _ *worker) {
			p.ready = check
		}},
		{"is ready after " + stopName, ready, "IsReady returned nil after " + stopName, func(p *parts, _ *worker) {
			var begun atomic.Bool
			inner, begin := p.ready, *start(p)
			*start(p) = func(ctx context.Context) error {
				begun.Store(true)
				return begin(ctx)
			}
			p.ready = func(ctx context.Context) error {
				if begun.Load() {
					return check(ctx)
				}
				return inner(ctx)
			}
		}},
		{"is not healthy", healthy, "IsHealthy returned an error: connection refused", func(p *parts, _ *worker) {
			p.healthy = fails
		}},
		{"panics in IsHealthy after " + stopName, "can be asked at any time", "panicked: nobody there", func(p *parts, _ *worker) {
			var stopped atomic.Bool
			end := *stop(p)
			*stop(p) = func(ctx context.Context) error {
				err := end(ctx)
				stopped.Store(true)
				return err
			}
			p.healthy = func(ctx context.Context) error {
				if stopped.Load() {
					panic("nobody there")
				}
				return check(ctx)
			}
		}},
		{"reports its end", "reports failures only", "Failed reported an error when the service had started again: lost",
			func(p *parts, _ *worker) {
				failures := make(chan error, 10)
				p.failed = func() <-chan error { return failures }
				end := *stop(p)
				*stop(p) = func(ctx context.Context) error {
					failures <- errLost
					return end(ctx)
				}
			}},
	}
}

var errLost = errors.New("lost")

func oneError() <-chan error {
	failures := make(chan error, 1)
	failures <- errLost
	return failures
}

// forever is a channel that nobody closes.
var forever chan struct{}

func hangs(context.Context) error { <-forever; return nil }

func fails(context.Context) error { return errors.New("connection refused") }

// ignores is a method that blocks for good once its context has ended.
func ignores(method func(context.Context) error) func(context.Context) error {
	return func(ctx context.Context) error {
		if ctx != nil && ctx.Err() != nil {
			<-forever
		}
		return method(ctx)
	}
}

// hides is a method whose error does not say that its context has ended.
func hides(method func(context.Context) error) func(context.Context) error {
	return func(ctx context.Context) error {
		err := method(ctx)
		if err != nil {
			err = errors.New("could not connect: " + err.Error())
		}
		return err
	}
}

// trusts is a method that takes for granted that there is a context.
func trusts(method func(context.Context) error) func(context.Context) error {
	return func(ctx context.Context) error {
		_ = ctx.Err()
		return method(ctx)
	}
}
