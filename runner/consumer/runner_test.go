package consumer_test

import (
	"context"
	"runtime"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cenkalti/backoff/v4"
	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/internal/testing/journal"
	"github.com/go-fxservices/services/retrier"
	"github.com/go-fxservices/services/runner"
	"github.com/go-fxservices/services/runner/consumer"
)

// newRunner makes a Runner without signals, which cannot be received in a bubble.
func newRunner(opts ...runner.StarterOption) *runner.Runner {
	return runner.NewRunner(append([]runner.StarterOption{runner.WithSignals()}, opts...)...)
}

// run calls Run, and returns once all is up.
func run(t *testing.T, r *runner.Runner, services ...runner.Service) <-chan error {
	t.Helper()
	result := make(chan error, 1)
	go func() { result <- r.Run(t.Context(), services...) }()
	time.Sleep(ms(100)) // IsReady is called every few milliseconds
	synctest.Wait()
	return result
}

func TestRunner(t *testing.T) {
	inBubble(t, "finishes what is in hand before it stops the resources", func(t *testing.T) {
		var j journal.Journal
		db := runner.NewResource("db", noting(&j, "start db", nil), noting(&j, "stop db", nil))
		q := newQueue(1, 2, 3)
		c := consumer.New("orders", q.receive, func(ctx context.Context, n int) error {
			time.Sleep(10 * time.Second)
			return notes(&j)(ctx, n)
		}, notesSession(&j, "group"), consumer.Workers(2))
		r := newRunner()
		require.NoError(t, r.Run(t.Context(), db))
		running := run(t, r, c)
		require.Equal(t, runner.StateReady, r.State())
		require.NoError(t, r.Finish(t.Context()))
		require.NoError(t, <-running)
		lines := j.Lines()
		require.Equal(t, []string{"start db", "open group"}, lines[:2])
		require.ElementsMatch(t, []string{"handle 1", "handle 2"}, lines[2:4])
		require.Equal(t, []string{"close group", "stop db"}, lines[4:])
		require.Len(t, q, 1)
	})

	inBubble(t, "waits for the first receive", func(t *testing.T) {
		c := consumer.New("orders", newQueue().receive, ignore, consumer.Session(lasts(time.Minute), succeeds))
		r := newRunner()
		running := run(t, r, c)
		require.Equal(t, runner.StateStarting, r.State())
		time.Sleep(time.Minute)
		require.Equal(t, runner.StateReady, r.State())
		require.NoError(t, r.Finish(t.Context()))
		require.NoError(t, <-running)
	})

	inBubble(t, "says how many messages the stop timeout has cut off, and those are given back", func(t *testing.T) {
		var j journal.Journal
		c := consumer.New("orders", newQueue(1, 2).receive, untilCut, consumer.Workers(2),
			consumer.OnError(func(ctx context.Context, n int, _ error) { j.Note("give back: %v", ctx.Err()) }))
		r := newRunner(runner.WithStopTimeout(time.Second))
		running := run(t, r, c)
		require.NoError(t, r.Finish(t.Context()))
		err := <-running
		require.EqualError(t, err, `close "orders": timed out after 1s: 2 messages cut off`)
		require.ErrorIs(t, err, runner.ErrStopTimeout)
		var cut *consumer.CutOffError
		require.ErrorAs(t, err, &cut)
		require.Equal(t, "give back: <nil>, give back: <nil>", j.String())
	})

	inBubble(t, "names a consumer whose handle ignores the stop timeout", func(t *testing.T) {
		c := consumer.New("orders", newQueue(1).receive, takes(time.Minute))
		r := newRunner(runner.WithStopTimeout(time.Second))
		running := run(t, r, c)
		require.NoError(t, r.Finish(t.Context()))
		err := <-running
		require.ErrorContains(t, err, `close "orders": timed out after 1s: 1 message cut off, still being handled`)
		require.ErrorContains(t, err, `listen "orders": timed out after 1s, abandoned after 1.`)
		require.ErrorIs(t, r.Run(t.Context(), c), runner.ErrStillRunning)
		time.Sleep(time.Minute)
		synctest.Wait()
		running = run(t, r, c)
		require.NoError(t, r.Finish(t.Context()))
		require.NoError(t, <-running)
	})

	t.Run("shows the stack of a handle that ignores the stop timeout", func(t *testing.T) {
		release, handling := make(chan struct{}), make(chan struct{})
		c := consumer.New("orders", newQueue(1).receive, func(context.Context, int) error {
			close(handling)
			<-release
			return nil
		})
		r := newRunner(runner.WithStopTimeout(ms(10)))
		require.NoError(t, r.Start(t.Context(), c))
		<-handling
		err := r.Finish(t.Context())
		require.ErrorContains(t, err, `close "orders": timed out after 10ms`)
		require.Contains(t, stacksIn(err), "TestRunner", "that is where handle is")
		close(release)
		for c.Listen(ended()) != nil { // it can listen again once the message is handled
			runtime.Gosched()
		}
	})

	inBubble(t, "ends with a failure that is fatal, and lets the message in hand be finished", func(t *testing.T) {
		var j journal.Journal
		q := newQueue(1)
		receive := script(q.receive, failure(errBoom))
		c := consumer.New("orders", receive, func(ctx context.Context, n int) error {
			time.Sleep(10 * time.Second)
			return notes(&j)(ctx, n)
		}, consumer.Workers(2), consumer.FatalError(isBoom), notesSession(&j, "group"))
		r := newRunner()
		err := r.Run(t.Context(), c)
		require.EqualError(t, err, `listen "orders": receive: boom`)
		require.ErrorIs(t, err, errBoom)
		require.Equal(t, "open group, handle 1, close group", j.String())
		require.NoError(t, r.Finish(t.Context()))
		require.Equal(t, "open group, handle 1, close group", j.String())
	})

	inBubble(t, "does not start a consumer that is made wrongly, or whose Session cannot be opened", func(t *testing.T) {
		r := newRunner()
		err := r.Run(t.Context(), consumer.New[int]("orders", nil, ignore))
		require.EqualError(t, err, `listen "orders": receive: nil function`)
		var j journal.Journal
		err = r.Run(t.Context(), consumer.New("orders", newQueue().receive, ignore,
			consumer.Session(noting(&j, "open", errBoom), noting(&j, "close", nil))))
		require.EqualError(t, err, `listen "orders": open session: boom`)
		require.Equal(t, "open", j.String())
		require.NoError(t, r.Finish(t.Context()))
	})

	inBubble(t, "stops at once a consumer that pauses, and one that polls a dead broker", func(t *testing.T) {
		failing := consumer.New("failing", failure(errBoom), ignore, consumer.Pause(func(int) time.Duration { return time.Hour }))
		stuck := consumer.New("stuck", func(context.Context) (int, error) {
			time.Sleep(time.Minute)
			return 0, consumer.ErrNone
		}, ignore)
		r := newRunner(runner.WithStopTimeout(time.Second))
		running := run(t, r, failing, stuck)
		clock := newClock()
		require.NoError(t, r.Finish(t.Context()))
		err := <-running
		require.ErrorContains(t, err, `close "stuck": timed out after 1s: receive has not returned`)
		require.NotContains(t, err.Error(), `"failing"`)
		require.Less(t, clock.elapsed(), 2*time.Second)
		time.Sleep(time.Minute)
	})

	inBubble(t, "has it again after Finish", func(t *testing.T) {
		q := newQueue()
		c := consumer.New("orders", q.receive, ignore)
		r := newRunner()
		for n := range 3 {
			running := run(t, r, c)
			q <- n
			synctest.Wait()
			require.NoError(t, r.Finish(t.Context()))
			require.NoError(t, <-running)
		}
		require.Equal(t, consumer.Stats{Received: 3, Handled: 3}, c.Stats())
	})
}

// stacksIn returns the stacks of all TimeoutErrors in err.
func stacksIn(err error) (stacks string) {
	if timeout, ok := err.(*runner.TimeoutError); ok { //nolint:errorlint // this walks the tree
		stacks = string(timeout.Stack)
	}
	switch wrapper := err.(type) { //nolint:errorlint // this walks the tree
	case interface{ Unwrap() error }:
		stacks += stacksIn(wrapper.Unwrap())
	case interface{ Unwrap() []error }:
		for _, err := range wrapper.Unwrap() {
			stacks += stacksIn(err)
		}
	}
	return stacks
}

func TestRetrier(t *testing.T) {
	inBubble(t, "restarts a consumer with its Session after a failure", func(t *testing.T) {
		var j journal.Journal
		receive := script(message(1), failure(errBoom), message(2))
		c := consumer.New("orders", receive, notes(&j), consumer.FatalError(isBoom), notesSession(&j, "group"))
		restarted := retrier.New().Backoff(backoff.NewConstantBackOff(time.Second)).Restarts(3, time.Minute).BuildServer(c)
		r := newRunner()
		running := run(t, r, restarted)
		time.Sleep(2 * time.Second)
		require.NoError(t, r.Finish(t.Context()))
		require.NoError(t, <-running)
		require.Equal(t, "open group, handle 1, close group, open group, handle 2, close group", j.String())
	})
}
