package runner_test

import (
	"context"
	"fmt"
	"runtime"
	"testing"

	"github.com/go-fxservices/services/runner"
)

// idle returns n resources that do nothing.
func idle(n int) []runner.Service {
	services := make([]runner.Service, n)
	for i := range services {
		services[i] = runner.NewResource(fmt.Sprint("resource ", i), nil, nil)
	}
	return services
}

// startAndStop runs services and finishes, again and again, and reports what that
// takes for each service.
func startAndStop(b *testing.B, services []runner.Service, opts ...runner.StarterOption) {
	b.Helper()
	b.ReportAllocs()
	for b.Loop() {
		r := newRunner(opts...)
		if r.Run(b.Context(), services...) != nil || r.Finish(b.Context()) != nil {
			b.Fatal("it does not run")
		}
	}
	reportEach(b, len(services))
}

func reportEach(b *testing.B, services int) {
	b.Helper()
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(services), "ns/service")
}

// BenchmarkResource is the start and stop of resources that do nothing, beside a
// loop over the same calls.
func BenchmarkResource(b *testing.B) {
	for _, n := range []int{10, 100, 1000, 10000} {
		services := idle(n)
		b.Run(fmt.Sprintf("n=%d/impl=runner", n), func(b *testing.B) { startAndStop(b, services) })
		b.Run(fmt.Sprintf("n=%d/impl=loop", n), func(b *testing.B) { loop(b, services) })
	}
}

func loop(b *testing.B, services []runner.Service) {
	b.Helper()
	b.ReportAllocs()
	for b.Loop() {
		for _, service := range services {
			if service.(runner.Resource).Start(b.Context()) != nil {
				b.Fatal("it does not start")
			}
		}
		for i := len(services) - 1; i >= 0; i-- {
			if services[i].(runner.Resource).Stop(b.Context()) != nil {
				b.Fatal("it does not stop")
			}
		}
	}
	reportEach(b, len(services))
}

// BenchmarkStop is the stop of one service of many that are up.
func BenchmarkStop(b *testing.B) {
	for _, n := range []int{10, 100, 1000, 10000} {
		b.Run(fmt.Sprintf("n=%d", n), func(b *testing.B) { stopEach(b, idle(n)) })
	}
}

// stopEach starts services and stops them one by one, again and again. Only the stops count.
func stopEach(b *testing.B, services []runner.Service) {
	b.Helper()
	b.ReportAllocs()
	r, up := newRunner(), 0
	for b.Loop() {
		if up == 0 {
			b.StopTimer()
			if err := r.Start(b.Context(), services...); err != nil {
				b.Fatal(err)
			}
			up = len(services)
			b.StartTimer()
		}
		up--
		if err := r.Stop(b.Context(), services[up*7919%len(services)]); err != nil {
			b.Fatal(err)
		}
	}
	if err := r.Finish(b.Context()); err != nil {
		b.Fatal(err)
	}
}

// BenchmarkObservers is the same with Observers, each of which is told of four
// events for each service.
func BenchmarkObservers(b *testing.B) {
	services := idle(1000)
	for _, n := range []int{0, 1, 3} {
		b.Run(fmt.Sprintf("observers=%d", n), func(b *testing.B) {
			var opts []runner.StarterOption
			for range n {
				opts = append(opts, runner.WithObserver(nobody{}))
			}
			startAndStop(b, services, opts...)
		})
	}
}

// BenchmarkBroadcast is one event alone.
func BenchmarkBroadcast(b *testing.B) {
	service := runner.NewResource("db", nil, nil)
	for _, n := range []int{0, 1, 3} {
		b.Run(fmt.Sprintf("observers=%d", n), func(b *testing.B) {
			b.ReportAllocs()
			all := make([]runner.Observer, n)
			for i := range all {
				all[i] = nobody{}
			}
			ctx, tell := b.Context(), runner.Broadcast(all...)
			for b.Loop() {
				tell(ctx, service)
			}
		})
	}
}

// BenchmarkIdle is what 10,000 services cost that are up and do nothing: bytes of
// heap and stacks, and goroutines, for each.
func BenchmarkIdle(b *testing.B) {
	const n = 10000
	b.Run("kind=resource", func(b *testing.B) { reportIdle(b, idle(n)) })
	b.Run("kind=server", func(b *testing.B) {
		services := make([]runner.Service, n)
		for i := range services {
			services[i] = runner.NewServer(fmt.Sprint("server ", i), waits, nil)
		}
		reportIdle(b, services)
	})
	b.Run("kind=background server", func(b *testing.B) {
		services := make([]runner.Service, n)
		for i := range services {
			services[i] = runner.NewServer(fmt.Sprint("background ", i), nil, nil)
		}
		reportIdle(b, services)
	})
}

func reportIdle(b *testing.B, services []runner.Service) {
	b.Helper()
	var bytes, goroutines float64
	for b.Loop() {
		bytesBefore, goroutinesBefore := usage()
		r := newRunner()
		if r.Start(context.Background(), services...) != nil {
			b.Fatal("it does not start")
		}
		bytesAfter, goroutinesAfter := usage()
		bytes += bytesAfter - bytesBefore
		goroutines += goroutinesAfter - goroutinesBefore
		if r.Finish(context.Background()) != nil {
			b.Fatal("it does not finish")
		}
	}
	b.ReportMetric(0, "ns/op") // what takes time is the measurement
	b.ReportMetric(bytes/float64(b.N)/float64(len(services)), "B/service")
	b.ReportMetric(goroutines/float64(b.N)/float64(len(services)), "goroutines/service")
}

// usage returns the bytes of heap and stacks that are in use, and the number of
// goroutines.
func usage() (bytes, goroutines float64) {
	var stats runtime.MemStats
	runtime.GC()
	runtime.GC()
	runtime.ReadMemStats(&stats)
	return float64(stats.HeapAlloc) + float64(stats.StackInuse), float64(runtime.NumGoroutine())
}
