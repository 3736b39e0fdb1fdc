//go:build unix

package kafkaservice_test

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/go-fxservices/services/contrib/kafkaservice"
	"github.com/go-fxservices/services/internal/testing/realserver"
	"github.com/go-fxservices/services/runner"
	"github.com/go-fxservices/services/runner/consumer"
	"github.com/go-fxservices/services/runner/runnertest"
)

func nothing(context.Context, kafkaservice.Message) error { return nil }

func TestLoad(t *testing.T) {
	broker := start(t)
	r := started(t, shipping(broker))
	realserver.Load(t, func(ctx context.Context, texts []string) error { return publish(ctx, r.Client(), texts...) }, "BROKER="+broker)
}

func TestConsumerContract(t *testing.T) {
	r := started(t, shipping(start(t), quick...))
	runnertest.TestServer(t, func(*testing.T) runner.Server { return kafkaservice.NewConsumer(r, nothing) })
}

// handler notes what it is called with.
type handler struct {
	realserver.Handled
	result func(text string, times int) error // nil: nil
}

func (h *handler) handle(_ context.Context, m kafkaservice.Message) error {
	text := string(m.Value)
	times := h.Note(text)
	if h.result == nil {
		return nil
	}
	return h.result(text, times)
}

// onOne lets records go into one partition.
func onOne(ctx context.Context, kafka *kgo.Client, texts ...string) error {
	records := make([]*kgo.Record, len(texts))
	for i, text := range texts {
		records[i] = &kgo.Record{Topic: "orders", Key: []byte("same"), Value: []byte(text)}
	}
	return kafka.ProduceSync(ctx, records...).FirstErr()
}

func TestConsumer(t *testing.T) {
	boom := errors.New("boom")

	t.Run("tries a record again that has failed, and nothing behind it meanwhile", func(t *testing.T) {
		r := started(t, shipping(start(t), quick...))
		require.NoError(t, onOne(t.Context(), r.Client(), "a", "b", "c"))
		h := &handler{result: func(text string, times int) error {
			if text == "b" && times < 3 {
				return boom
			}
			return nil
		}}
		var failed []error
		stop := realserver.Listen(t, kafkaservice.NewConsumer(r, h.handle, consumer.OnError(
			func(_ context.Context, _ kafkaservice.Message, err error) { failed = append(failed, err) })))
		h.Await(t, "a", "b", "b", "b", "c")
		stop()
		require.Equal(t, []error{boom, boom}, failed)
	})

	t.Run("goes on with other partitions, whoever fails, with several workers", func(t *testing.T) {
		r := started(t, shipping(start(t), quick...))
		var texts []string
		for i := range 200 {
			texts = append(texts, strconv.Itoa(i))
		}
		require.NoError(t, publish(t.Context(), r.Client(), texts...))
		h := &handler{result: func(text string, times int) error {
			if n, _ := strconv.Atoi(text); n%20 == 0 && times == 1 {
				return boom
			}
			return nil
		}}
		stop := realserver.Listen(t, kafkaservice.NewConsumer(r, h.handle, consumer.Workers(4)))
		require.Eventually(t, func() bool { return len(h.All()) == 210 }, time.Minute, 5*time.Millisecond)
		stop()
		again := &handler{}
		stop = realserver.Listen(t, kafkaservice.NewConsumer(r, again.handle))
		require.NoError(t, publish(t.Context(), r.Client(), "last"))
		again.Await(t, "last") // all others are committed
		stop()
	})

	t.Run("commits nothing behind a record that is not done", func(t *testing.T) {
		r := started(t, shipping(start(t), quick...))
		require.NoError(t, onOne(t.Context(), r.Client(), "a", "b", "c"))
		h := &handler{result: func(text string, _ int) error {
			if text == "a" {
				return boom
			}
			return nil
		}}
		stop := realserver.Listen(t, kafkaservice.NewConsumer(r, h.handle, consumer.Workers(3)))
		require.Eventually(t, func() bool { return len(h.All()) > 2 }, time.Minute, time.Millisecond)
		stop()
		again := &handler{}
		stop = realserver.Listen(t, kafkaservice.NewConsumer(r, again.handle))
		require.Eventually(t, func() bool { return slices.Contains(again.All(), "c") }, time.Minute, time.Millisecond)
		stop()
		require.Equal(t, []string{"a", "b", "c"}, again.All())
	})

	t.Run("commits nothing behind a record that is in hand", func(t *testing.T) {
		r := started(t, shipping(start(t), quick...))
		require.NoError(t, onOne(t.Context(), r.Client(), "a", "b", "c"))
		cut := make(chan struct{})
		h := &handler{result: func(text string, _ int) error {
			if text == "a" {
				<-cut
				return boom
			}
			return nil
		}}
		c := kafkaservice.NewConsumer(r, h.handle, consumer.Workers(3))
		listened := make(chan error, 1)
		go func() { listened <- c.Listen(context.Background()) }()
		require.Eventually(t, func() bool { return c.Stats().Handled == 2 }, time.Minute, time.Millisecond)
		time.AfterFunc(50*time.Millisecond, func() { close(cut) }) // while Close waits
		require.NoError(t, c.Close(t.Context()))
		require.NoError(t, <-listened)
		again := &handler{}
		stop := realserver.Listen(t, kafkaservice.NewConsumer(r, again.handle))
		require.Eventually(t, func() bool { return slices.Contains(again.All(), "c") }, time.Minute, time.Millisecond)
		stop()
		require.Equal(t, []string{"a", "b", "c"}, again.All())
	})

	t.Run("leaves the group when it closes", func(t *testing.T) {
		r := started(t, shipping(start(t))) // whose session timeout is 45 s
		first, second := &handler{}, &handler{}
		stop := realserver.Listen(t, kafkaservice.NewConsumer(r, first.handle))
		require.NoError(t, onOne(t.Context(), r.Client(), "a"))
		first.Await(t, "a")
		stop()
		stop = realserver.Listen(t, kafkaservice.NewConsumer(r, second.handle))
		require.NoError(t, onOne(t.Context(), r.Client(), "b"))
		require.Eventually(t, func() bool { return len(second.All()) == 1 }, 30*time.Second, time.Millisecond, "the session timeout is 45 s")
		stop()
	})

	t.Run("finishes what is in hand before another member takes the partition over", func(t *testing.T) {
		broker := start(t)
		r := started(t, shipping(broker, quick...))
		var texts []string
		for i := range 400 {
			texts = append(texts, strconv.Itoa(i))
		}
		slow := func(string, int) error {
			<-time.After(time.Millisecond)
			return nil
		}
		first, second := &handler{result: slow}, &handler{result: slow}
		stopFirst := realserver.Listen(t, kafkaservice.NewConsumer(r, first.handle, consumer.Workers(4)))
		require.NoError(t, publish(t.Context(), r.Client(), texts...))
		require.Eventually(t, func() bool { return len(first.All()) > 20 }, time.Minute, time.Millisecond)
		stopSecond := realserver.Listen(t, kafkaservice.NewConsumer(r, second.handle, consumer.Workers(4)))
		both := func() []string { return slices.Concat(first.All(), second.All()) }
		require.Eventually(t, func() bool { return len(both()) >= len(texts) }, time.Minute, 5*time.Millisecond)
		stopFirst()
		stopSecond()
		handled := both()
		slices.Sort(handled)
		slices.Sort(texts)
		require.Equal(t, texts, handled, "each record once")
	})

	for want, c := range map[string]func(t *testing.T) *consumer.Consumer[kafkaservice.Message]{
		"the Config has no Group and Topics": func(t *testing.T) *consumer.Consumer[kafkaservice.Message] {
			t.Helper()
			return kafkaservice.NewConsumer(started(t, kafkaservice.Config{Brokers: []string{start(t)}}), nothing)
		},
		"kafka: not started": func(t *testing.T) *consumer.Consumer[kafkaservice.Message] {
			t.Helper()
			stopped, err := kafkaservice.New(shipping("localhost:9092"))
			require.NoError(t, err)
			return kafkaservice.NewConsumer(stopped, nothing)
		},
		"nil function": func(t *testing.T) *consumer.Consumer[kafkaservice.Message] {
			t.Helper()
			return kafkaservice.NewConsumer(started(t, shipping(start(t))), nil)
		},
	} {
		t.Run("does not listen: "+want, func(t *testing.T) {
			consumer := c(t)
			require.ErrorContains(t, consumer.Listen(t.Context()), want)
			require.NoError(t, consumer.Close(t.Context()))
		})
	}
}
