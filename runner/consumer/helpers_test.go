package consumer_test

import (
	"context"
	"errors"
	"runtime"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/internal/testing/journal"
	"github.com/go-fxservices/services/runner"
	"github.com/go-fxservices/services/runner/consumer"
)

var errBoom = errors.New("boom")

// inBubble is a subtest in a bubble of fake time, which fails if a goroutine is left behind.
func inBubble(t *testing.T, name string, test func(t *testing.T)) {
	t.Helper()
	t.Run(name, func(t *testing.T) { synctest.Test(t, test) })
}

// listen calls Listen. The channel gets the result.
func listen(ctx context.Context, s runner.Server) <-chan error {
	result := make(chan error, 1)
	go func() { result <- s.Listen(ctx) }()
	return result
}

// start calls Listen, and returns once the server waits for something.
func start(t *testing.T, s runner.Server) <-chan error {
	t.Helper()
	result := listen(t.Context(), s)
	synctest.Wait()
	return result
}

// closeWithin calls Close with a budget.
func closeWithin(d time.Duration, s runner.Server) error {
	ctx, cancel := context.WithTimeout(context.Background(), d)
	defer cancel()
	return s.Close(ctx)
}

// requireClosed expects a clean stop.
func requireClosed(t *testing.T, s runner.Server, listening <-chan error) {
	t.Helper()
	require.NoError(t, closeWithin(time.Hour, s))
	require.NoError(t, <-listening)
}

// ended returns a context that has ended.
func ended() context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	return ctx
}

// A queue returns its messages one after the other, and then waits for more.
type queue chan int

func newQueue(messages ...int) queue {
	q := make(queue, 100)
	for _, message := range messages {
		q <- message
	}
	return q
}

func (q queue) receive(ctx context.Context) (int, error) {
	select {
	case message := <-q:
		return message, nil
	default:
	}
	select {
	case message := <-q:
		return message, nil
	case <-ctx.Done():
		return 0, ctx.Err()
	}
}

// script returns what its functions return, one after the other, and then waits for the end.
func script(steps ...func(context.Context) (int, error)) func(context.Context) (int, error) {
	return func(ctx context.Context) (int, error) {
		if len(steps) == 0 {
			<-ctx.Done()
			return 0, ctx.Err()
		}
		step := steps[0]
		steps = steps[1:]
		return step(ctx)
	}
}

func message(n int) func(context.Context) (int, error) {
	return func(context.Context) (int, error) { return n, nil }
}

func failure(err error) func(context.Context) (int, error) {
	return func(context.Context) (int, error) { return 0, err }
}

func panics(value any) func(context.Context) (int, error) {
	return func(context.Context) (int, error) { panic(value) }
}

func exits(context.Context) (int, error) {
	runtime.Goexit()
	return 0, nil
}

// late returns a message d after the end of the context.
func late(n int, d time.Duration) func(context.Context) (int, error) {
	return func(ctx context.Context) (int, error) {
		<-ctx.Done()
		time.Sleep(d)
		return n, nil
	}
}

// takes handles a message in that time, whatever its context says.
func takes(d time.Duration) func(context.Context, int) error {
	return func(context.Context, int) error {
		time.Sleep(d)
		return nil
	}
}

// untilCut handles a message until its context ends.
func untilCut(ctx context.Context, _ int) error {
	<-ctx.Done()
	return ctx.Err()
}

// notes returns a handle that notes each message.
func notes(j *journal.Journal) func(context.Context, int) error {
	return func(_ context.Context, n int) error {
		j.Note("handle %d", n)
		return nil
	}
}

// notesErrors is an OnError that notes each message and its error.
func notesErrors(j *journal.Journal) consumer.Option {
	return consumer.OnError(func(_ context.Context, n int, err error) { j.Note("%d: %v", n, err) })
}

// clock notes when something happened, since it was made.
type clock struct{ began time.Time }

func newClock() clock                  { return clock{time.Now()} }
func (c clock) elapsed() time.Duration { return time.Since(c.began) }
func (c clock) requireElapsed(t *testing.T, want time.Duration) {
	t.Helper()
	require.Equal(t, want, c.elapsed())
}

// requirePanic expects a PanicError in err.
func requirePanic(t *testing.T, err error) {
	t.Helper()
	_ = panicIn(t, err)
}

// panicIn returns the PanicError in err.
func panicIn(t *testing.T, err error) *runner.PanicError {
	t.Helper()
	var p *runner.PanicError
	require.ErrorAs(t, err, &p)
	require.Contains(t, string(p.Stack), "consumer")
	return p
}
