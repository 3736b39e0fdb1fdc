package retrier_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"runtime"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cenkalti/backoff/v4"

	"github.com/go-fxservices/services/internal/retryevents"
	"github.com/go-fxservices/services/retrier"
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

// told makes events a Reporter of failures too.
type told struct{ *events }

func (t told) RetryFailed(_ context.Context, s runner.Service, attempt int, err error, pause time.Duration) {
	t.add("attempt %d of %s: %v, next in %v", attempt, s.Name(), err, pause)
}

// receiver is what a Runner puts into its contexts.
type receiver struct{ told told }

var _ retryevents.Receiver = receiver{}

func (r receiver) BeforeRetry(ctx context.Context, s retryevents.Service, attempt int) {
	r.told.BeforeRetry(ctx, s, attempt)
}

func (r receiver) RetryFailed(ctx context.Context, s retryevents.Service, attempt int, err error, pause time.Duration) {
	r.told.RetryFailed(ctx, s, attempt, err, pause)
}

// received returns a context like that of a Runner, which tells e.
func (e *events) received(ctx context.Context) context.Context {
	return context.WithValue(ctx, retryevents.Key{}, receiver{told{e}})
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

// script is a server whose Listen does the given steps in turn, and then blocks
// until Close. It can be listened to again after that.
type script struct {
	events *events
	steps  []func(context.Context) error

	mu     sync.Mutex
	closed chan struct{} // of the next Close
}

func (e *events) server(steps ...func(context.Context) error) *script {
	return &script{events: e, steps: steps, closed: make(chan struct{})}
}

func (*script) Name() string { return "api" }

func (s *script) Listen(ctx context.Context) error {
	s.events.add("listen api")
	if len(s.steps) > 0 {
		step := s.steps[0]
		s.steps = s.steps[1:]
		return step(ctx)
	}
	s.mu.Lock()
	closed := s.closed
	s.mu.Unlock()
	<-closed
	return net.ErrClosed
}

func (s *script) Close(context.Context) error {
	s.events.add("close api")
	s.mu.Lock()
	defer s.mu.Unlock()
	close(s.closed)
	s.closed = make(chan struct{})
	return nil
}

func fails(context.Context) error { return errRefused }

func panics(context.Context) error { panic("boom") }

func exits(context.Context) error {
	runtime.Goexit()
	return nil
}

func inBackground(context.Context) error { return nil }

// failsAfter is for bubbles.
func failsAfter(d time.Duration) func(context.Context) error {
	return func(context.Context) error {
		time.Sleep(d)
		return errRefused
	}
}

// everySecond restarts servers after a pause of one second.
func everySecond(n int, window time.Duration) *retrier.Builder {
	return retrier.New().Backoff(backoff.NewConstantBackOff(time.Second)).Restarts(n, window)
}

// async calls fn on a goroutine of its own, and returns what gets its error.
func async(fn func() error) <-chan error {
	result := make(chan error, 1)
	go func() { result <- fn() }()
	return result
}

// inBubble is t.Run with the time of synctest.
func inBubble(t *testing.T, name string, test func(*testing.T)) {
	t.Helper()
	t.Run(name, func(t *testing.T) { synctest.Test(t, test) })
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
