package promservice

import (
	"context"
	"sync"
	"time"

	"github.com/go-fxservices/services/runner"
)

// checksOf returns the checks that a service has.
func checksOf(s runner.Service) (checks []*check) {
	if ready, ok := runner.As[runner.ReadyChecker](s); ok {
		checks = append(checks, newCheck("ready", ready.IsReady))
	}
	if health, ok := runner.As[runner.HealthChecker](s); ok {
		checks = append(checks, newCheck("health", health.IsHealthy))
	}
	return checks
}

// checkTime is what a scrape waits for checks.
const checkTime = time.Second

// check is IsReady or IsHealthy of a service.
type check struct {
	name string
	ask  func(context.Context) error
	ctx  context.Context // ends when the service is up no more
	end  context.CancelFunc

	mu   sync.Mutex
	call *call // the one that goes on, if there is one
}

// call is one call of a check, for all scrapes that come meanwhile.
type call struct {
	ctx    context.Context
	done   chan struct{}
	passes bool // once done is closed
}

func newCheck(name string, ask func(context.Context) error) *check {
	ctx, end := context.WithCancel(context.Background())
	return &check{name: name, ask: ask, ctx: ctx, end: end}
}

// passes reports whether the check does. One that is out of time does not, as long as it has not answered.
func (c *check) passes() bool {
	call := c.join()
	select {
	case <-call.done:
	case <-call.ctx.Done():
	}
	select {
	case <-call.done:
		return call.passes
	default:
		return false
	}
}

// join returns the call that goes on, or a new one.
func (c *check) join() *call {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.call == nil {
		ctx, end := context.WithTimeout(c.ctx, checkTime)
		c.call = &call{ctx: ctx, done: make(chan struct{})}
		go c.run(c.call, end)
	}
	return c.call
}

// run is the goroutine of a call. A panic of the check is a failure, and so is an end of its goroutine.
func (c *check) run(now *call, end context.CancelFunc) {
	defer end() // last: before it, done tells more
	defer func() {
		_ = recover()
		c.mu.Lock()
		c.call = nil
		c.mu.Unlock()
		close(now.done)
	}()
	now.passes = c.ask(now.ctx) == nil
}
