//go:build unix

package amqpservice_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/contrib/amqpservice"
	"github.com/go-fxservices/services/internal/testing/realserver"
	"github.com/go-fxservices/services/runner"
	"github.com/go-fxservices/services/runner/consumer"
	"github.com/go-fxservices/services/runner/runnertest"
)

// handler notes what it is called with.
type handler struct {
	realserver.Handled
	result func(m amqpservice.Message) error // nil: nil
}

func (h *handler) handle(_ context.Context, m amqpservice.Message) error {
	h.Note(string(m.Body))
	if h.result == nil {
		return nil
	}
	return h.result(m)
}

func TestConsumer(t *testing.T) {
	server := start(t)
	r := started(t, amqpservice.Config{URL: server.AMQPURL(), Queue: "orders"})
	quick := consumer.Pause(func(int) time.Duration { return 10 * time.Millisecond })

	t.Run("keeps the contract", func(t *testing.T) {
		declare(t, r)
		runnertest.TestServer(t, func(*testing.T) runner.Server { return amqpservice.NewConsumer(r, nothing) })
	})

	t.Run("gets a message again that could not be handled, after the user's OnError", func(t *testing.T) {
		channel := declare(t, r)
		boom := errors.New("boom")
		h := &handler{result: func(m amqpservice.Message) error {
			if !m.Redelivered {
				return boom
			}
			return nil
		}}
		var failed []error
		stop := realserver.Listen(t, amqpservice.NewConsumer(r, h.handle, consumer.OnError(
			func(_ context.Context, _ amqpservice.Message, err error) { failed = append(failed, err) })))
		require.NoError(t, publish(t.Context(), channel, "a"))
		h.Await(t, "a", "a")
		stop()
		require.Equal(t, []error{boom}, failed)
	})

	t.Run("gives back what it has got and not handled", func(t *testing.T) {
		channel := declare(t, r)
		require.NoError(t, publish(t.Context(), channel, "a", "b", "c"))
		release := make(chan struct{})
		h := &handler{result: func(amqpservice.Message) error { <-release; return nil }}
		stop := realserver.Listen(t, amqpservice.NewConsumer(r, h.handle))
		h.Await(t, "a")
		time.AfterFunc(10*time.Millisecond, func() { close(release) }) // while Close waits
		stop()
		other := &handler{}
		stop = realserver.Listen(t, amqpservice.NewConsumer(r, other.handle))
		other.Await(t, "b", "c")
		stop()
	})

	t.Run("survives the loss of the server", func(t *testing.T) {
		channel := declare(t, r)
		h := &handler{}
		stop := realserver.Listen(t, amqpservice.NewConsumer(r, h.handle, quick))
		require.NoError(t, publish(t.Context(), channel, "a"))
		h.Await(t, "a")
		server.Stop()
		server.Restart()
		require.Eventually(t, func() bool { return r.IsHealthy(t.Context()) == nil }, time.Minute, 10*time.Millisecond)
		again, err := r.Client().Channel()
		require.NoError(t, err)
		require.NoError(t, again.Confirm(false))
		require.NoError(t, publish(t.Context(), again, "b"))
		h.Await(t, "a", "b")
		stop()
	})

	for want, c := range map[string]func() *consumer.Consumer[amqpservice.Message]{
		"the Config has no Queue": func() *consumer.Consumer[amqpservice.Message] {
			return amqpservice.NewConsumer(started(t, amqpservice.Config{URL: server.AMQPURL()}), nothing)
		},
		"amqp: not started": func() *consumer.Consumer[amqpservice.Message] {
			stopped, err := amqpservice.New(amqpservice.Config{URL: server.AMQPURL(), Queue: "orders"})
			require.NoError(t, err)
			return amqpservice.NewConsumer(stopped, nothing)
		},
		"nil function": func() *consumer.Consumer[amqpservice.Message] { return amqpservice.NewConsumer(r, nil) },
	} {
		t.Run("does not listen: "+want, func(t *testing.T) {
			consumer := c()
			require.ErrorContains(t, consumer.Listen(t.Context()), want)
			require.NoError(t, consumer.Close(t.Context()))
		})
	}

	t.Run("load", func(t *testing.T) {
		channel := declare(t, r)
		realserver.Load(t, func(ctx context.Context, texts []string) error { return publish(ctx, channel, texts...) },
			"AMQP_URL="+server.AMQPURL())
	})
}
