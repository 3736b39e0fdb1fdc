//go:build unix

package natsservice_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/contrib/natsservice"
	"github.com/go-fxservices/services/internal/testing/realserver"
	"github.com/go-fxservices/services/runner"
	"github.com/go-fxservices/services/runner/consumer"
	"github.com/go-fxservices/services/runner/runnertest"
)

func TestLoad(t *testing.T) {
	server := start(t)
	js := broker(t, started(t, natsservice.Config{URL: server.NATSURL()}))
	configure := func(ctx context.Context, wait time.Duration) error {
		_, err := js.CreateOrUpdateConsumer(ctx, "ORDERS", jetstream.ConsumerConfig{
			Durable: "shipping", AckPolicy: jetstream.AckExplicitPolicy, AckWait: wait,
		})
		return err
	}
	realserver.Load(t, func(ctx context.Context, texts []string) error {
		wait := time.Hour // what a clean stop leaves behind would be missing
		if strings.HasPrefix(texts[0], "killed") {
			wait = 2 * time.Second // what a killed process had comes again
		}
		return errors.Join(configure(ctx, wait), publish(ctx, js, texts))
	}, "NATS_URL="+server.NATSURL())
}

func nothing(context.Context, natsservice.Message) error { return nil }

func TestConsumerContract(t *testing.T) {
	server := start(t)
	r := started(t, orders(server.NATSURL()))
	broker(t, r)
	runnertest.TestServer(t, func(*testing.T) runner.Server { return natsservice.NewConsumer(r, nothing) })
}

// handler notes what it is called with.
type handler struct {
	realserver.Handled
	result func(ctx context.Context, text string, times int) error // nil: nil
}

func (h *handler) handle(ctx context.Context, m natsservice.Message) error {
	text := string(m.Data())
	times := h.Note(text)
	if h.result == nil {
		return nil
	}
	return h.result(ctx, text, times)
}

func TestConsumer(t *testing.T) {
	server := start(t)
	config := orders(server.NATSURL())
	config.Options = []nats.Option{nats.ReconnectWait(20 * time.Millisecond)}
	r := started(t, config)
	js := broker(t, r)
	fresh := func(t *testing.T, config jetstream.ConsumerConfig) {
		t.Helper()
		require.NoError(t, errors.Join(js.DeleteStream(t.Context(), "ORDERS")))
		broker(t, r)
		config.Durable, config.AckPolicy = "shipping", jetstream.AckExplicitPolicy
		_, err := js.CreateConsumer(t.Context(), "ORDERS", config)
		require.NoError(t, err)
	}
	pending := func(t *testing.T) (unacknowledged, unread int) {
		t.Helper()
		c, err := js.Consumer(t.Context(), "ORDERS", "shipping")
		require.NoError(t, err)
		return c.CachedInfo().NumAckPending, int(c.CachedInfo().NumPending)
	}

	t.Run("makes a Durable that does not exist", func(t *testing.T) {
		h := &handler{}
		stop := realserver.Listen(t, natsservice.NewConsumer(r, h.handle))
		require.NoError(t, publish(t.Context(), js, []string{"a", "b"}))
		h.Await(t, "a", "b")
		stop()
		unacknowledged, unread := pending(t)
		require.Equal(t, [2]int{}, [2]int{unacknowledged, unread})
	})

	t.Run("gets a message again at once that could not be handled, after the user's OnError", func(t *testing.T) {
		fresh(t, jetstream.ConsumerConfig{})
		boom := errors.New("boom")
		h := &handler{result: func(_ context.Context, _ string, times int) error {
			if times == 1 {
				return boom
			}
			return nil
		}}
		var failed []error
		c := natsservice.NewConsumer(r, h.handle, consumer.OnError(func(_ context.Context, _ natsservice.Message, err error) { failed = append(failed, err) }))
		stop := realserver.Listen(t, c)
		require.NoError(t, publish(t.Context(), js, []string{"a"}))
		h.Await(t, "a", "a")
		stop()
		require.Equal(t, []error{boom}, failed)
	})

	t.Run("tells the server while a message is handled for longer than AckWait", func(t *testing.T) {
		fresh(t, jetstream.ConsumerConfig{AckWait: 300 * time.Millisecond})
		h := &handler{result: func(ctx context.Context, _ string, _ int) error {
			select {
			case <-time.After(time.Second):
			case <-ctx.Done():
			}
			return nil
		}}
		stop := realserver.Listen(t, natsservice.NewConsumer(r, h.handle))
		require.NoError(t, publish(t.Context(), js, []string{"a", "b"}))
		h.Await(t, "a", "b")
		stop()
		unacknowledged, _ := pending(t)
		require.Zero(t, unacknowledged)
	})

	t.Run("gives back what it has fetched and not handled", func(t *testing.T) {
		fresh(t, jetstream.ConsumerConfig{AckWait: time.Hour})
		require.NoError(t, publish(t.Context(), js, []string{"a", "b", "c"}))
		release := make(chan struct{})
		h := &handler{result: func(context.Context, string, int) error { <-release; return nil }}
		stop := realserver.Listen(t, natsservice.NewConsumer(r, h.handle))
		h.Await(t, "a")
		time.AfterFunc(10*time.Millisecond, func() { close(release) }) // while Close waits
		stop()
		other := &handler{}
		stop = realserver.Listen(t, natsservice.NewConsumer(r, other.handle))
		other.Await(t, "b", "c")
		stop()
	})

	t.Run("survives the loss of the server", func(t *testing.T) {
		fresh(t, jetstream.ConsumerConfig{})
		h := &handler{}
		stop := realserver.Listen(t, natsservice.NewConsumer(r, h.handle, consumer.Pause(func(int) time.Duration { return 10 * time.Millisecond })))
		require.NoError(t, publish(t.Context(), js, []string{"a"}))
		h.Await(t, "a")
		server.Kill()
		require.Eventually(t, func() bool { return r.IsHealthy(t.Context()) != nil }, time.Minute, time.Millisecond)
		server.Restart()
		require.Eventually(t, func() bool { return r.IsHealthy(t.Context()) == nil }, time.Minute, time.Millisecond)
		require.NoError(t, publish(t.Context(), js, []string{"b"}))
		h.Await(t, "a", "b")
		stop()
	})

	for want, c := range map[string]func() *consumer.Consumer[natsservice.Message]{
		"the Config has no Stream and Durable": func() *consumer.Consumer[natsservice.Message] {
			return natsservice.NewConsumer(started(t, natsservice.Config{URL: server.NATSURL()}), nothing)
		},
		`stream "OTHER": nats: API error`: func() *consumer.Consumer[natsservice.Message] {
			return natsservice.NewConsumer(started(t, natsservice.Config{URL: server.NATSURL(), Stream: "OTHER", Durable: "d"}), nothing)
		},
		"nats: not started": func() *consumer.Consumer[natsservice.Message] {
			stopped, err := natsservice.New(config)
			require.NoError(t, err)
			return natsservice.NewConsumer(stopped, nothing)
		},
		"nil function": func() *consumer.Consumer[natsservice.Message] { return natsservice.NewConsumer(r, nil) },
	} {
		t.Run("does not listen: "+want, func(t *testing.T) {
			consumer := c()
			require.ErrorContains(t, consumer.Listen(t.Context()), want)
			require.NoError(t, consumer.Close(t.Context()))
		})
	}
}

// TestConsumerThatWaits closes consumers while they wait for a message, on a server of today: nats-server 2.9 may keep a message that was
// given back at that moment until AckWait is over.
func TestConsumerThatWaits(t *testing.T) {
	server, err := natsservice.NewEmbedded(natsservice.EmbeddedConfig{})
	require.NoError(t, err)
	require.NoError(t, server.Start(t.Context()))
	t.Cleanup(func() { require.NoError(t, server.Stop(context.Background())) })
	config := orders(server.URL())
	config.AckWait = time.Hour // what is left behind would be missing
	r := started(t, config)
	js := broker(t, r)
	h := &handler{result: func(_ context.Context, _ string, times int) error {
		if times == 1 && rand.IntN(10) == 0 {
			return errors.New("not yet")
		}
		return nil
	}}
	var publishing sync.WaitGroup
	const messages = 2000
	publishing.Go(func() {
		for i := range messages {
			_, err := js.Publish(t.Context(), "orders.new", []byte(strconv.Itoa(i)))
			require.NoError(t, err)
		}
	})
	handled := func() int { return len(h.All()) }
	for i := range 20 {
		stop := realserver.Listen(t, natsservice.NewConsumer(r, h.handle, consumer.Workers(4)))
		require.Eventually(t, func() bool { return handled() > i*messages/25 }, time.Minute, time.Millisecond)
		stop()
	}
	publishing.Wait()
	stop := realserver.Listen(t, natsservice.NewConsumer(r, h.handle))
	require.Eventually(t, func() bool {
		c, err := js.Consumer(t.Context(), "ORDERS", "shipping")
		return err == nil && c.CachedInfo().NumAckPending == 0 && c.CachedInfo().NumPending == 0
	}, time.Minute, 10*time.Millisecond)
	stop()
}
