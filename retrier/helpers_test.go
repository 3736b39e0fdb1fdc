package retrier_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/cenkalti/backoff/v4"

	"github.com/go-fxservices/services/runner"
)

var errRefused = errors.New("connection refused")

// events is what happened, in order.
type events struct {
	mu   sync.Mutex
	list []string
}

func (e *events) add(format string, args ...any) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.list = append(e.list, fmt.Sprintf(format, args...))
}

func (e *events) all() []string {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.list
}

// BeforeRetry makes events a Reporter.
func (e *events) BeforeRetry(_ context.Context, s runner.Service, attempt int) {
	e.add("attempt %d of %s", attempt, s.Name())
}

// failing returns a resource that fails with each of errs in turn, and then
// starts.
func (e *events) failing(name string, errs ...error) runner.Resource {
	return runner.NewResource(name, func(context.Context) error {
		e.add("start %s", name)
		if len(errs) == 0 {
			return nil
		}
		err := errs[0]
		errs = errs[1:]
		return err
	}, func(context.Context) error {
		e.add("stop %s", name)
		return nil
	})
}

// fixed is a backoff of given pauses that then stops; it tells what it is asked.
type fixed struct {
	events *events
	pauses []time.Duration
	given  int
}

func (f *fixed) Reset() {
	f.given = 0
	f.events.add("reset")
}

func (f *fixed) NextBackOff() time.Duration {
	next := backoff.Stop
	if f.given < len(f.pauses) {
		next = f.pauses[f.given]
		f.given++
	}
	f.events.add("next %v", next)
	return next
}
