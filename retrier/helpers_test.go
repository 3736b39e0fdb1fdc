package retrier_test

import (
	"context"
	"errors"
	"net"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cenkalti/backoff/v4"

	"github.com/go-fxservices/services/internal/testing/journal"
	"github.com/go-fxservices/services/retrier"
	"github.com/go-fxservices/services/runner"
)

var errRefused = errors.New("connection refused")

// events is a journal that is a Reporter too.
type events struct{ journal.Journal }

// BeforeRetry makes events a Reporter.
func (e *events) BeforeRetry(_ context.Context, s runner.Service, attempt int) {
	e.Note("attempt %d of %s", attempt, s.Name())
}

// failing returns a resource that fails with each of errs in turn, and then
// starts.
func (e *events) failing(name string, errs ...error) runner.Resource {
	return e.Resource(name, func(context.Context) error {
		if len(errs) == 0 {
			return nil
		}
		err := errs[0]
		errs = errs[1:]
		return err
	})
}

// script is a server whose Listen does the given steps in turn, and then blocks
// until Close.
type script struct {
	events *events
	steps  []func(context.Context) error
	closed chan struct{}
}

func (e *events) server(steps ...func(context.Context) error) *script {
	return &script{events: e, steps: steps, closed: make(chan struct{})}
}

func (*script) Name() string { return "api" }

func (s *script) Listen(ctx context.Context) error {
	s.events.Note("listen api")
	if len(s.steps) > 0 {
		step := s.steps[0]
		s.steps = s.steps[1:]
		return step(ctx)
	}
	<-s.closed
	return net.ErrClosed
}

func (s *script) Close(context.Context) error {
	s.events.Note("close api")
	close(s.closed)
	return nil
}

var (
	fails        = journal.Fails(errRefused)
	exits        = journal.Exits
	inBackground = journal.Nothing
)

func panics(context.Context) error { panic("boom") }

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
	f.events.Note("reset")
}

func (f *fixed) NextBackOff() time.Duration {
	next := backoff.Stop
	if f.given < len(f.pauses) {
		next = f.pauses[f.given]
		f.given++
	}
	f.events.Note("next %v", next)
	return next
}
