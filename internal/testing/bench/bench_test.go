package bench_test

import (
	"context"
	"fmt"
	"testing"

	"golang.org/x/sync/errgroup"

	"github.com/go-fxservices/services/runner"
)

// BenchmarkServer is a program of servers that do nothing: all listen, the context
// ends, all are closed at the same time, and all have returned. The Runner is
// beside the same by hand, with errgroup.
func BenchmarkServer(b *testing.B) {
	for _, n := range []int{1, 10, 100, 1000, 10000} {
		b.Run(fmt.Sprintf("n=%d/impl=runner", n), func(b *testing.B) { serve(b, n, runRunner) })
		b.Run(fmt.Sprintf("n=%d/impl=errgroup", n), func(b *testing.B) { serve(b, n, runGroup) })
	}
}

// serve runs n servers until all of them listen, again and again, and reports
// what that takes for each.
func serve(b *testing.B, n int, run func(context.Context, []runner.Server) error) {
	b.Helper()
	b.ReportAllocs()
	listening := make(chan struct{}, n)
	servers := make([]runner.Server, n)
	for i := range servers {
		servers[i] = runner.NewServer(fmt.Sprint("server ", i), func(ctx context.Context) error {
			listening <- struct{}{}
			<-ctx.Done()
			return nil
		}, func(context.Context) error { return nil })
	}
	for b.Loop() {
		ctx, cancel := context.WithCancel(b.Context())
		go func() {
			for range n {
				<-listening
			}
			cancel()
		}()
		if err := run(ctx, servers); err != context.Canceled { //nolint:errorlint // nothing else
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/server")
}

func runRunner(ctx context.Context, servers []runner.Server) error {
	services := make([]runner.Service, len(servers))
	for i, server := range servers {
		services[i] = server
	}
	r := runner.NewRunner(runner.WithSignals())
	if err := r.Run(ctx, services...); err != context.Canceled { //nolint:errorlint // nothing else
		return err
	}
	if err := r.Finish(ctx); err != nil {
		return err
	}
	return context.Canceled
}

// runGroup does no more than what is needed: it has no timeouts, and does not say
// who failed.
func runGroup(ctx context.Context, servers []runner.Server) error {
	listening, ctx := errgroup.WithContext(ctx)
	for _, server := range servers {
		listening.Go(func() error { return server.Listen(ctx) })
	}
	<-ctx.Done()
	var closing errgroup.Group
	for _, server := range servers {
		closing.Go(func() error { return server.Close(context.WithoutCancel(ctx)) })
	}
	if err := closing.Wait(); err != nil {
		return err
	}
	if err := listening.Wait(); err != nil {
		return err
	}
	return ctx.Err()
}
