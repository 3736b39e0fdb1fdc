package runner_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/runner"
)

var (
	errBoom    = errors.New("boom")
	errOther   = errors.New("other")
	errRefused = errors.New("refused")
)

// call is the code of one step of a service.
type call = func(context.Context) error

// inBubble is t.Run with the time of synctest.
func inBubble(t *testing.T, name string, test func(*testing.T)) {
	t.Helper()
	t.Run(name, func(t *testing.T) { synctest.Test(t, test) })
}

// newRunner makes a Runner without signals: a real one must not get into a bubble.
func newRunner(opts ...runner.StarterOption) *runner.Runner {
	return runner.NewRunner(append([]runner.StarterOption{runner.WithSignals()}, opts...)...)
}

// finish finishes r and requires that nothing goes wrong.
func finish(t *testing.T, r *runner.Runner) {
	t.Helper()
	require.NoError(t, r.Finish(t.Context()))
}

// async calls fn on a goroutine of its own, and returns what waits for its error.
func async(fn func() error) (wait func() error) {
	result := make(chan error, 1)
	go func() { result <- fn() }()
	return sync.OnceValue(func() error { return <-result })
}

// running lets r run services, and returns once they are started and all that is
// left is to wait. It is for bubbles.
func running(t *testing.T, r *runner.Runner, services ...runner.Service) (wait func() error) {
	t.Helper()
	wait = async(func() error { return r.Run(t.Context(), services...) })
	synctest.Wait()
	return wait
}

// names returns what r has started.
func names(r *runner.Runner) []string {
	started := []string{}
	for _, status := range r.Services() {
		started = append(started, status.Name)
	}
	return started
}

// journal is what happened, in order.
type journal struct {
	mu    sync.Mutex
	lines []string
}

func (j *journal) note(format string, args ...any) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.lines = append(j.lines, fmt.Sprintf(format, args...))
}

func (j *journal) all() []string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return slices.Clone(j.lines)
}

// sorted is all for events whose order is not defined.
func (j *journal) sorted() []string {
	lines := j.all()
	slices.Sort(lines)
	return lines
}

// notes returns a call that notes what it is, and then does what the given calls
// do, until one fails.
func (j *journal) notes(what string, then ...call) call {
	return func(ctx context.Context) error {
		j.note("%s", what)
		for _, do := range then {
			if err := do(ctx); err != nil {
				return err
			}
		}
		return nil
	}
}

// resource returns a Resource that notes its calls; start is what Start does.
func (j *journal) resource(name string, start ...call) runner.Resource {
	return runner.NewResource(name, j.notes("start "+name, start...), j.notes("stop "+name))
}

// stopping returns a Resource that notes its calls; stop is what Stop does.
func (j *journal) stopping(name string, stop ...call) runner.Resource {
	return runner.NewResource(name, j.notes("start "+name), j.notes("stop "+name, stop...))
}

// server returns a Server that listens until its context ends, and notes its
// calls; done is what it does before it returns.
func (j *journal) server(name string, done ...call) runner.Server {
	return runner.NewServer(name,
		j.notes("listen "+name, append([]call{untilEnd}, done...)...),
		j.notes("close "+name))
}

// untilEnd waits for the end of its context, as a server does whose context is
// all that ends it.
func untilEnd(ctx context.Context) error {
	<-ctx.Done()
	return nil
}

// waits returns the error of its context once that has ended.
func waits(ctx context.Context) error {
	<-ctx.Done()
	return ctx.Err()
}

func fails(err error) call { return func(context.Context) error { return err } }

func panics(value any) call { return func(context.Context) error { panic(value) } }

// takes lasts d whatever becomes of its context. It is for bubbles.
func takes(d time.Duration) call {
	return func(context.Context) error {
		time.Sleep(d)
		return nil
	}
}

// until blocks until release is closed, whatever becomes of its context.
func until(release <-chan struct{}) call {
	return func(context.Context) error {
		<-release
		return nil
	}
}

// stuck blocks until the test is over, and then fails: a call that succeeds so late
// would be undone.
func stuck(t *testing.T) call {
	t.Helper()
	over := make(chan struct{})
	t.Cleanup(func() { close(over) })
	return func(context.Context) error {
		<-over
		return errOther
	}
}

// loading makes s Configurable.
func loading(s runner.Service, load call) runner.Service { return &loader{Service: s, load: load} }

type loader struct {
	runner.Service
	load call
}

func (l *loader) Load(ctx context.Context) error { return l.load(ctx) }
func (l *loader) Unwrap() runner.Service         { return l.Service }

// checked makes s a ReadyChecker.
func checked(s runner.Service, isReady call) runner.Service {
	return &checker{Service: s, isReady: isReady}
}

type checker struct {
	runner.Service
	isReady call
}

func (c *checker) IsReady(ctx context.Context) error { return c.isReady(ctx) }
func (c *checker) Unwrap() runner.Service            { return c.Service }

// noting is a Resource whose instances cannot be told apart.
type noting struct {
	*journal
	name string
}

func (n noting) Name() string                    { return n.name }
func (n noting) Start(ctx context.Context) error { return n.notes("start " + n.name)(ctx) }
func (n noting) Stop(ctx context.Context) error  { return n.notes("stop " + n.name)(ctx) }
