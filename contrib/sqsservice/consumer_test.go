//go:build unix

package sqsservice_test

import (
	"context"
	"errors"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/contrib/sqsservice"
	"github.com/go-fxservices/services/internal/testing/realserver"
	"github.com/go-fxservices/services/runner"
	"github.com/go-fxservices/services/runner/consumer"
	"github.com/go-fxservices/services/runner/runnertest"
)

func nothing(context.Context, sqsservice.Message) error { return nil }

func TestLoad(t *testing.T) {
	_, endpoint := start(t)
	r := started(t, queue(endpoint, 0))
	realserver.Load(t, func(ctx context.Context, texts []string) error { return publish(ctx, r, endpoint, texts...) }, "SQS_ENDPOINT="+endpoint)
}

func TestConsumerContract(t *testing.T) {
	_, endpoint := start(t)
	r := started(t, queue(endpoint, 0))
	runnertest.TestServer(t, func(*testing.T) runner.Server { return sqsservice.NewConsumer(r, nothing) })
}

// handler notes what it is called with.
type handler struct {
	realserver.Handled
	result func(ctx context.Context, m sqsservice.Message) error // nil: nil
}

func (h *handler) handle(ctx context.Context, m sqsservice.Message) error {
	h.Note(aws.ToString(m.Body))
	if h.result == nil {
		return nil
	}
	return h.result(ctx, m)
}

func TestConsumer(t *testing.T) {
	// What is lost would come again after an hour, and so be missing.
	begin := func(t *testing.T) (f *fake, r *sqsservice.Resource, send func(texts ...string)) {
		t.Helper()
		f, endpoint := start(t)
		r = started(t, queue(endpoint, time.Hour))
		return f, r, func(texts ...string) { require.NoError(t, publish(t.Context(), r, endpoint, texts...)) }
	}

	t.Run("gets a message again at once that could not be handled, after the user's OnError", func(t *testing.T) {
		f, r, send := begin(t)
		boom := errors.New("boom")
		h := &handler{result: func(_ context.Context, m sqsservice.Message) error {
			if m.Attributes["ApproximateReceiveCount"] == "1" {
				return boom
			}
			return nil
		}}
		var failed []error
		stop := realserver.Listen(t, sqsservice.NewConsumer(r, h.handle, consumer.OnError(
			func(_ context.Context, _ sqsservice.Message, err error) { failed = append(failed, err) })))
		send("a")
		h.Await(t, "a", "a")
		stop()
		require.Equal(t, []error{boom}, failed)
		require.Zero(t, f.left())
	})

	t.Run("extends the visibility timeout of what it has", func(t *testing.T) {
		f, endpoint := start(t)
		r := started(t, queue(endpoint, time.Second))
		h := &handler{result: func(ctx context.Context, _ sqsservice.Message) error {
			select {
			case <-time.After(1500 * time.Millisecond):
			case <-ctx.Done():
			}
			return nil
		}}
		stop := realserver.Listen(t, sqsservice.NewConsumer(r, h.handle, consumer.Workers(3))) // one looks for what is visible
		require.NoError(t, publish(t.Context(), r, endpoint, "a", "b"))
		require.Eventually(t, func() bool { return f.left() == 0 }, time.Minute, time.Millisecond)
		stop()
		require.ElementsMatch(t, []string{"a", "b"}, h.All())
	})

	t.Run("gives back what it has received and not handled", func(t *testing.T) {
		f, r, send := begin(t)
		send("a", "b", "c")
		release := make(chan struct{})
		h := &handler{result: func(context.Context, sqsservice.Message) error { <-release; return nil }}
		stop := realserver.Listen(t, sqsservice.NewConsumer(r, h.handle))
		h.Await(t, "a")
		time.AfterFunc(10*time.Millisecond, func() { close(release) }) // while Close waits
		stop()
		other := &handler{}
		stop = realserver.Listen(t, sqsservice.NewConsumer(r, other.handle))
		other.Await(t, "b", "c")
		stop()
		require.Zero(t, f.left())
	})

	t.Run("leaves no message behind when it closes while it waits for one", func(t *testing.T) {
		f, r, send := begin(t)
		h := &handler{}
		var publishing sync.WaitGroup
		const messages = 400
		publishing.Go(func() {
			for i := range messages {
				send(strconv.Itoa(i))
			}
		})
		for i := range 20 {
			stop := realserver.Listen(t, sqsservice.NewConsumer(r, h.handle, consumer.Workers(4)))
			require.Eventually(t, func() bool { return len(h.All()) > i*messages/25 }, time.Minute, time.Millisecond)
			stop()
		}
		publishing.Wait()
		stop := realserver.Listen(t, sqsservice.NewConsumer(r, h.handle))
		require.Eventually(t, func() bool { return f.left() == 0 }, time.Minute, time.Millisecond)
		stop()
		require.Len(t, h.All(), messages, "each once")
	})

	for want, c := range map[string]func(t *testing.T) *consumer.Consumer[sqsservice.Message]{
		"sqs: not started": func(t *testing.T) *consumer.Consumer[sqsservice.Message] {
			t.Helper()
			_, endpoint := start(t)
			stopped, err := sqsservice.New(queue(endpoint, 0))
			require.NoError(t, err)
			return sqsservice.NewConsumer(stopped, nothing)
		},
		"nil function": func(t *testing.T) *consumer.Consumer[sqsservice.Message] {
			t.Helper()
			_, endpoint := start(t)
			return sqsservice.NewConsumer(started(t, queue(endpoint, 0)), nil)
		},
	} {
		t.Run("does not listen: "+want, func(t *testing.T) {
			consumer := c(t)
			require.ErrorContains(t, consumer.Listen(t.Context()), want)
			require.NoError(t, consumer.Close(t.Context()))
		})
	}
}
