package consumer_test

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"github.com/go-fxservices/services/runner/consumer"
)

// BenchmarkMessage is a message that takes no time to receive and to handle, beside a bare loop over the same functions. With
// several workers the loops share a mutex for receive, since a consumer never calls it twice at the same time either.
func BenchmarkMessage(b *testing.B) {
	for _, workers := range []int{1, 2, 8} {
		b.Run(fmt.Sprintf("workers=%d/impl=consumer", workers), func(b *testing.B) { benchmarkConsumer(b, workers) })
		b.Run(fmt.Sprintf("workers=%d/impl=loop", workers), func(b *testing.B) { benchmarkLoop(b, workers) })
	}
}

// source returns b.N messages, and then waits for the end.
type source struct {
	left int
	done chan struct{}
}

func (s *source) receive(ctx context.Context) (int, error) {
	if s.left--; s.left >= 0 {
		return s.left, nil
	}
	if s.left == -1 {
		close(s.done)
	}
	<-ctx.Done()
	return 0, ctx.Err()
}

func ignore(context.Context, int) error { return nil }

func benchmarkConsumer(b *testing.B, workers int) {
	b.Helper()
	b.ReportAllocs()
	s := source{left: b.N, done: make(chan struct{})}
	c := consumer.New("messages", s.receive, ignore, consumer.Workers(workers))
	result := make(chan error, 1)
	go func() { result <- c.Listen(context.Background()) }()
	<-s.done
	if c.Close(context.Background()) != nil || <-result != nil || c.Stats().Handled != uint64(b.N) {
		b.Fatal("it does not consume")
	}
}

func benchmarkLoop(b *testing.B, workers int) {
	b.Helper()
	b.ReportAllocs()
	s := source{left: b.N, done: make(chan struct{})}
	ctx, cancel := context.WithCancel(context.Background())
	var mu sync.Mutex
	receive := func() (int, error) {
		mu.Lock()
		defer mu.Unlock()
		return s.receive(ctx)
	}
	if workers == 1 {
		receive = func() (int, error) { return s.receive(ctx) }
	}
	var loops sync.WaitGroup
	for range workers {
		loops.Go(func() {
			for message, err := receive(); err == nil; message, err = receive() {
				_ = ignore(ctx, message)
			}
		})
	}
	<-s.done
	cancel()
	loops.Wait()
}
