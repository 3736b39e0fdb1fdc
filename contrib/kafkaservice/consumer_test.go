//go:build unix

package kafkaservice_test

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"sync"
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
	mu     sync.Mutex
	texts  []string
	result func(text string, times int) error // nil: nil
}

func (h *handler) handle(_ context.Context, m kafkaservice.Message) error {
	text := string(m.Value)
	h.mu.Lock()
	h.texts = append(h.texts, text)
	times := 0
	for _, t := range h.texts {
		if t == text {
			times++
		}
	}
	h.mu.Unlock()
	if h.result == nil {
		return nil
	}
	return h.result(text, times)
}

func (h *handler) all() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Clone(h.texts)
}

func (h *handler) await(t *testing.T, texts ...string) {
	t.Helper()
	require.Eventually(t, func() bool { return len(h.all()) >= len(texts) }, time.Minute, time.Millisecond)
	require.Equal(t, texts, h.all())
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
		stop := listen(t, kafkaservice.NewConsumer(r, h.handle, consumer.OnError(
			func(_ context.Context, _ kafkaservice.Message, err error) { failed = append(failed, err) })))
		h.await(t, "a", "b", "b", "b", "c")
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
		stop := listen(t, kafkaservice.NewConsumer(r, h.handle, consumer.Workers(4)))
		require.Eventually(t, func() bool { return len(h.all()) == 210 }, time.Minute, 5*time.Millisecond)
		stop()
		again := &handler{}
		stop = listen(t, kafkaservice.NewConsumer(r, again.handle))
		require.NoError(t, publish(t.Context(), r.Client(), "last"))
		again.await(t, "last") // all others are committed
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
		stop := listen(t, kafkaservice.NewConsumer(r, h.handle, consumer.Workers(3)))
		require.Eventually(t, func() bool { return len(h.all()) > 2 }, time.Minute, time.Millisecond)
		stop()
		again := &handler{}
		stop = listen(t, kafkaservice.NewConsumer(r, again.handle))
		require.Eventually(t, func() bool { return slices.Contains(again.all(), "c") }, time.Minute, time.Millisecond)
		stop()
		require.Equal(t, []string{"a", "b", "c"}, again.all())
	})

	t.Run("leaves the group when it closes", func(t *testing.T) {
		r := started(t, shipping(start(t))) // whose session timeout is 45 s
		first, second := &handler{}, &handler{}
		stop := listen(t, kafkaservice.NewConsumer(r, first.handle))
		require.NoError(t, onOne(t.Context(), r.Client(), "a"))
		first.await(t, "a")
		stop()
		stop = listen(t, kafkaservice.NewConsumer(r, second.handle))
		require.NoError(t, onOne(t.Context(), r.Client(), "b"))
		require.Eventually(t, func() bool { return len(second.all()) == 1 }, 30*time.Second, time.Millisecond, "the session timeout is 45 s")
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
		stopFirst := listen(t, kafkaservice.NewConsumer(r, first.handle, consumer.Workers(4)))
		require.NoError(t, publish(t.Context(), r.Client(), texts...))
		require.Eventually(t, func() bool { return len(first.all()) > 20 }, time.Minute, time.Millisecond)
		stopSecond := listen(t, kafkaservice.NewConsumer(r, second.handle, consumer.Workers(4)))
		both := func() []string { return slices.Concat(first.all(), second.all()) }
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
